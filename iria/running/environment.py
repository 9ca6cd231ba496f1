"""`.venv`: made once, filled from a hashed lock, made again when it is broken or half made."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from iria.running import locks
from iria.running.places import PROJECT, make_folder, shown, write_whole
from iria.running.telling import StartError, last_words, say, tells_of_a_full_disk

FOR_RUNNING = "requirements.txt"
FOR_DEVELOPING = "requirements-dev.txt"
AS_SOURCE = "dkimpy"
"""Plain Python that is published without a wheel; its source is held against its hash as well."""

_KIND = "import sys, platform; print(sys.implementation.cache_tag, platform.machine())"


@dataclass(frozen=True)
class Environment:
    """The environment of a project. A `.venv` that is a link is somebody's own: used as it is."""

    project: Path = PROJECT

    @property
    def folder(self) -> Path:
        return self.project / ".venv"

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def log(self) -> Path:
        return self.project / "var" / "log" / "install.log"

    def ensure(self, lock: str = FOR_RUNNING) -> Path:
        """Make the environment satisfy a lock, if it does not already; answer its Python."""
        if self.folder.is_symlink():
            return self.python
        make_folder(self.log.parent)
        with locks.held(self.project / "var" / "locks" / "environment", patience=900):
            kind = self._kind()
            if (
                kind is None
                or self._unfinished.exists()
                or self._stamp().get("kind") not in {None, kind}
            ):
                self._make()
            digest = hashlib.sha256((self.project / lock).read_bytes()).hexdigest()
            if self._stamp().get(lock) != digest:
                self._install(lock, digest)
        return self.python

    @property
    def _unfinished(self) -> Path:
        """A note that stands while the environment is being changed: found later, it is broken."""
        return self.folder / "unfinished"

    @property
    def _stamp_file(self) -> Path:
        return self.folder / "iria.json"

    def _stamp(self) -> dict[str, str]:
        """Which locks are installed, by their digest, and under which Python."""
        try:
            found: dict[str, str] = json.loads(self._stamp_file.read_text())
        except (OSError, ValueError):
            return {}
        return found

    def _kind(self) -> str | None:
        """The version and machine of the environment's Python; None if it does not run."""
        try:
            done = subprocess.run(
                [self.python, "-c", _KIND + "; import pip"],
                capture_output=True,
                text=True,
                timeout=60,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    def _make(self) -> None:
        say(f"Making {shown(self.folder, self.project)} with Python {sys.version.split()[0]}.")
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir()
        self._unfinished.touch()
        # From the Python below, in case we run on the environment that has just been removed.
        python = getattr(sys, "_base_executable", sys.executable)
        self._run([python, "-m", "venv", str(self.folder)], "The environment could not be made")

    def _install(self, lock: str, digest: str) -> None:
        say(f"Installing the packages of {lock}.")
        self._unfinished.touch()
        self._run(
            [
                *(str(self.python), "-m", "pip", "install", "--disable-pip-version-check"),
                *("--no-input", "--require-hashes", "--no-deps", "--only-binary=:all:"),
                f"--no-binary={AS_SOURCE}",
                *("-r", str(self.project / lock)),
            ],
            "The packages could not be installed",
        )
        others = {} if lock == FOR_RUNNING else self._stamp()
        stamp = {**others, "kind": self._kind() or "", lock: digest}
        if lock == FOR_DEVELOPING:
            # It holds everything the smaller one holds.
            small = (self.project / FOR_RUNNING).read_bytes()
            stamp[FOR_RUNNING] = hashlib.sha256(small).hexdigest()
        write_whole(self._stamp_file, json.dumps(stamp), 0o644)
        self._unfinished.unlink()

    def _run(self, command: list[str], failure: str) -> None:
        clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        with self.log.open("w+") as log:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=clean,
                cwd=self.project,
            )
            log.seek(0)
            said = log.read()
        if done.returncode == 0:
            return
        if tells_of_a_full_disk(said):
            raise StartError(f"The disk is full: {shown(self.folder, self.project)} does not fit.")
        where = shown(self.log, self.project)
        raise StartError(f"{failure} ({last_words(said)}); the whole story is in {where}.")
