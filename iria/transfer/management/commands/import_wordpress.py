"""`manage.py import_wordpress FILE [--media DIR] [--dry-run] [--report FILE.json]`"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from iria.transfer.command import ImportCommand, zone_of
from iria.transfer.wordpress.parser import Export


class Command(ImportCommand):
    help = "Imports a WordPress export (WXR). Importing the same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--post-type",
            action="append",
            default=[],
            metavar="NAME",
            help="import this post type as articles too; can be repeated",
        )

    def source(self, options: dict[str, Any]) -> Export:
        return Export(Path(options["source"]), zone_of(options), ("post", *options["post_type"]))
