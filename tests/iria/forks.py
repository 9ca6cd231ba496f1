"""Runs Python code like `python -c`, in a fork of a process that has loaded what settings import.

Without Django's models and without pytest, which would change the settings.
"""

import os
import sys
from multiprocessing import get_context
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

FORKING = get_context("forkserver")
FORKING.set_forkserver_preload(
    [
        *("iria.environment", "iria.command_line", "tests.iria.forks"),
        # For the commands that start Django: what it imports and needs no settings.
        *("django.core.management", "psycopg_pool", "procrastinate", "pydantic", "lxml.html"),
    ]
)


def run(code: str, environment: dict[str, str]) -> "CompletedProcess[str]":
    with TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("stdout", "stderr")]
        child = FORKING.Process(target=_run, args=(code, environment, files))
        child.start()
        child.join()
        stdout, stderr = (file.read_text() for file in files)
        assert child.exitcode is not None
        return CompletedProcess([], child.exitcode, stdout, stderr)


def _run(code: str, environment: dict[str, str], files: list[Path]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, file in enumerate(files, start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    sys.argv = ["-c"]
    sys.modules.pop("pytest", None)  # if it is the main module, which multiprocessing has loaded
    exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
