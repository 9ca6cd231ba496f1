"""The user that runs the database. PostgreSQL refuses root, so root runs it as somebody else."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iria.launcher.output import StartError


@dataclass(frozen=True)
class OsUser:
    name: str
    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, Any]:
        """What `subprocess` needs to start a program as this user."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Whether this user can enter the folder, or its nearest parent that exists."""
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        enter = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        return subprocess.run(enter, cwd="/", capture_output=True, **self.popen).returncode == 0


def for_cluster(data: Path) -> OsUser:
    """The user for a cluster: ourselves; under root its owner, else `postgres` or `nobody`."""
    owner = data.stat().st_uid if data.exists() else None
    me = os.geteuid()
    if me != 0:
        if owner not in {None, me}:
            raise StartError(
                f"The database in {data} belongs to {_user(owner or 0).name}; start as that user "
                "or as root, or name another state folder with IRIA_STATE."
            )
        return OsUser(str(me), me, os.getegid())
    if owner:
        return _user(owner)
    users = {known.pw_name: known.pw_uid for known in pwd.getpwall()}
    return _user(users.get("postgres") or users.get("nobody") or 65534)


def _user(uid: int) -> OsUser:
    try:
        known = pwd.getpwuid(uid)
    except KeyError:
        return OsUser(str(uid), uid, uid)
    return OsUser(known.pw_name, uid, known.pw_gid)
