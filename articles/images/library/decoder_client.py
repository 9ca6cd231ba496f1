"""Opening an uploaded file in a process of its own, so that no file can hurt the site."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from articles.images.processing import decoder_process
from articles.images.processing.file_types import BROKEN, NO_ROOM, TOO_LONG, TOO_MUCH
from articles.images.processing.rendition_sizes import Key, Point

WAIT_SECONDS: Final = 9.5
"""For a person who uploads. The processor's time is limited by the child itself."""
WORKER_WAIT_SECONDS: Final = 30
"""For a job on a machine that is busy; it may have no more of the processor."""
_PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")

log = logging.getLogger(__name__)


class Undecodable(Exception):
    """The file cannot be opened; the message is the sentence for the person who sent it."""


def describe(path: Path) -> dict[str, Any]:
    """What the file says about itself."""
    metadata: dict[str, Any] = _ask({"task": "describe", "path": str(path)})["metadata"]
    return metadata


def take_in(path: Path, folder: Path) -> dict[str, Any]:
    """What is known of a file, and its first rendition, written into the folder.

    `media_type`, `suffix`, `width` and `height` (upright), `moving`, `looks` (64 bits as a signed
    number, see `images.looks`, or None), `metadata`, and in `made` the rendition as `renditions`
    tells of it.
    """
    return _ask({"task": "take_in", "path": str(path), "folder": str(folder)})


def renditions(
    path: Path,
    folder: Path,
    have: Iterable[Key],
    shapes: Mapping[str, Point] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Every rendition that is not there yet, written into the folder, from one decoding.

    `shapes` are cut around a point each: `{"3:2": (0.4, 0.5)}`. The answers name `file`, `format`,
    `width`, `height`, `shape` (empty for the whole picture) and `moving`.
    """
    made: list[dict[str, Any]] = renditions_and_looks(path, folder, have, shapes)["made"]
    return made


def renditions_and_looks(
    path: Path, folder: Path, have: Iterable[Key], shapes: Mapping[str, Point]
) -> dict[str, Any]:
    """The same in `made`, and in `looks` what `take_in` says of them."""
    order = {
        "task": "renditions",
        "path": str(path),
        "folder": str(folder),
        "have": list(have),
        "shapes": [{"shape": shape, "focus": focus} for shape, focus in shapes.items()],
    }
    return _ask(order, WORKER_WAIT_SECONDS)


def emblems(path: Path, folder: Path, boxes: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """The picture as PNG, fitted into each box (width, height), written into the folder."""
    order = {"task": "emblems", "path": str(path), "folder": str(folder), "boxes": boxes}
    made: list[dict[str, Any]] = _ask(order)["made"]
    return made


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="iria-picture-") as folder:
        yield Path(folder)


def _ask(order: dict[str, Any], seconds: float | None = None) -> dict[str, Any]:
    """Runs the child; whatever kills it comes back as one sentence.

    The child gets none of our environment but what finds libraries: no secret is within reach of
    a decoder.
    """
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {"MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", decoder_process.__file__],
            input=json.dumps(order).encode(),
            capture_output=True,
            env=environment,
            timeout=seconds or WAIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as mistake:
        raise Undecodable(TOO_LONG) from mistake
    return understood(child.returncode, child.stdout, child.stderr)


def understood(code: int, said: bytes, complained: bytes) -> dict[str, Any]:
    """What a child's end means: its answer, or the sentence for whatever stopped it.

    Raises:
        Undecodable: the picture was refused, or broke the child.
    """
    if code != 0:
        last = complained.decode(errors="replace").strip().splitlines()[-1:]
        log.info("The decoder ended with %s: %s", code, last)
        raise Undecodable(_why(code, last[0] if last else ""))
    answer: dict[str, Any] = json.loads(said)
    if "refused" in answer:
        raise Undecodable(answer["refused"])
    return answer


def _why(code: int, words: str) -> str:
    if "Errno 28" in words or "Errno 122" in words:
        return NO_ROOM
    if code in {-signal.SIGXCPU, -signal.SIGKILL} or "MemoryError" in words:
        return TOO_MUCH
    return BROKEN
