"""The image decoder, started once: each task runs in a fork with the usual limits.

`python -I warm_decoder.py PROJECT` reads a task per line from standard input, and writes a result per line
to standard output. It runs the same code as
`articles.images.processing.decoder_process`; without starting Python for each file. Does not use Django.
"""

import importlib
import json
import os
import sys
import tempfile
import time
import traceback
from typing import IO, Any

OVERDUE = -14
"""The exit code of a child that exceeded the time limit."""


def main() -> None:
    sys.path.insert(0, sys.argv[1])
    process = importlib.import_module("articles.images.processing.decoder_process")
    tasks = importlib.import_module("articles.images.processing.decoder_tasks")
    for plugin in ("Avif", "Gif", "Jpeg", "Png", "Tiff", "WebP"):
        importlib.import_module(f"PIL.{plugin}ImagePlugin")
    importlib.import_module("articles.images.processing.cmyk").coated_paper()
    for line in sys.stdin:
        print(json.dumps(_outcome(process, tasks, json.loads(line))), flush=True)


def _outcome(process: Any, tasks: Any, order: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        start = time.monotonic()
        number = os.fork()
        if number == 0:
            _run(process, tasks, order, said, complained)
        code, used = _wait(number, start + order["wait"])
        said.seek(0)
        complained.seek(0)
        return {
            "code": code,
            "said": said.read().decode(),
            "complained": complained.read().decode(errors="replace"),
            "seconds": time.monotonic() - start,
            "cpu": used.ru_utime + used.ru_stime,
            "peak": used.ru_maxrss * 1024,
        }


def _run(
    process: Any, tasks: Any, order: dict[str, Any], said: IO[bytes], complained: IO[bytes]
) -> None:
    code = 1
    try:
        os.dup2(complained.fileno(), 2)
        process.set_limits()
        answer = tasks.answer(order, seconds=process.SECONDS)
        said.write(json.dumps(answer).encode())
        said.flush()
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _wait(number: int, deadline: float) -> tuple[int, Any]:
    """The exit code, negative for a signal; kills the child after the time limit."""
    pause = 0.0005
    while True:
        ended, status, used = os.wait4(number, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status), used
        if time.monotonic() > deadline:
            os.kill(number, 9)
            _, _, used = os.wait4(number, 0)
            return OVERDUE, used
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)


if __name__ == "__main__":
    main()
