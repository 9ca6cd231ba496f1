"""`manage.py export_site DIR`"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from iria.transfer.site import exporting
from iria.transfer.site.folder import dump
from iria.transfer.site.kinds import KINDS
from iria.transfer.site.tables import undecided

INCOMPLETE: Final = 1
"""Exit status if a file that the database names is missing or was changed."""


class Command(BaseCommand):
    help = "Writes the whole publication as open files into a new folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", metavar="DIR", type=Path, nargs="?", help="a folder that does not exist yet"
        )
        parser.add_argument(
            "--schemas", action="store_true", help="print the JSON Schemas of all files and end"
        )
        parser.add_argument(
            "--personal-data",
            action="store_true",
            help="also accounts, subscribers, e-mail addresses of commenters and moderation",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        def progress(step: str) -> None:
            if options["verbosity"] > 1:
                self.stderr.write(step)

        if options["schemas"]:
            self.stdout.write(dump({each.name: exporting.schema_of(each.name) for each in KINDS}))
            return
        if options["folder"] is None:
            message = "Give a folder that does not exist yet."
            raise CommandError(message)
        try:
            result = exporting.export_site(
                options["folder"], personal_data=options["personal_data"], progress=progress
            )
        except exporting.CannotExport as error:
            raise CommandError(str(error)) from None
        self._report(options, result)
        if result.missing or result.damaged:
            sys.exit(INCOMPLETE)

    def _report(self, options: dict[str, Any], result: exporting.Exported) -> None:
        if options["verbosity"]:
            self.stdout.write(
                f"{options['folder']}: {result.files:,} files, {sum(result.counts.values()):,} rows"
                f" of {len(result.counts)} kinds."
            )
        for name in undecided():
            self.stdout.write(f"Not exported, because no release of this format knows it: {name}.")
        for name in result.missing:
            self.stdout.write(f"Missing in the storage: {name}.")
        for name in result.damaged:
            self.stdout.write(f"Not what was uploaded, exported as it is: {name}.")
