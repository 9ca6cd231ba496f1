"""Opens uploaded files in a separate process, so that no file can harm the site."""

import json
import logging
import signal
import subprocess
from pathlib import Path
from typing import Any, Final

from articles.files.inspection import process
from articles.files.inspection.file_types import BROKEN, NO_ROOM, TOO_MUCH, Unfit
from articles.images.library.decoder_client import run_process

WAIT_SECONDS: Final = 25
"""The child process limits its CPU time itself; the web server gives up after thirty seconds."""

log = logging.getLogger(__name__)


def inspect(path: Path, target: Path) -> dict[str, Any]:
    """The properties of the file (`reading.answer`); its cleaned copy is written to the target.

    Raises:
        Unfit: it is not accepted.
    """
    order = {"path": str(path), "target": str(target)}
    try:
        child = run_process(process.__file__, order, WAIT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Unfit(TOO_MUCH) from error
    if child.returncode != 0:
        last = child.stderr.decode(errors="replace").strip().splitlines()[-1:]
        log.info("The inspection of a file ended with %s: %s", child.returncode, last)
        raise Unfit(_error_message(child.returncode, last[0] if last else ""))
    result: dict[str, Any] = json.loads(child.stdout)
    if "refused" in result:
        raise Unfit(result["refused"])
    return result


def _error_message(code: int, last_line: str) -> str:
    if "Errno 28" in last_line or "Errno 122" in last_line:
        return NO_ROOM
    if code in {-signal.SIGXCPU, -signal.SIGKILL} or "MemoryError" in last_line:
        return TOO_MUCH
    return BROKEN
