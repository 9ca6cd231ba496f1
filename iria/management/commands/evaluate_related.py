"""`manage.py evaluate_related DIR`"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from iria.evaluation.language_option import add_language
from iria.evaluation.related.runner import evaluate
from iria.evaluation.related.test_collection import Unreadable, read


class Command(BaseCommand):
    help = (
        "Measures related articles on a judged collection: articles.jsonl and links.tsv. "
        "Tables of its own are used and dropped; the site is not touched."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        add_language(parser)
        parser.add_argument(
            "--ablation",
            action="store_true",
            help="also say what it would be without each part of the score",
        )

    def handle(self, *args: Any, folder: Path, language: str, **options: Any) -> None:
        try:
            collection = read(folder)
        except Unreadable as mistake:
            raise CommandError(str(mistake)) from mistake
        if lines := collection.unreadable_dates:
            self.stderr.write(
                f"{folder / 'articles.jsonl'}: {len(lines)} dates cannot be read, the first in "
                f"line {lines[0]}. These articles count as undated; write dates as ISO 8601."
            )
        figures = evaluate(
            collection, language=language, ablation=options["ablation"], tell=self.stdout.write
        )
        self.stdout.write(json.dumps(figures))
