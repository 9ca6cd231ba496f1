"""The child process that opens uploaded files.

Started by `library.decoder_client` with an order on standard input, it answers with one JSON object
on standard output. It limits its own memory, CPU time and file size before it imports a decoder, so
that a malicious file stops this process and nothing else. Plain Python, without Django.
"""

import contextlib
import json
import resource
import sys
from pathlib import Path
from typing import Final

MEMORY: Final = 400 * 1024 * 1024
"""Bytes of address space, which also limits resident memory."""
SECONDS: Final = 8
"""Seconds of CPU time."""
FILE_SIZE: Final = 80 * 1024 * 1024


def set_limits(memory: int = 0, seconds: int = 0, file_size: int = 0) -> None:
    """Limits this process; those of the decoder of images if not given."""
    memory, seconds, file_size = memory or MEMORY, seconds or SECONDS, file_size or FILE_SIZE
    limits = (
        (resource.RLIMIT_AS, memory, memory),
        # SIGXCPU at the soft limit tells the parent why; SIGKILL follows a second later.
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_FSIZE, file_size, file_size),
        (resource.RLIMIT_CORE, 0, 0),
    )
    for limit, soft, hard in limits:
        # Not every system has every limit; the parent process also has a timeout.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (soft, hard))


def main() -> None:
    order = json.load(sys.stdin)
    set_limits()
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    from articles.images.processing import decoder_tasks

    json.dump(decoder_tasks.answer(order, seconds=SECONDS), sys.stdout)


if __name__ == "__main__":
    main()
