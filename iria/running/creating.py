"""Making a cluster: `initdb`, one role, one database; whole or not at all."""

import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from iria.running.binaries import Binaries
from iria.running.identity import Identity
from iria.running.places import make_folder
from iria.running.telling import StartError, last_words, tells_of_a_full_disk

ROLE = DATABASE = "iria"

_ACCESS = """\
# Written by IRIA. Only over the loopback, only with a password; the superuser not at all
# (`postgres --single` is for whoever may read this folder).
host  all  iria  127.0.0.1/32  scram-sha-256
"""


def create(
    data: Path, binaries: Binaries, identity: Identity, password: str, *, durable: bool = True
) -> None:
    """Make a cluster with one login role that owns one empty database.

    It grows under another name and is renamed when complete, so that a kill in between leaves
    nothing that could be taken for a cluster.
    """
    draft = data.with_name(f"{data.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    make_folder(draft.parent)
    draft.mkdir(mode=0o700)
    identity.owns(draft)
    try:
        _initialise(draft, binaries, identity, durable)
        _write_access(draft, identity)
        _furnish(draft, binaries, identity, password)
        draft.rename(data)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _initialise(draft: Path, binaries: Binaries, identity: Identity, durable: bool) -> None:
    command = [
        *(binaries.program("initdb"), "-D", draft, "-U", "postgres", "--data-checksums"),
        *("--encoding=UTF8", *_locale(binaries.major), "--auth=reject"),
        *(() if durable else ("--no-sync",)),
    ]
    done = subprocess.run(
        command,
        cwd="/",
        env=binaries.environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        **identity.popen,
    )
    if done.returncode:
        raise _failure(draft, done.stdout + done.stderr)


def _locale(major: int) -> list[str]:
    """Sorting by code point, case by Unicode: the same on every machine and after every upgrade
    of the C library, so no index ever goes stale; what readers see is sorted by the language."""
    if _exists("C.UTF-8"):
        return ["--locale=C.UTF-8"]
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [
        "--lc-collate=C",
        "--lc-ctype=en_US.UTF-8" if _exists("en_US.UTF-8") else "--lc-ctype=C",
    ]


def _exists(name: str) -> bool:
    """Whether the C library has a locale; asked in a process of its own, where it can be set."""
    asked = f"import locale; locale.setlocale(locale.LC_ALL, {name!r})"
    return subprocess.run([sys.executable, "-c", asked], capture_output=True).returncode == 0


def _write_access(draft: Path, identity: Identity) -> None:
    rules = draft / "pg_hba.conf"
    rules.write_text(_ACCESS)
    identity.owns(rules)


def _furnish(draft: Path, binaries: Binaries, identity: Identity, password: str) -> None:
    """Make the role and its database in single-user mode, before anybody could connect."""
    statements = (
        f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}';\n"
        f"CREATE DATABASE {DATABASE} OWNER {ROLE} TEMPLATE template0;\n"
    )
    done = subprocess.run(
        [binaries.program("postgres"), "--single", "-D", draft, "postgres"],
        cwd="/",
        env=binaries.environment,
        input=statements,
        capture_output=True,
        text=True,
        **identity.popen,
    )
    if done.returncode or "ERROR:" in done.stderr:
        raise _failure(draft, done.stderr.replace(password, "…"))


def _failure(draft: Path, said: str) -> StartError:
    if tells_of_a_full_disk(said):
        return StartError(f"The disk is full: a new database does not fit into {draft.parent}.")
    return StartError(f"The database could not be made in {draft.parent}: {last_words(said)}.")


def new_password() -> str:
    return secrets.token_hex(24)
