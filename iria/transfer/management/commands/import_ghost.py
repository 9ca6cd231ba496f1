"""`manage.py import_ghost FILE [--media DIR] [--dry-run] [--report FILE.json]`"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from iria.transfer.command import MailingCommand
from iria.transfer.ghost.parser import ALL_PRIMARY, Export
from iria.transfer.writer.images import Media


class Command(MailingCommand):
    help = "Imports a Ghost export (JSON). Importing the same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--site-url",
            default="",
            metavar="URL",
            help="of the old site, for links to its own texts",
        )
        parser.add_argument(
            "--redirects", type=Path, metavar="FILE", help="redirects.json or redirects.yaml"
        )
        parser.add_argument("--routes", type=Path, metavar="FILE", help="routes.yaml")
        parser.add_argument(
            "--category",
            action="append",
            default=[],
            metavar="SLUG",
            help="make this tag a category too; can be repeated; “none” for no categories; "
            "by default the first tag of each post",
        )

    def media(self, options: dict[str, Any]) -> Media | None:
        media = super().media(options)
        return replace(media, has_sizes=False) if media else None

    def source(self, options: dict[str, Any]) -> Export:
        return Export(
            Path(options["source"]),
            url=options["site_url"],
            categories=frozenset(options["category"] or [ALL_PRIMARY]),
            redirects_file=options["redirects"],
            routes_file=options["routes"],
        )
