"""ExifTool, an independent reader and writer of metadata, as one process for many files."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

END = b"{ready}\n"


class ExifTool:
    """Runs commands in one process; starting Perl for each file would take minutes."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def ask(self, *arguments: str) -> str:
        """The output of ExifTool for these arguments, including errors."""
        assert not any("\n" in each for each in arguments), "an argument must be on one line"
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        command = "\n".join((*arguments, "-execute", ""))
        self._process.stdin.write(command.encode())
        self._process.stdin.flush()
        output = b""
        while not output.endswith(END):
            line = self._process.stdout.readline()
            assert line, "ExifTool ended"
            output += line
        return output.removesuffix(END).decode()

    def read(self, path: Path, *options: str) -> dict[str, Any]:
        """Tag with the prefix of its group → value."""
        tags: dict[str, Any] = json.loads(
            self.ask("-j", "-G1", "-s", "-struct", *options, str(path))
        )[0]
        return tags


@contextmanager
def exiftool() -> Iterator[ExifTool]:
    """A running ExifTool; skips the test if it is not installed."""
    if shutil.which("exiftool") is None:
        pytest.skip("ExifTool is not on this machine (Debian: libimage-exiftool-perl).")
    with subprocess.Popen(
        ["exiftool", "-stay_open", "True", "-@", "-", "-common_args", "-charset", "filename=utf8"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            yield ExifTool(process)
        finally:
            assert process.stdin is not None
            process.stdin.write(b"-stay_open\nFalse\n")
            process.stdin.close()
            process.wait(timeout=20)
