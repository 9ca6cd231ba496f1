"""What the commands of all importers share: options, progress, the report and the exit status."""

import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from iria.core.text.validators import one_line
from iria.publication.models import current_publication
from iria.transfer import formats
from iria.transfer.names import shown
from iria.transfer.records import Unreadable
from iria.transfer.report import Report
from iria.transfer.runs import Busy
from iria.transfer.writer.images import Fetcher, Media
from iria.transfer.writer.run import Import, Source
from iria.transfer.writer.subscribers import Mailing
from newsletter.management.commands.import_subscribers import newsletter_named

UNREADABLE: Final = 2
FAILED: Final = 1
"""Exit statuses; 0 if every item was accounted for, none failed and the database has all."""
SECONDS: Final = 10
"""Between two lines about the progress, if they are kept."""


class ImportCommand(BaseCommand):
    """A subclass has `help`, names its argument and makes the source from it."""

    argument = "FILE"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar=self.argument)
        parser.add_argument(
            "--media",
            metavar="DIR",
            type=Path,
            help="the folder with the uploads of the old site",
        )
        parser.add_argument(
            "--fetch",
            action="store_true",
            help="fetch images that the folder does not have from where they are",
        )
        parser.add_argument(
            "--time-zone",
            metavar="NAME",
            help="of the old site, for dates without one; by default that of the publication",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen and change nothing"
        )
        parser.add_argument(
            "--report", metavar="FILE.json", type=Path, help="write the report there"
        )

    def source(self, options: dict[str, Any]) -> Source:
        """The parser of what `options["source"]` names."""
        raise NotImplementedError

    def mailing(self, options: dict[str, Any]) -> Mailing | None:
        """What subscribers are subscribed to, if the source has any."""
        return None

    def media(self, options: dict[str, Any]) -> Media | None:
        """Where the files of images are."""
        folder: Path | None = options["media"]
        if folder is not None and not folder.is_dir():
            raise CommandError(
                f"{folder} is not a folder. Give the folder of the uploads with --media."
            )
        return Media(folder) if folder else None

    def _with_fetcher(self, media: Media | None, options: dict[str, Any]) -> Media | None:
        if not options["fetch"]:
            return media

        def progress(images: int, size: int) -> None:
            if options["verbosity"]:
                self.stderr.write(f"{images:,} images fetched, {size / 1024**2:,.0f} MB")

        return replace(media or Media(), fetcher=Fetcher(progress))

    def handle(self, *args: Any, **options: Any) -> None:
        media = self._with_fetcher(self.media(options), options)
        target: Path | None = options["report"]
        if target and not target.parent.is_dir():
            raise CommandError(
                f"{target.parent} is not a folder. Give a file in a folder that exists with --report."
            )
        if target and target.is_dir():
            raise CommandError(f"{target} is a folder. Give a file in it with --report.")
        try:
            source = self.source(options)
            formats.require(Path(options["source"]), source.system)
            task = Import(
                source,
                media=media,
                mailing=self.mailing(options),
                dry_run=options["dry_run"],
                progress=ProgressLine(self.stderr)
                if options["verbosity"]
                else lambda _done, _total: None,
                name=shown(Path(options["source"]).absolute().name),
            )
            report = task.run()
        except Unreadable as error:
            self.stderr.write(f"{options['source']}: {error} Nothing was imported.")
            sys.exit(UNREADABLE)
        except Busy as error:
            raise CommandError(str(error)) from error
        self._print(task, report)
        if target:
            try:
                report.write(target)
            except OSError as error:
                raise CommandError(
                    f"The report cannot be written into {target}: {error.strerror}."
                ) from error
        if report.failed or task.problems:
            sys.exit(FAILED)

    def _print(self, task: Import, report: Report) -> None:
        for line in report.table():
            self.stdout.write(line)
        for problem in task.problems:
            self.stdout.write(f"Wrong: {problem}")
        if task.run_row:
            self.stdout.write(
                f"This was import {task.run_row.pk}. To remove what it made: manage.py undo_import {task.run_row.pk}"
            )
        else:
            self.stdout.write("This was a dry run: nothing was changed.")


class MailingCommand(ImportCommand):
    """For a source that has subscribers."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--newsletter",
            action="append",
            default=[],
            metavar="SLUG",
            help="a newsletter here for those who receive one there; can be repeated",
        )
        parser.add_argument(
            "--consent", default="", help="proof of consent, stored with each subscriber"
        )

    def mailing(self, options: dict[str, Any]) -> Mailing | None:
        if not options["newsletter"]:
            return None
        if not options["consent"].strip():
            raise CommandError("Give the proof of consent with --consent.")
        newsletters = [newsletter_named(slug) for slug in dict.fromkeys(options["newsletter"])]
        return Mailing(newsletters, one_line(options["consent"])[:500])


def zone_of(options: dict[str, Any]) -> ZoneInfo:
    """The time zone of the old site."""
    name: str | None = options["time_zone"]
    if name is None:
        return current_publication().zone_info
    if name not in available_timezones():
        raise CommandError(f"“{name}” is not a time zone. Enter one like Europe/Lisbon.")
    return ZoneInfo(name)


class ProgressLine:
    """How far an import is and how long it will take: one line on a terminal, elsewhere a line now and then."""

    def __init__(self, output: OutputWrapper) -> None:
        self.output = output
        self.started = self.shown = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        on_terminal = self.output.isatty()
        if done == 0:
            self.started = self.shown = now
            return
        if done < total and not on_terminal and now < self.shown + SECONDS:
            return
        self.shown = now
        speed = done / max(now - self.started, 0.001)
        left = timedelta(seconds=round((total - done) / speed))
        line = f"{done:,} of {total:,} texts, {speed:.0f} a second, {left} left"
        if on_terminal:
            end = "\n" if done == total else ""
            self.output.write(f"\r{line}\x1b[K", style_func=str, ending=end)
            self.output.flush()
        else:
            self.output.write(line, style_func=str)
