"""Where things lie: the project, and the state folder with everything that is not in git."""

import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from iria.running import identity, settings_file

PROJECT = Path(__file__).resolve().parents[2]
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


def make_folder(folder: Path) -> Path:
    """Make a folder (and its parents) that others may step into, whatever the umask says."""
    missing = [folder, *folder.parents]
    missing = [place for place in missing if not place.exists()]
    for place in reversed(missing):
        place.mkdir(exist_ok=True)
        place.chmod(0o755)
    return folder


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
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
