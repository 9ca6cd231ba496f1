"""`manage.py import_wordpress FILE [--media DIR] [--dry-run] [--report FILE.json]`"""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.management.base import CommandError, CommandParser

from iria.publication.models import current_publication
from iria.transfer.command import ImportCommand
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
        parser.add_argument(
            "--time-zone",
            metavar="NAME",
            help="of the old site; by default that of the publication",
        )

    def source(self, options: dict[str, Any]) -> Export:
        zone = _zone(options["time_zone"])
        return Export(Path(options["source"]), zone, ("post", *options["post_type"]))


def _zone(name: str | None) -> ZoneInfo:
    if name is None:
        return current_publication().zone_info
    if name not in available_timezones():
        message = f"“{name}” is not a time zone. Enter one like Europe/Lisbon."
        raise CommandError(message)
    return ZoneInfo(name)
