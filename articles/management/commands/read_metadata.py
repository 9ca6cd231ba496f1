"""What picture files say about themselves, one JSON object a line."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles.images.library import decoder_client


class Command(BaseCommand):
    help = "Prints what picture files say about themselves, one JSON object a line."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        for name in files:
            # Surrogates in a name of bytes that are no UTF-8 are escaped by JSON.
            self.stdout.write(json.dumps({"file": name, **_read(Path(name))}))


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {"error": "There is no such file."}
    try:
        return decoder_client.describe(path)
    except (decoder_client.Undecodable, OSError) as mistake:
        return {"error": str(mistake)}
