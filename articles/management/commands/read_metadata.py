"""Prints the metadata of image files, one JSON object per line."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles.images.library import decoder_client


class Command(BaseCommand):
    help = "Prints the metadata of image files, one JSON object per line."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        for name in files:
            # JSON escapes surrogates in file names that are not UTF-8.
            self.stdout.write(json.dumps({"file": name, **_read(Path(name))}))


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {"error": "File not found."}
    try:
        return decoder_client.describe(path)
    except (decoder_client.Undecodable, OSError) as mistake:
        return {"error": str(mistake)}
