"""Creates `.venv`, installs packages from a lock file with hashes, and repairs it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from iria.launcher import locks
from iria.launcher.output import info, run_program
from iria.launcher.paths import PROJECT, display_path, make_private_file

FOR_RUNNING = "requirements.txt"
FOR_DEVELOPING = "requirements-dev.txt"
"""Includes the packages of the other one."""
SOURCE_ONLY = "dkimpy"
"""Pure Python, published without a wheel; its source is checked against a hash as well."""


def ensure(lock: str = FOR_RUNNING, project: Path = PROJECT) -> Path:
    """Install the packages of a lock file; return the Python. A `.venv` that is a symlink is not changed.

    A copy of the lock file records what is installed. It is missing during an installation: an
    environment without it is broken, and recreated.
    """
    folder = project / ".venv"
    python = folder / "bin" / "python"
    if folder.is_symlink():
        return python
    log = make_private_file(project / "var" / "log" / "install.log")
    options = {
        "cwd": project,
        "env": {name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    }
    with locks.locked(project / "var" / "locks" / "environment", patience=900):
        if not (folder / FOR_RUNNING).exists() or not _has_pip(python):
            info(f"Making {display_path(folder, project)} with Python {sys.version.split()[0]}.")
            shutil.rmtree(folder, ignore_errors=True)
            # The base Python, in case this process runs in the environment that was just removed.
            base = getattr(sys, "_base_executable", sys.executable)
            command = [base, "-m", "venv", folder]
            run_program(command, "The environment could not be made", log, **options)
        installed = folder / lock
        if not installed.exists() or installed.read_bytes() != (project / lock).read_bytes():
            info(f"Installing the packages of {lock}.")
            for name in (FOR_RUNNING, FOR_DEVELOPING):
                (folder / name).unlink(missing_ok=True)
            command = [
                *(python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"),
                *("--require-hashes", "--no-deps", "--only-binary=:all:"),
                *(f"--no-binary={SOURCE_ONLY}", "-r", project / lock),
            ]
            run_program(command, "The packages could not be installed", log, **options)
            for name in (lock, FOR_RUNNING):
                shutil.copyfile(project / name, folder / name)
    return python


def _has_pip(python: Path) -> bool:
    """Whether the Python of the environment runs and finds its packages."""
    try:
        return subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0
    except OSError:
        return False
