"""The project and its state folder: paths, permissions, and the user that runs the database."""

import hashlib
import os
import pwd
import re
import secrets
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iria.launcher.output import StartError

CODE = Path(__file__).resolve().parents[2]
"""The folder that contains the packages: a clone, or `site-packages`."""
INSTALLED = (CODE / "iria" / "data").is_dir()
"""Whether this is the wheel (`[tool.hatch]` in pyproject.toml), not a clone."""
DATA = CODE / "iria" / "data" if INSTALLED else CODE
"""The folder of templates, static files, translations, locks and `gunicorn.conf.py`."""
PROJECT = Path.cwd() if INSTALLED else CODE
"""The folder of `.env`, and of the state folder by default."""
MANAGE = ("-m", "iria.command_line") if INSTALLED else ("manage.py",)
"""What makes Python run a management command."""
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
PROXY_FOLDERS = ("media", "static")
"""Parts of the state folder that nginx may read, as a member of their group."""
PRIVATE_FOLDERS = ("mail", "log", "locks")
PRIVATE_FILES = (
    *("database.json", "secret-key", "demo-editor.txt", "demo-loaded", "run.json", "prepared.json"),
)
ROOT_STATE = Path("/var/lib/iria")
"""For the state of a project whose folder the user of the database cannot enter; only for root."""
_DOTENV_LINE = re.compile(r"""(?:export )?(\w+)=(?:'(.*)'|"(.*)"|(.*))""", re.ASCII)


@dataclass(frozen=True)
class OsUser:
    name: str
    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, Any]:
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Whether this user can enter the folder, or its nearest parent that exists."""
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        enter = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(nearest)]
        return subprocess.run(enter, cwd="/", capture_output=True, **self.popen).returncode == 0


def database_user(data: Path) -> OsUser:
    """The current user; since PostgreSQL refuses root, for root its owner, `postgres` or `nobody`."""
    owner = data.stat().st_uid if data.exists() else None
    current = os.geteuid()
    if current == 0:
        users = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
        return _user(owner or users.get("postgres") or users.get("nobody") or 65534)
    if owner not in {None, current}:
        raise StartError(
            f"The database in {data} belongs to {_user(owner or 0).name}; start as that user "
            "or as root, or name another state folder with IRIA_STATE."
        )
    return OsUser(str(current), current, os.getegid())


def _user(uid: int) -> OsUser:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return OsUser(str(uid), uid, uid)
    return OsUser(entry.pw_name, uid, entry.pw_gid)


def settings(project: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The effective settings: the environment, then `.env`, parsed like django-environ."""
    path, values = project / ".env", {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except UnicodeDecodeError as error:
        raise StartError(f"{path} is not a text in UTF-8; save it as one.") from error
    for match in filter(None, map(_DOTENV_LINE.fullmatch, lines)):
        name, single, double, plain = match.groups(default="")
        values[name] = single or re.sub(r"\\([^rnt])", r"\1", double) or plain
    return values | dict(os.environ if environment is None else environment)


def state_folder(project: Path = PROJECT, environment: Mapping[str, str] | None = None) -> Path:
    """The folder for cluster, mail, media and keys: `IRIA_STATE`, or `var/`.

    For root it is below `/var/lib` if the user that runs the database cannot enter the project;
    but an existing cluster has priority.
    """
    values = settings(project, environment)
    default = project / (values.get("IRIA_STATE") or "var")
    if values.get("IRIA_STATE") or values.get("DATABASE_URL") or os.geteuid() != 0:
        return default.absolute()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", project.name) or "iria"
    outside = ROOT_STATE / f"{name}-{hashlib.sha256(str(project).encode()).hexdigest()[:8]}"
    for folder in (default, outside):
        if (folder / "postgres" / "PG_VERSION").exists():
            return folder
    return default if database_user(default / "postgres").can_enter(default) else outside


def make_folder(folder: Path, mode: int | None = None) -> Path:
    """Create a folder and its parents with private permissions, regardless of the umask."""
    # Under root another user runs the database, and may enter the parents of its data.
    private_mode = 0o711 if os.geteuid() == 0 else PRIVATE_FOLDER
    for path in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        path.mkdir(exist_ok=True)
        path.chmod(mode if mode is not None and path == folder else private_mode)
    return folder


def make_private_file(path: Path) -> Path:
    make_folder(path.parent, PRIVATE_FOLDER)
    path.touch(PRIVATE_FILE)
    _limit_mode(path, PRIVATE_FILE)
    return path


def restrict_permissions(state: Path) -> None:
    """Remove permissions that an earlier version gave other users in the state folder.

    The group keeps access, for nginx (docs/running.md); for root, the user of the database may
    enter, to reach its data.
    """
    limits = {state: 0o751 if os.geteuid() == 0 else 0o750}
    limits |= {state / name: 0o2750 for name in PROXY_FOLDERS}
    limits |= {state / name: PRIVATE_FILE for name in PRIVATE_FILES}
    for folder in (state / name for name in PRIVATE_FOLDERS):
        if folder.exists() and folder.stat().st_mode & 0o077:
            limits |= {folder: PRIVATE_FOLDER} | dict.fromkeys(folder.iterdir(), PRIVATE_FILE)
    for path, limit in limits.items():
        _limit_mode(path, limit)


def _limit_mode(path: Path, limit: int) -> None:
    with suppress(PermissionError, FileNotFoundError):
        mode = stat.S_IMODE(path.stat().st_mode)
        # A shared folder such as /tmp stays unchanged, even if IRIA_STATE names it.
        if mode & ~limit and not mode & stat.S_ISVTX:
            path.chmod(mode & limit)


def give_to_folder_owner(path: Path) -> None:
    """For root: give a file to the owner of the state folder, so that they can use it."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def write_atomically(path: Path, text: str) -> None:
    """Write a private file: readers see the old text or the new one, even after a crash."""
    make_folder(path.parent)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete_on_close=False) as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
        give_to_folder_owner(Path(draft.name))
        Path(draft.name).replace(path)


def stored_secret(path: Path) -> str:
    secret = path.read_text().strip() if path.exists() else ""
    if not secret:
        secret = secrets.token_urlsafe(48)
        write_atomically(path, secret + "\n")
    return secret


def display_path(path: Path, project: Path = PROJECT) -> str:
    """A path for messages: relative to the project if it is inside."""
    return str(path.relative_to(project)) if path.is_relative_to(project) else str(path)
