"""The structure of image files, without pixels. Plain Python, no Django.

Each reader stops silently at the first broken part; what comes before it can still be read. Writers
check that the end was reached.
"""

from mmap import mmap

Content = bytes | mmap
"""A whole file: in memory, or mapped into it."""
