"""`manage.py import_markdown DIR [--media DIR] [--dry-run] [--report FILE.json]`"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from iria.transfer.command import ImportCommand, zone_of
from iria.transfer.markdown.parser import MarkdownFolder
from iria.transfer.writer.images import Media


class Command(ImportCommand):
    help = (
        "Imports a folder of Markdown or HTML files with front matter, as Hugo, Jekyll and Eleventy "
        "have it. Importing the same folder again changes nothing."
    )
    argument = "DIR"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--site-url",
            metavar="URL",
            default="",
            help="of the old site, if the settings in the folder do not name it",
        )

    def source(self, options: dict[str, Any]) -> MarkdownFolder:
        return MarkdownFolder(Path(options["source"]), zone_of(options), options["site_url"])

    def media(self, options: dict[str, Any]) -> Media | None:
        """Images are in the folder itself."""
        return super().media(options) or Media(Path(options["source"]), has_sizes=False)
