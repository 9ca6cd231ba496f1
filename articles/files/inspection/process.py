"""The child process that opens uploaded PDF and audio files.

Started by `ingest.inspect` with an order on standard input, it answers with one JSON object on
standard output, like the process that opens images (`docs/decisions/images.md`), and
limits itself in the same way before it imports a parser.
"""

import json
import sys
from pathlib import Path
from typing import Final

MEMORY: Final = 700 * 1024 * 1024
"""Bytes of address space: a PDF of the largest size is in memory three times."""
SECONDS: Final = 18
"""Seconds of CPU time."""
FILE_SIZE: Final = 80 * 1024 * 1024


def main() -> None:
    order = json.load(sys.stdin)
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    from articles.images.processing.decoder_process import set_limits

    set_limits(memory=MEMORY, seconds=SECONDS, file_size=FILE_SIZE)
    from articles.files.inspection import reading

    json.dump(reading.answer(Path(order["path"]), Path(order["target"])), sys.stdout)


if __name__ == "__main__":
    main()
