"""`manage.py undo_import [ID] [--dry-run]`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from iria.publication.models import current_publication
from iria.transfer import runs
from iria.transfer.models import ImportRun
from iria.transfer.undo import REMOVED, STAYS, Undo


class Command(BaseCommand):
    help = "Deletes what an import made and nobody has changed since. What stays is listed with the reason."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, nargs="?", help="without it, the imports are listed")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be deleted and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        runs.mark_interrupted()
        if options["id"] is None:
            self._list()
            return
        run = ImportRun.objects.filter(pk=options["id"]).first()
        if run is None:
            raise CommandError(
                f"There is no import {options['id']}. undo_import without a number lists them."
            )
        if run.is_running:
            raise CommandError(f"Import {run.pk} is still running.")

        def progress(done: int, total: int) -> None:
            if options["verbosity"]:
                self.stderr.write(f"{done:,} of {total:,} items")

        undo = Undo(run, dry_run=options["dry_run"], progress=progress)
        undo.start()
        for item in undo.report.items(STAYS):
            name = f"{item['kind']} {item['source_id']} {item['url']}".rstrip()
            self.stdout.write(f"Stays: {name}: {item['reason']}")
        for kind, counts in undo.report.counts.items():
            self.stdout.write(f"{kind.value}: {counts[REMOVED]:,} deleted, {counts[STAYS]:,} stay")
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was changed.")
        elif not undo.report.counts:
            self.stdout.write("Nothing of this import was left.")

    def _list(self) -> None:
        publication = current_publication()
        for run in ImportRun.objects.all():
            started = publication.local(run.created_at)
            self.stdout.write(
                f"{run.pk}: {run.system}, {run.name}, {started:%Y-%m-%d %H:%M}, {run.get_state_display()}"
            )
