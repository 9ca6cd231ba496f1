"""Creating a cluster: `initdb`, one role, one database; complete or not at all."""

import locale
import shutil
from dataclasses import replace

from iria.launcher.output import run_program
from iria.launcher.paths import make_folder
from iria.launcher.postmaster import Server

ROLE = DATABASE = "iria"

_HBA = f"""\
# Written by IRIA. Only over the loopback, only with a password; the superuser not at all
# (`postgres --single` is for those who may read this folder).
host  all  {ROLE}  127.0.0.1/32  scram-sha-256
"""


def create(server: Server, password: str) -> None:
    """Make a cluster with one login role that owns one empty database.

    It is made under another name and renamed when complete, so that a kill in between leaves
    nothing that could be taken for a cluster.
    """
    binaries, user = server.binaries, server.user
    draft = server.data.with_name(f"{server.data.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    make_folder(draft, 0o700)
    shutil.chown(draft, user.uid, user.gid)
    try:
        run_program(
            [
                *(binaries.program("initdb"), "-D", draft, "-U", "postgres", "--data-checksums"),
                *("--encoding=UTF8", *_locale(binaries.major), "--auth=reject"),
                *(() if server.durable else ("--no-sync",)),
            ],
            f"The database could not be made in {draft.parent}",
            server.log,
            **binaries.options(user),
        )
        (draft / "pg_hba.conf").write_text(_HBA)
        # Before anybody can connect.
        replace(server, data=draft).run_single_user(
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}';\n"
            f"CREATE DATABASE {DATABASE} OWNER {ROLE} TEMPLATE template0;\n"
        )
        draft.rename(server.data)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _locale(major: int) -> list[str]:
    """Sort by code point, change case by Unicode: the same on every machine, so no index goes stale
    with an upgrade of the C library; what readers see is sorted by the language."""
    if _exists("C.UTF-8"):
        return ["--locale=C.UTF-8"]
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--lc-collate=C", f"--lc-ctype={'en_US.UTF-8' if _exists('en_US.UTF-8') else 'C'}"]


def _exists(name: str) -> bool:
    """Whether the C library has a locale."""
    before = locale.setlocale(locale.LC_COLLATE)
    try:
        locale.setlocale(locale.LC_COLLATE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_COLLATE, before)
    return True
