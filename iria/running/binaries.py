"""PostgreSQL's programs: where a system keeps them, and which of them can serve a cluster."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OLDEST = 15
NEEDED = ("postgres", "initdb", "pg_dump", "pg_restore", "psql")
EXTENSIONS = ("pg_trgm", "unaccent")
"""From PostgreSQL's contrib, which some systems package apart."""

_USUAL = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PostgreSQL's own packages for Fedora, RHEL
    "/usr/libexec/postgresql*",  # Alpine
    "/usr/lib/postgresql*/bin",  # Gentoo, openSUSE
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/local/lib/postgresql*/bin",  # MacPorts
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
    "/usr/local/bin",
    "/usr/bin",
)


@dataclass(frozen=True)
class Binaries:
    """One set of server programs in one folder."""

    folder: Path
    version: str
    libraries: Path | None = None
    """Of a copy we keep: the shared libraries it was linked to, in case they went too."""
    ours: bool = False
    """Whether it lies below the state folder, kept from the system or from the wheel."""

    @property
    def environment(self) -> dict[str, str]:
        """For the programs. Nothing of ours is handed on: a PGDATA or a PGPORT would be obeyed."""
        own = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}
        if self.libraries:
            own["LD_LIBRARY_PATH"] = str(self.libraries)
        return own

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        return self.folder / name


def installed() -> list[Binaries]:
    """The complete sets the system has, newest first; of one major version, the newest minor."""
    sets = [found for folder in _candidates() if (found := examine(folder))]
    return sorted(sets, key=lambda one: [int(n) for n in one.version.split(".")], reverse=True)


def examine(folder: Path, libraries: Path | None = None, *, ours: bool = False) -> Binaries | None:
    """The set in a folder, if it runs, is new enough and has all that IRIA needs."""
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
        return None
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            env=Binaries(folder, "0", libraries).environment,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)*)", said)
    if not version or int(version[1].split(".")[0]) < OLDEST:
        return None
    share = share_folder(folder)
    if share is None:
        return None
    if not all((share / "extension" / f"{name}.control").exists() for name in EXTENSIONS):
        return None
    return Binaries(folder, version[1], libraries, ours)


@cache
def share_folder(folder: Path) -> Path | None:
    """Where a set's `postgres.bki`, extensions and dictionaries lie."""
    return _beside(folder, "--sharedir", "postgres.bki")


@cache
def library_folder(folder: Path) -> Path | None:
    """Where a set's loadable modules lie."""
    return _beside(folder, "--pkglibdir", "plpgsql.so")


def _beside(folder: Path, question: str, proof: str) -> Path | None:
    """Ask the set's `pg_config`; without one (it is often packaged apart) try the usual layouts."""
    told = _ask(folder / "pg_config", question)
    prefix, name = folder.parent, folder.parent.name
    guesses = [
        *(prefix / part for part in ("share", "share/postgresql", "share/pgsql")),
        *(prefix / part for part in ("lib", "lib/postgresql", "lib64/pgsql", "lib/pgsql")),
        prefix.parents[1] / "share/postgresql" / name if len(prefix.parents) > 1 else prefix,
        *(Path("/usr/share") / folder.name, Path("/usr/lib") / folder.name),  # Alpine
    ]
    return next(
        (
            place
            for place in [*([Path(told)] if told else []), *guesses]
            if (place / proof).exists()
        ),
        None,
    )


def _ask(config: Path, question: str) -> str:
    """What a `pg_config` answers; nothing if there is none."""
    try:
        done = subprocess.run([config, question], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _candidates() -> Iterator[Path]:
    seen: set[Path] = set()
    on_path = [Path(part) for part in os.environ.get("PATH", "").split(":") if part.startswith("/")]
    for folder in on_path:
        yield from _new(folder, seen)
        if told := _ask(folder / "pg_config", "--bindir"):
            yield from _new(Path(told), seen)
    for pattern in _USUAL:
        for place in sorted(Path("/").glob(pattern[1:])):
            yield from _new(place, seen)


def _new(folder: Path, seen: set[Path]) -> Iterator[Path]:
    # Through links: Homebrew's and others' programs stand elsewhere, with their own relatives.
    real = (folder / "postgres").resolve().parent
    # `os.access`, since a PATH may name folders that are closed to us.
    if real not in seen and os.access(real / "postgres", os.X_OK):
        seen.add(real)
        yield real
