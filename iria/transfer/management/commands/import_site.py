"""`manage.py import_site DIR`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from iria.transfer.site import importing
from iria.transfer.site.folder import Rejected


class Command(BaseCommand):
    help = "Restores what `export_site` wrote, into a database that `migrate` has just made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        def progress(step: str) -> None:
            if options["verbosity"] > 1:
                self.stderr.write(step)

        try:
            result = importing.import_site(options["folder"], progress=progress)
        except Rejected as error:
            raise CommandError(f"{error} Nothing was imported.") from None
        if options["verbosity"]:
            self.stdout.write(
                f"{sum(result.counts.values()):,} rows of {len(result.counts)} kinds imported. The worker"
                " makes renditions, the search index and related articles now."
            )
        for name in result.missing:
            self.stdout.write(f"The export had no file {name}.")
        if result.unsent:
            self.stdout.write(
                f"{result.unsent} newsletter issues are scheduled or being sent. Cancel them on the old site or"
                " here before the worker starts, or subscribers get them twice."
            )
