"""The processes that open uploaded files, as forks of one that has loaded the decoders.

A new Python with Pillow takes more processor time than a small image. A fork runs the same script with the
same order and limits; what a new process has of its own is tested in `images/library/test_decoder_client.py`.

`python -I warm_processes.py PROJECT` reads a request per line from standard input, and writes an outcome per
line to standard output. Does not use Django.
"""

import importlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from io import StringIO
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final

OVERDUE: Final = -14
"""The exit code of a child that exceeded the time limit."""


class WarmProcesses:
    """Runs `decoder_process` and the process for PDF and audio files."""

    def __init__(self) -> None:
        project = Path(__file__).resolve().parent.parent
        self.scripts: Final = {
            str(project / "articles" / "images" / "processing" / "decoder_process.py"),
            str(project / "articles" / "files" / "inspection" / "process.py"),
        }
        self._command = [sys.executable, "-I", "-X", "utf8", __file__, str(project)]
        self._server: subprocess.Popen[str] | None = None
        self._one_at_a_time = Lock()

    def outcome(self, script: str, order: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The exit `code`, what it `said` and `complained`, and the `seconds`, `cpu` time and `peak` memory."""
        with self._one_at_a_time:
            if self._server is None:
                self._server = self._start()
            assert self._server.stdin
            assert self._server.stdout
            request = json.dumps({"script": script, "order": order, "wait": seconds})
            print(request, file=self._server.stdin, flush=True)
            outcome: dict[str, Any] = json.loads(self._server.stdout.readline())
            return outcome

    def run(
        self, script: str, order: dict[str, Any], seconds: float
    ) -> subprocess.CompletedProcess[bytes]:
        """Like `decoder_client.run_process`."""
        outcome = self.outcome(script, order, seconds)
        if outcome["code"] == OVERDUE:
            raise subprocess.TimeoutExpired(script, seconds)
        said, complained = outcome["said"].encode(), outcome["complained"].encode()
        return subprocess.CompletedProcess([], outcome["code"], said, complained)

    def close(self) -> None:
        if self._server:
            self._server.communicate()

    def _start(self) -> "subprocess.Popen[str]":
        environment = {"PATH": os.environ["PATH"], "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )


def main() -> None:
    sys.path.insert(0, sys.argv[1])
    for name in ("articles.images.processing.decoder_tasks", "articles.files.inspection.reading"):
        importlib.import_module(name)
    for plugin in ("Avif", "Gif", "Jpeg", "Png", "Tiff", "WebP"):
        importlib.import_module(f"PIL.{plugin}ImagePlugin")
    importlib.import_module("articles.images.processing.colour_conversion").coated_paper()
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_outcome(json.loads(line)))}\n")
        sys.stdout.flush()


def _outcome(request: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        start = time.monotonic()
        number = os.fork()
        if number == 0:
            _run(request, said, complained)
        code, used = _wait(number, start + request["wait"])
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


def _run(request: dict[str, Any], said: IO[bytes], complained: IO[bytes]) -> None:
    code = 1
    try:
        os.dup2(said.fileno(), 1)
        os.dup2(complained.fileno(), 2)
        sys.stdin = StringIO(json.dumps(request["order"]))
        runpy.run_path(request["script"], run_name="__main__")
        code = 0
    except BaseException:
        # An exception that lacks the memory to be described still ends the process.
        with suppress(BaseException):
            traceback.print_exc()
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
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
