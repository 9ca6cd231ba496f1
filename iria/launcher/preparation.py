"""Prepares what the site needs: packages in `.venv`, database, static files, demo newsroom."""

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from iria.launcher.output import StartError, info, is_disk_full
from iria.launcher.paths import (
    CODE,
    INSTALLED,
    MANAGE,
    PROJECT,
    display_path,
    write_atomically,
)
from iria.launcher.processes import locked, run_program

FOR_RUNNING = "requirements.txt"
FOR_DEVELOPING = "requirements-dev.txt"
"""Includes the packages of the other one."""
DEMO_EDITOR = "demo-editor.txt"
_TYPEABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_APPS = ("iria", "accounts", "articles", "newsletter")
_SOURCES = (
    *(FOR_RUNNING, "static/**/*", "iria/data/*.txt", "iria/management/commands/*.py"),
    *(f"{app}/**/migrations/**/*.{kind}" for app in _APPS for kind in ("py", "sql")),
    *(f"{app}/**/static/**/*" for app in _APPS),
)


def make_environment(lock: str = FOR_RUNNING, project: Path = PROJECT) -> Path:
    """Install the packages of a lock file; return the Python. A `.venv` that is a symlink is not changed,
    nor is the environment in which the wheel is installed.

    A copy of the lock file records what is installed. It is missing during an installation: an
    environment without it is broken, and recreated.
    """
    if INSTALLED:
        return Path(sys.executable)
    folder = project / ".venv"
    python = folder / "bin" / "python"
    if folder.is_symlink():
        return python
    log = project / "var" / "log" / "install.log"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with locked(project / "var" / "locks" / "environment", timeout=900):
        if not (folder / FOR_RUNNING).exists() or not _has_pip(python):
            info(f"Making {display_path(folder, project)} with Python {sys.version.split()[0]}.")
            shutil.rmtree(folder, ignore_errors=True)
            # The base Python, in case this process runs in the environment that was just removed.
            base = getattr(sys, "_base_executable", sys.executable)
            what = "The environment could not be made"
            run_program([base, "-m", "venv", folder], what, log, env=environment)
        installed = folder / lock
        if not installed.exists() or installed.read_bytes() != (project / lock).read_bytes():
            info(f"Installing the packages of {lock}.")
            for name in (FOR_RUNNING, FOR_DEVELOPING):
                (folder / name).unlink(missing_ok=True)
            what = "The packages could not be installed"
            # Pure Python, published without a wheel; its source is checked against a hash as well.
            options = ["--no-binary=dkimpy"]
            pip_install(python, project / lock, options, what, log, cwd=project, env=environment)
            for name in (lock, FOR_RUNNING):
                shutil.copyfile(project / name, folder / name)
    return python


def is_new_version(lock: str = FOR_RUNNING, project: Path = PROJECT) -> bool:
    """Whether there is an environment, and `make_environment` would change it."""
    installed = project / ".venv" / lock
    return (
        not INSTALLED
        and not (project / ".venv").is_symlink()
        and installed.exists()
        and installed.read_bytes() != (project / lock).read_bytes()
    )


def _has_pip(python: Path) -> bool:
    try:
        return subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0
    except OSError:
        return False


def pip_install(
    python: Path, lock: Path, options: list[str], what: str, log: Path, **process: Any
) -> None:
    pip = (python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
    safe = ("--require-hashes", "--no-deps", "--only-binary=:all:")
    run_program([*pip, *safe, *options, "-r", lock], what, log, **process)


def prepare(state: Path, python: Path, environment: dict[str, str], *, private: bool) -> None:
    """Run `manage.py prepare`, unless this private cluster was prepared from the same sources."""
    stamp = state / "prepared.json"
    sources = _fingerprint(environment)
    if private and stamp.exists() and stamp.read_text() == sources:
        return
    info("Preparing the database and the static files, the first time also the demo newsroom.")
    manage(state, python, environment, "prepare")
    write_atomically(stamp, sources)


def manage(state: Path, python: Path, environment: dict[str, str], *arguments: str) -> None:
    log = state / "log" / f"{arguments[0]}.log"
    log.unlink(missing_ok=True)
    environment = environment | {"IRIA_DEMO_PASSWORD": demo_password(state)}
    what = f"`{'iria' if INSTALLED else 'manage.py'} {arguments[0]}` failed"
    try:
        run_program([python, *MANAGE, *arguments], what, log, cwd=PROJECT, env=environment)
    except StartError as error:
        text = log.read_text(errors="replace").strip()
        if "\n" in text or is_disk_full(text):
            raise
        # Already a message for the user.
        raise StartError(text.removeprefix("CommandError: ")) from error


def demo_password(state: Path) -> str:
    """The random password of the demo editor; created by the first call, in a private file."""
    file = state / DEMO_EDITOR
    if not file.exists():
        # Easy to type: four groups, without similar characters.
        groups = ("".join(secrets.choice(_TYPEABLE) for _ in range(4)) for _ in range(4))
        write_atomically(file, "-".join(groups) + "\n")
    return file.read_text().split()[-1]


def how_to_sign_in(state: Path) -> str:
    *email, password = (state / DEMO_EDITOR).read_text().split()
    if not email:
        return "with your own account; `createsuperuser` makes one"
    return f"{email[0]} with the password {password} (from {display_path(state / DEMO_EDITOR)})"


def _fingerprint(environment: dict[str, str]) -> str:
    """A fingerprint of everything the preparation depends on: size and time of sources, and the database."""
    password = environment["DATABASE_URL"].rpartition("@")[0]
    lines = [f"{password} {environment.get('DEBUG')}"]
    for path in sorted(path for pattern in _SOURCES for path in CODE.glob(pattern)):
        if path.is_file():
            file_stat = path.stat()
            lines.append(f"{path.relative_to(CODE)} {file_stat.st_size} {file_stat.st_mtime_ns}")
    return json.dumps({"sources": hashlib.sha256("\n".join(lines).encode()).hexdigest()})
