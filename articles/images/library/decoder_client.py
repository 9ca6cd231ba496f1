"""Opens uploaded files in a separate process, so that no file can harm the site."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from articles.images.processing import decoder_process
from articles.images.processing.file_types import BROKEN, NO_ROOM, TOO_LONG, TOO_MUCH
from articles.images.processing.rendition_sizes import Key, Point

WAIT_SECONDS: Final = 9.5
"""For uploads. The child process limits its CPU time itself."""
WORKER_WAIT_SECONDS: Final = 30
"""For jobs on a busy machine; the CPU time is limited all the same."""
_ENVIRONMENT: Final = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")

log = logging.getLogger(__name__)


class Undecodable(Exception):
    """The file cannot be opened; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """An image that was fitted into a box."""

    content: bytes
    width: int
    height: int


def describe(path: Path) -> dict[str, Any]:
    """The metadata of the file."""
    metadata: dict[str, Any] = _run({"task": "describe", "path": str(path)})["metadata"]
    return metadata


def ingest(path: Path, folder: Path) -> dict[str, Any]:
    """The properties of a file, and its first rendition, written into the folder.

    `media_type`, `suffix`, `width` and `height` (upright), `moving`, `perceptual_hash` (64 bits as
    a signed number, or None), `metadata`, and in `made` the rendition as in `renditions`.
    """
    return _run({"task": "ingest", "path": str(path), "folder": str(folder)})


def renditions(
    path: Path,
    folder: Path,
    have: Iterable[Key],
    shapes: Mapping[str, Point] = MappingProxyType({}),
) -> dict[str, Any]:
    """Every missing rendition, written into the folder, from one decoding, and the hash.

    `shapes` are cropped around a point each: `{"3:2": (0.4, 0.5)}`. The dictionaries in `made` have
    `file`, `format`, `width`, `height`, `shape` (empty if uncropped) and `moving`;
    `perceptual_hash` is as in `ingest`.
    """
    order = {
        "task": "renditions",
        "path": str(path),
        "folder": str(folder),
        "have": list(have),
        "shapes": [{"shape": shape, "focus": focus} for shape, focus in shapes.items()],
    }
    return _run(order, WORKER_WAIT_SECONDS)


def fitted(file: bytes, boxes: list[tuple[int, int]], file_format: str) -> list[Fitted]:
    """The image fitted into each box (width, height), never enlarged, as `png` or `jpeg`.

    Raises:
        Undecodable: it is not an image that can be opened.
        OSError: the disk is full.
    """
    with scratch_folder() as folder:
        path = folder / "upload"
        path.write_bytes(file)
        paths = {"path": str(path), "folder": str(folder)}
        made = _run({"task": "fitted", **paths, "boxes": boxes, "format": file_format})["made"]
        return [
            Fitted((folder / each["file"]).read_bytes(), each["width"], each["height"])
            for each in made
        ]


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="iria-picture-") as folder:
        yield Path(folder)


def run_process(
    script: str, order: dict[str, Any], seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Runs a child process that limits itself, with the order on its standard input.

    It gets only the environment variables that libraries need: no secret is within reach of a
    decoder.

    Raises:
        subprocess.TimeoutExpired: it took longer; it was killed.
    """
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    environment |= {"MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-I", "-X", "utf8", script],
        input=json.dumps(order).encode(),
        capture_output=True,
        env=environment,
        timeout=seconds,
        check=False,
    )


def _run(order: dict[str, Any], seconds: float | None = None) -> dict[str, Any]:
    """Runs the decoder; whatever stops it becomes an error message."""
    try:
        child = run_process(decoder_process.__file__, order, seconds or WAIT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Undecodable(TOO_LONG) from error
    return parse_result(child)


def parse_result(
    child: subprocess.CompletedProcess[bytes],
    error: type[Exception] = Undecodable,
    too_much: str = TOO_MUCH,
    broken: str = BROKEN,
) -> dict[str, Any]:
    """The answer of the child process.

    Raises:
        error: the file was refused, or stopped the process; the message says why.
    """
    if code := child.returncode:
        last = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        log.info("The process that opens a file ended with %s: %s", code, last)
        if "Errno 28" in last or "Errno 122" in last:
            raise error(NO_ROOM)
        is_limited = code in {-signal.SIGXCPU, -signal.SIGKILL} or "MemoryError" in last
        raise error(too_much if is_limited else broken)
    result: dict[str, Any] = json.loads(child.stdout)
    if "refused" in result:
        raise error(result["refused"])
    return result
