"""The project and its state folder: where files are, and who may read them."""

import hashlib
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from iria.launcher import os_user
from iria.launcher.output import StartError

PROJECT = Path(__file__).resolve().parents[2]
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
PROXY_FOLDERS = ("media", "static")
"""Parts of the state folder that nginx may read, as a member of their group."""
PRIVATE_FOLDERS = ("mail", "log", "locks")
PRIVATE_FILES = (
    *("database.json", "secret-key", "demo-editor.txt", "run.json", "prepared.json"),
    *("demo-loaded", "demo-begun"),
)
ROOT_STATE = Path("/var/lib/iria")
"""For the state of a project whose folder the database's user cannot enter; only under root."""
_DOTENV_LINE = re.compile(r"""(?:export )?(\w+)=(?:'(.*)'|"(.*)"|(.*))""", re.ASCII)


def settings(project: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The settings in force: the process's environment, and below it `.env`."""
    return read_dotenv(project / ".env") | dict(os.environ if environment is None else environment)


def read_dotenv(path: Path) -> dict[str, str]:
    """The values in a `.env` file, read as django-environ reads them."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except UnicodeDecodeError as error:
        raise StartError(f"{path} is not a text in UTF-8; save it as one.") from error
    values = {}
    for match in filter(None, map(_DOTENV_LINE.fullmatch, lines)):
        name, single, double, plain = match.groups(default="")
        values[name] = single or re.sub(r"\\([^rnt])", r"\1", double) or plain
    return values


def state_folder(project: Path = PROJECT, environment: Mapping[str, str] | None = None) -> Path:
    """The folder for cluster, mail, media and keys: `IRIA_STATE`, or `var/`.

    Under root it is below `/var/lib` if the user that runs the database cannot enter the project;
    but a cluster that exists decides, whatever has changed since.
    """
    found = settings(project, environment)
    own = project / (found.get("IRIA_STATE") or "var")
    if found.get("IRIA_STATE") or found.get("DATABASE_URL") or os.geteuid() != 0:
        return own.absolute()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", project.name) or "iria"
    outside = ROOT_STATE / f"{name}-{hashlib.sha256(str(project).encode()).hexdigest()[:8]}"
    for folder in (own, outside):
        if (folder / "postgres" / "PG_VERSION").exists():
            return folder
    return own if os_user.for_cluster(own / "postgres").can_enter(own) else outside


def make_folder(folder: Path, mode: int | None = None) -> Path:
    """Make a folder and its parents for us alone, whatever the umask says.

    Under root another user runs the database, who may enter the parents of its data but not list
    them.
    """
    default = 0o711 if os.geteuid() == 0 else PRIVATE_FOLDER
    for path in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        path.mkdir(exist_ok=True)
        path.chmod(mode if mode is not None and path == folder else default)
    return folder


def make_private_file(path: Path) -> Path:
    """Make sure that a file exists and that only we can read it."""
    make_folder(path.parent, PRIVATE_FOLDER)
    path.touch(PRIVATE_FILE)
    _limit_mode(path, PRIVATE_FILE)
    return path


def restrict_permissions(state: Path) -> None:
    """Hide from other users what an earlier version let them read in the state folder.

    The folder's group may stay, for nginx (docs/running.md); under root the database's user may
    enter, on the way to its data.
    """
    limits = {state: 0o751 if os.geteuid() == 0 else 0o750}
    limits |= {state / name: 0o750 for name in PROXY_FOLDERS}
    limits |= {state / name: PRIVATE_FILE for name in PRIVATE_FILES}
    for folder in (state / name for name in PRIVATE_FOLDERS):
        if folder.exists() and folder.stat().st_mode & 0o077:
            limits |= {folder: PRIVATE_FOLDER} | dict.fromkeys(folder.iterdir(), PRIVATE_FILE)
    for path, limit in limits.items():
        _limit_mode(path, limit)


def _limit_mode(path: Path, limit: int) -> None:
    with suppress(PermissionError, FileNotFoundError):
        mode = stat.S_IMODE(path.stat().st_mode)
        # A folder such as /tmp is not ours alone, whatever IRIA_STATE says.
        if mode & ~limit and not mode & stat.S_ISVTX:
            path.chmod(mode & limit)


def give_to_folder_owner(path: Path) -> None:
    """Under root: what it writes into the state folder of another user stays usable for them."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def write_atomically(path: Path, text: str) -> None:
    """Write a private file so that a reader, or a crash, sees the old text or the new one."""
    make_folder(path.parent)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete_on_close=False) as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
        give_to_folder_owner(Path(draft.name))
        Path(draft.name).replace(path)


def stored_secret(path: Path) -> str:
    """A random secret in a file that only we can read; created at the first call."""
    secret = path.read_text().strip() if path.exists() else ""
    if not secret:
        secret = secrets.token_urlsafe(48)
        write_atomically(path, secret + "\n")
    return secret


def display_path(path: Path, project: Path = PROJECT) -> str:
    """A path for messages: relative to the project where it lies inside."""
    return str(path.relative_to(project)) if path.is_relative_to(project) else str(path)
