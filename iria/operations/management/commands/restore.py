"""`manage.py restore FILE`: a backup, into an empty database or in place of the current one."""

from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from shlex import quote
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from iria.launcher.output import describe_os_error
from iria.operations.backup import BackupError, files, manifest, postgres, restoring
from iria.operations.backup.keys import Key
from iria.operations.management.commands.backup import backup_directory


class Command(BaseCommand):
    help = (
        "Checks a backup and restores database and media from it: into an empty database, or with --replace "
        "in place of the current one, which is kept under another name."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "backup",
            nargs="?",
            type=Path,
            metavar="FILE",
            help="The folder of a backup; a folder of backups for the newest of them. "
            "Default: BACKUP_DIRECTORY.",
        )
        parser.add_argument(
            "--replace", action="store_true", help="Replace a database that is not empty."
        )
        parser.add_argument(
            "--no-input", action="store_false", dest="interactive", help="Do not ask to confirm."
        )
        parser.add_argument(
            "--no-privileges",
            action="store_false",
            dest="privileges",
            help="Leave out what other roles may do in the database.",
        )
        add_key(parser)

    def handle(
        self,
        *args: Any,
        backup: Path | None,
        replace: bool,
        interactive: bool,
        privileges: bool,
        key: Path | None,
        **options: Any,
    ) -> None:
        try:
            chosen = manifest.find(backup_directory(backup))
            secret = read_key(key)
            if replace and interactive:
                self._confirm(chosen)
            # So that a backup made meanwhile does not delete it as an old one.
            has_lock = (chosen.parent / files.LOCK).exists()
            with files.locked(chosen.parent, shared=True) if has_lock else nullcontext():
                former = restoring.restore(
                    chosen, secret, replace=replace, with_privileges=privileges
                )
        except BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(describe_os_error(error)) from error
        self.stdout.write(f"Restored {chosen}.")
        if former:
            self.stdout.write(
                f"The previous database is now {former}; when you no longer need it, run `dropdb {quote(former)}`."
            )

    def _confirm(self, backup: Path) -> None:
        name = postgres.database_name()
        try:
            answer = input(
                f"Replace the database {name} by the backup {backup.name}? Type its name: "
            )
        except EOFError:
            # There is no terminal.
            answer = ""
        if answer.strip() != name:
            raise CommandError(
                "Nothing was changed. To restore without this question, use --no-input."
            )


def add_key(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--key",
        type=Path,
        metavar="KEYFILE",
        help="The file of the secret key, as of `age-keygen`. Default: BACKUP_KEY.",
    )


def read_key(file: Path | None) -> Key | None:
    return Key.read(file) if file else settings.BACKUP_KEY
