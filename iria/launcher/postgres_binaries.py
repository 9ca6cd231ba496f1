"""Finds PostgreSQL's programs on the system, and checks whether they can run a cluster."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iria.launcher.os_user import OsUser

OLDEST = 15
NEEDED = ("postgres", "initdb", "pg_ctl", "pg_dump", "pg_restore", "psql")
EXTENSIONS = ("pg_trgm", "unaccent")
"""From PostgreSQL's contrib, which is a separate package on some systems."""

_USUAL_FOLDERS = (
    "usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "usr/pgsql-*/bin",  # PGDG packages for Fedora, RHEL
    "usr/libexec/postgresql*",  # Alpine
    "usr/lib/postgresql*/bin",  # Gentoo, openSUSE
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "opt/local/lib/postgresql*/bin",  # MacPorts
    "Applications/Postgres.app/Contents/Versions/*/bin",
    "usr/local/pgsql/bin",
    "usr/local/bin",
    "usr/bin",
)


@dataclass(frozen=True)
class Binaries:
    """The server programs of one version in one folder."""

    folder: Path
    version: str = "0"
    share: Path = Path("/")
    """The folder of extensions and dictionaries."""
    libraries: Path | None = None
    """Of our copy: the shared libraries, in case the system no longer has them."""

    @property
    def is_copy(self) -> bool:
        """Whether it is in the state folder, copied from the system or installed from a wheel."""
        return self.libraries is not None

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        return self.folder / name

    @property
    def environment(self) -> dict[str, str]:
        """A clean environment, without PGDATA or PGPORT."""
        path = os.environ.get("PATH", os.defpath)
        libraries = {"LD_LIBRARY_PATH": str(self.libraries)} if self.libraries else {}
        return {"PATH": path, "LC_ALL": "C", "TZ": "UTC", "HOME": "/"} | libraries

    def options(self, user: OsUser) -> dict[str, Any]:
        """For `subprocess`, to run a program as this user."""
        return {"cwd": "/", "env": self.environment, **user.popen}


def installed(user: OsUser) -> list[Binaries]:
    """The installed versions that this user can run, newest first."""
    found = [binaries for folder in _candidates() if (binaries := examine(folder, user))]
    return sorted(found, key=lambda one: [int(n) for n in one.version.split(".")], reverse=True)


def examine(folder: Path, user: OsUser, libraries: Path | None = None) -> Binaries | None:
    """The programs in a folder, if they run, are new enough and have the extensions."""
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
        return None
    show = (folder / "initdb", "--show", "-D", "/nowhere")
    options = Binaries(folder, libraries=libraries).options(user)
    try:
        shown = subprocess.run(show, capture_output=True, text=True, **options).stderr
    except OSError:
        return None
    found = re.search(r"^VERSION=((\d+)[.\d]*).*^share_path=([^\n]+)", shown, re.M | re.S)
    if not found or int(found[2]) < OLDEST:
        return None
    share = Path(found[3])
    if not all((share / "extension" / f"{name}.control").exists() for name in EXTENSIONS):
        return None
    return Binaries(folder, found[1], share, libraries)


def _candidates() -> list[Path]:
    folders = [Path(part) for part in os.environ.get("PATH", "").split(":") if part[:1] == "/"]
    if config := shutil.which("pg_config"):
        done = subprocess.run([config, "--bindir"], capture_output=True, text=True)
        folders.append(Path(done.stdout.strip()))
    for pattern in _USUAL_FOLDERS:
        folders += Path("/").glob(pattern)
    # Follows links: Homebrew links to the folder with the programs and their files.
    return list(dict.fromkeys((folder / "postgres").resolve().parent for folder in folders))
