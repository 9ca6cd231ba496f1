"""Where things lie: the project, and the state folder with everything that is not in git."""

import hashlib
import os
import re
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from iria.running import identity, settings_file

PROJECT = Path(__file__).resolve().parents[2]
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
FOR_THE_PROXY = ("media", "static")
"""Parts of the state folder that nginx may read, as a member of its group."""
OWN_FOLDERS = ("mail", "log", "locks")
OWN_FILES = (
    *("database.json", "secret-key", "demo-editor.txt", "run.json", "prepared.json"),
    *("demo-loaded", "demo-begun"),
)
AWAY = Path("/var/lib/iria")
"""Where root keeps the state of a project whose folder the database's account cannot reach."""


def state_folder(project: Path = PROJECT, given: Mapping[str, str] | None = None) -> Path:
    """The folder for cluster, mail, media and keys: `IRIA_STATE`, `var/`, or as root elsewhere.

    Elsewhere only if the account the database would run as cannot reach the project, which is
    tested by trying; and a cluster that is already there decides, whatever has changed since.
    """
    settings = settings_file.environment(project, given)
    if named := settings.get("IRIA_STATE"):
        return (project / named).absolute()
    own = project / "var"
    if os.geteuid() != 0 or settings.get("DATABASE_URL"):
        return own
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", project.name) or "iria"
    away = AWAY / f"{name}-{hashlib.sha256(str(project).encode()).hexdigest()[:8]}"
    for folder in (own, away):
        if (folder / "postgres" / "PG_VERSION").exists():
            return folder
    return own if identity.for_cluster(own / "postgres").reaches(own) else away


def make_folder(folder: Path, mode: int | None = None) -> Path:
    """Make a folder (and its parents) for us alone, whatever the umask says.

    Under root another account runs the database: it may step into the folders above its data, and
    may not list them.

    Args:
        mode: for the folder itself, if not that.
    """
    usual = 0o711 if os.geteuid() == 0 else PRIVATE_FOLDER
    missing = [folder, *folder.parents]
    missing = [place for place in missing if not place.exists()]
    for place in reversed(missing):
        place.mkdir(exist_ok=True)
        place.chmod(mode if mode is not None and place == folder else usual)
    return folder


def make_private_file(path: Path) -> Path:
    """An empty file that only we can read, where there is none; one that is there becomes so."""
    make_folder(path.parent, PRIVATE_FOLDER)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE))
    _narrow(path, PRIVATE_FILE)
    return path


def tighten(state: Path) -> None:
    """Take from other accounts what an earlier version let them see of a state folder.

    Its own group may be let in, for nginx (docs/running.md); and under root the account of the
    database may step in, on the way to its data.
    """
    _narrow(state, 0o751 if os.geteuid() == 0 else 0o750)
    for name in FOR_THE_PROXY:
        _narrow(state / name, 0o750)
    for name in OWN_FILES:
        _narrow(state / name, PRIVATE_FILE)
    for name in OWN_FOLDERS:
        if _narrow(state / name, PRIVATE_FOLDER):
            for file in (state / name).iterdir():
                _narrow(file, PRIVATE_FILE)


def _narrow(path: Path, most: int) -> bool:
    """Whether a path allowed more than this; it no longer does, where it is ours to change."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        # A folder such as /tmp is not ours alone, whatever IRIA_STATE says.
        if not mode & ~most or mode & stat.S_ISVTX:
            return False
        path.chmod(mode & most)
    except (PermissionError, FileNotFoundError):
        return False
    return True


def write_whole(path: Path, text: str, mode: int = PRIVATE_FILE) -> None:
    """Write a file so that a reader, or a crash, sees the old text or the new one, never half."""
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:  # noqa: PTH123
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if os.geteuid() == 0:
            # A state folder of somebody else's stays usable for them after root was here.
            owner = path.parent.stat()
            os.chown(draft, owner.st_uid, owner.st_gid)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def kept_secret(path: Path) -> str:
    """A random secret in a file only we can read; made at the first call, the same ever after."""
    try:
        found = path.read_text().strip()
    except FileNotFoundError:
        found = ""
    if not found:
        found = secrets.token_urlsafe(48)
        write_whole(path, found + "\n")
    return found


def shown(path: Path, project: Path = PROJECT) -> str:
    """A path as a person would say it: relative to the project where it lies inside."""
    return str(path.relative_to(project)) if path.is_relative_to(project) else str(path)
