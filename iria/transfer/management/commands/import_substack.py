"""`manage.py import_substack ZIP [--media DIR] [--dry-run] [--report FILE.json]`"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from iria.transfer.command import MailingCommand
from iria.transfer.substack import Export


class Command(MailingCommand):
    help = "Imports a Substack export. Importing the same file again changes nothing."
    argument = "ZIP"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--site-url",
            default="",
            metavar="URL",
            help="of the old site, for links to its own texts",
        )

    def source(self, options: dict[str, Any]) -> Export:
        return Export(Path(options["source"]), options["site_url"])
