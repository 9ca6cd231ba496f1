"""The user that runs the database. PostgreSQL refuses to run as root, so root runs it as another user."""

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
        """Options for `subprocess`, to start a program as this user."""
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
    """The user for a cluster: the current one; for root its owner, else `postgres` or `nobody`."""
    owner = data.stat().st_uid if data.exists() else None
    current_uid = os.geteuid()
    if current_uid != 0:
        if owner not in {None, current_uid}:
            raise StartError(
                f"The database in {data} belongs to {_user(owner or 0).name}; start as that user "
                "or as root, or name another state folder with IRIA_STATE."
            )
        return OsUser(str(current_uid), current_uid, os.getegid())
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
