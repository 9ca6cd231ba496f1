"""What a backup says about itself, and which backups there are in a folder."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from django.db.migrations.loader import MigrationLoader

from iria.launcher import upgrading
from iria.operations.backup import BackupError, files

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
NAME: Final = re.compile(r"\d{4}-\d\d-\d\d-\d{6}")
NAME_FORMAT: Final = "%Y-%m-%d-%H%M%S"

TOO_OLD: Final = (
    "The backup was made by a version with migrations that this release replaces by one for each app: "
    f"restore it with commit {upgrading.LAST_BEFORE_SQUASH[:8]}, and then upgrade to this release."
)

MigrationName = tuple[str, str]
"""App and name."""


@dataclass(frozen=True)
class Manifest:
    created_at: str
    site: str
    postgresql: int
    """The version of the server, such as 170002."""
    pg_dump: str
    recipient: str
    """The public key; empty if the backup is not encrypted."""
    migrations: list[list[str]]
    roles: list[str]
    """Those that have permissions in the database, and must exist where it is restored."""
    tables: dict[str, list[Any]]
    """Table → number of rows and checksum."""
    without_rows: list[str]
    media_files: int
    bytes: int
    checksums: str
    """The checksum of the file of checksums."""
    missing_media: list[str] = field(default_factory=list)
    """Files that the database names and the storage did not have."""
    format: int = FORMAT

    def write(self, backup: Path) -> None:
        with files.HashedWriter(backup / MANIFEST) as file:
            file.write(json.dumps(asdict(self), indent=1).encode() + b"\n")

    @classmethod
    def read(cls, backup: Path) -> Self:
        """
        Raises:
            BackupError: there is none, it is damaged, or of another format.
        """
        try:
            values = json.loads((backup / MANIFEST).read_text())
            if values.get("format") != FORMAT:
                raise BackupError(
                    f"The backup {backup} has a format that this version of IRIA does not read."
                )
            manifest = cls(**values)
            digest = files.checksum(backup / files.CHECKSUMS)
        except OSError as error:
            raise BackupError(
                f"{backup} is not a complete backup: {Path(error.filename).name} cannot be read."
            ) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise BackupError(f"The file {backup / MANIFEST} is damaged.") from error
        if digest != manifest.checksums:
            raise BackupError(f"The file {files.CHECKSUMS} of the backup is damaged.")
        return manifest

    @property
    def applied(self) -> set[MigrationName]:
        return {(app, name) for app, name in self.migrations}

    def newer_migrations(self, present: Iterable[MigrationName] = ()) -> list[str]:
        """Those that this version of IRIA does not know yet. Earlier ones may have been replaced.

        Args:
            present: those of the database that this version runs with, which may be newer after a rollback.
        """
        known = _known_migrations()
        latest: dict[str, int] = {}
        for app, name in known:
            latest[app] = max(latest.get(app, 0), _number(name))
        return [
            f"{app}.{name}"
            for app, name in sorted(self.applied - known - {*present})
            if app in latest and _number(name) >= latest[app]
        ]

    def missing_migrations(self) -> list[str]:
        """Those that this version of IRIA has in addition."""
        loader = MigrationLoader(None)
        replaced = {
            key: set(each.replaces) for key, each in loader.replacements.items() if each.replaces
        }
        return [
            f"{app}.{name}"
            for app, name in sorted(loader.graph.nodes)
            if (app, name) not in self.applied
            and not ((app, name) in replaced and replaced[app, name] <= self.applied)
        ]


def _known_migrations() -> set[MigrationName]:
    loader = MigrationLoader(None)
    known = {*loader.disk_migrations}
    for each in loader.replacements.values():
        known |= {(app, name) for app, name in each.replaces}
    return known


def _number(name: str) -> int:
    match = re.match(r"\d+", name)
    return int(match[0]) if match else 0


def name_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(NAME_FORMAT)


def moment_of(backup: Path) -> datetime:
    return datetime.strptime(backup.name, NAME_FORMAT).replace(tzinfo=UTC)


def backups(directory: Path) -> list[Path]:
    """The complete backups in a folder, the oldest first."""
    try:
        folders = [each for each in directory.iterdir() if NAME.fullmatch(each.name)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BackupError(f"The folder {directory} cannot be read: {error.strerror}.") from error
    return sorted(each for each in folders if (each / MANIFEST).exists())


def find(path: Path) -> Path:
    """The backup that a path names: its folder, its manifest, or a folder of backups for the newest."""
    if path.name == MANIFEST:
        return path.parent
    if (path / MANIFEST).exists() or NAME.fullmatch(path.name):
        return path
    if complete := backups(path):
        return complete[-1]
    raise BackupError(f"There is no backup in {path}.")
