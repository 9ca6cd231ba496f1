"""`manage.py backup [DIR]`: database and media, in a new folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from iria.operations.backup import BackupError, creating
from iria.operations.backup.drill import drill_if_due
from iria.operations.backup.keys import new_key
from iria.operations.backup.manifest import Manifest

MB = 1024**2


class Command(BaseCommand):
    help = (
        "Makes a backup of database and media in a new folder, and deletes old backups (BACKUP_KEEP). "
        "The last line is the folder."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "directory", nargs="?", type=Path, help="Where backups are. Default: BACKUP_DIRECTORY."
        )
        parser.add_argument(
            "--full",
            action="store_true",
            help="Copy all media again, instead of linking those that are in the backup before.",
        )
        parser.add_argument(
            "--drill",
            action="store_true",
            help="Then run a restore drill, if the last successful one is BACKUP_DRILL_DAYS ago.",
        )
        parser.add_argument(
            "--new-key",
            action="store_true",
            help="Only print a new secret key for BACKUP_KEY, and its public key.",
        )

    def handle(
        self,
        *args: Any,
        directory: Path | None,
        full: bool,
        drill: bool,
        new_key: bool,
        **options: Any,
    ) -> None:
        if new_key:
            self._write_key()
            return
        try:
            backup = creating.back_up(backup_directory(directory), is_full=full)
            if drill:
                drill_if_due(backup_directory(directory))
            manifest = Manifest.read(backup)
        except BackupError as error:
            raise CommandError(str(error)) from error
        for name in manifest.missing_media:
            self.stderr.write(f"The database names the file {name}, which is missing.")
        rows = sum(rows for rows, _ in manifest.tables.values())
        self.stdout.write(
            f"{len(manifest.tables)} tables with {rows:,} rows, {manifest.media_files:,} files of media, "
            f"{manifest.bytes / MB:,.1f} MB, {'encrypted' if manifest.recipient else 'not encrypted'}:"
        )
        self.stdout.write(str(backup))

    def _write_key(self) -> None:
        key = new_key()
        self.stdout.write(f"# public key: {key.recipient}\n{key.identity}")


def backup_directory(directory: Path | None) -> Path:
    """The folder of the backups.

    Raises:
        CommandError: none is named.
    """
    if directory is None and not settings.BACKUP_DIRECTORY:
        raise CommandError("Name the folder of the backups, or set BACKUP_DIRECTORY.")
    return (directory or Path(settings.BACKUP_DIRECTORY)).absolute()
