"""`manage.py export_site DIR`"""

import sys
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from iria.transfer.site import exporting, other_systems
from iria.transfer.site.folder import dump
from iria.transfer.site.ghost import Ghost
from iria.transfer.site.kinds import KINDS
from iria.transfer.site.wxr import Wxr

INCOMPLETE: Final = 1
"""Exit status if a file that the database names is missing or was changed."""

FORMATS: Final[dict[str, Any]] = {
    "iria": exporting.export_site,
    "wxr": partial(other_systems.export, Wxr),
    "ghost": partial(other_systems.export, Ghost),
}


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
            "--format",
            choices=FORMATS,
            default="iria",
            help="“iria” has everything and is read by import_site; “wxr” is for WordPress, “ghost” for Ghost",
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
            raise CommandError("Give a folder that does not exist yet.")
        try:
            result = FORMATS[options["format"]](
                options["folder"], personal_data=options["personal_data"], progress=progress
            )
        except exporting.CannotExport as error:
            raise CommandError(str(error)) from None
        if options["verbosity"]:
            for line in result.lines():
                self.stdout.write(line)
        if not result.is_complete:
            sys.exit(INCOMPLETE)
