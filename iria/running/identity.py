"""Who the database runs as. PostgreSQL refuses root, so root lends it an unprivileged account."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from iria.running.telling import StartError


class _Switch(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Identity:
    """An account for the database's programs; `switch` says whether we have to become it."""

    name: str
    uid: int
    gid: int
    switch: bool

    @property
    def popen(self) -> _Switch:
        """What `subprocess` needs to start a program under this account."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, *command: str | Path) -> bool:
        """Whether a harmless command succeeds when this account runs it: the only honest test."""
        try:
            done = subprocess.run(
                command, cwd="/", capture_output=True, stdin=subprocess.DEVNULL, **self.popen
            )
        except OSError:
            return False
        return done.returncode == 0

    def reaches(self, folder: Path) -> bool:
        """Whether this account can step into the folder (or into its nearest ancestor there is)."""
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        return self.can("/bin/sh", "-c", 'cd -- "$1"', "sh", folder)

    def owns(self, folder: Path) -> None:
        if self.switch:
            os.chown(folder, self.uid, self.gid)


def for_cluster(data: Path) -> Identity:
    """The account for a cluster: ourselves, or as root the owner of its data, `postgres`, `nobody`."""
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if me != 0:
        if owner not in {None, me}:
            raise StartError(
                f"The database in {data} belongs to {_account(owner or 0).name}; start as that user "
                "or as root, or name another state folder with IRIA_STATE."
            )
        return Identity(str(me), me, os.getegid(), switch=False)
    if owner:
        return _account(owner)
    for name in ("postgres", "nobody"):
        try:
            return _account(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    raise StartError(
        "PostgreSQL does not run as root and there is neither a user `postgres` nor a user "
        "`nobody` to run it as; start as an ordinary user, or set DATABASE_URL."
    )


def _account(uid: int) -> Identity:
    try:
        known = pwd.getpwuid(uid)
    except KeyError:
        return Identity(str(uid), uid, uid, switch=True)
    return Identity(known.pw_name, uid, known.pw_gid, switch=True)
