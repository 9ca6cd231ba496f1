"""`manage.py import_wordpress FILE [--media DIR] [--dry-run] [--report FILE.json]`"""

import sys
import time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django.core.management.base import BaseCommand, CommandError, CommandParser

from iria.publication.models import current_publication
from iria.transfer.records import Unreadable
from iria.transfer.wordpress.parser import Export
from iria.transfer.writer.images import Media
from iria.transfer.writer.run import Import

UNREADABLE: Final = 2
FAILED: Final = 1
"""Exit statuses; 0 if every item was accounted for, none failed and the database has all."""


class Command(BaseCommand):
    help = "Imports a WordPress export (WXR). Importing the same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--media",
            metavar="DIR",
            type=Path,
            help="the folder wp-content/uploads of the old site",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen and change nothing"
        )
        parser.add_argument(
            "--report", metavar="FILE.json", type=Path, help="write the report there"
        )
        parser.add_argument(
            "--post-type",
            action="append",
            default=[],
            metavar="NAME",
            help="import this post type as articles too; can be repeated",
        )
        parser.add_argument(
            "--time-zone",
            metavar="NAME",
            help="of the old site; by default that of the publication",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path | None = options["media"]
        if folder is not None and not folder.is_dir():
            message = f"{folder} is not a folder. Give the folder of the uploads with --media."
            raise CommandError(message)
        started = time.monotonic()

        def progress(done: int) -> None:
            if options["verbosity"]:
                speed = done / max(time.monotonic() - started, 0.001)
                self.stderr.write(f"{done:,} texts, {speed:.0f} a second")

        task = Import(
            Export(options["file"], _zone(options["time_zone"]), ("post", *options["post_type"])),
            media=Media(folder) if folder else None,
            dry_run=options["dry_run"],
            progress=progress,
        )
        try:
            report = task.run()
        except Unreadable as error:
            self.stderr.write(f"{options['file']}: {error} Nothing was imported.")
            sys.exit(UNREADABLE)
        for line in report.table():
            self.stdout.write(line)
        for problem in task.problems:
            self.stdout.write(f"Wrong: {problem}")
        if options["report"]:
            report.write(options["report"])
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was changed.")
        if report.failed or task.problems:
            sys.exit(FAILED)


def _zone(name: str | None) -> ZoneInfo:
    if name is None:
        return current_publication().zone_info
    if name not in available_timezones():
        message = f"“{name}” is not a time zone. Enter one like Europe/Lisbon."
        raise CommandError(message)
    return ZoneInfo(name)
