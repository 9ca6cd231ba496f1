"""`manage.py restore_drill`: whether the newest backup can be restored."""

import json
import sys
from argparse import SUPPRESS, ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from iria.operations.backup import BackupError, drill
from iria.operations.management.commands.backup import backup_directory
from iria.operations.management.commands.restore import add_key, read_key


class Command(BaseCommand):
    help = (
        "Restores the newest backup into a scratch database and compares counts, checksums and a sample of "
        "pages. Exit status 1 if something is wrong."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "directory", nargs="?", type=Path, help="Where backups are. Default: BACKUP_DIRECTORY."
        )
        add_key(parser)
        # For the drill itself, which runs this on the scratch database.
        parser.add_argument("--render", help=SUPPRESS)

    def handle(
        self,
        *args: Any,
        directory: Path | None,
        key: Path | None,
        render: str | None,
        **options: Any,
    ) -> None:
        if render:
            self.stdout.write(json.dumps(drill.rendered([int(pk) for pk in render.split(",")])))
            return
        try:
            result = drill.drill_newest(backup_directory(directory), read_key(key))
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{result.backup}: restored {result.tables} tables with {result.rows:,} rows, checked "
            f"{result.files:,} files of media, rendered {result.pages} pages."
        )
        for problem in result.problems:
            self.stdout.write(self.style.ERROR(problem))
        if result.problems:
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS("The backup can be restored."))
