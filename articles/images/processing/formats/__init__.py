"""How picture files are built, without their pixels. Plain Python, no Django.

Each reader stops quietly at the first thing that is broken: what stands before it can still be read,
and whoever writes looks whether the end was reached.
"""

from mmap import mmap

Content = bytes | mmap
"""A whole file: in memory, or mapped into it."""
