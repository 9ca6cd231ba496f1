"""`manage.py evaluate_related DIR`"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from iria.lab.evaluation.language_option import add_language
from iria.lab.evaluation.records import Unreadable
from iria.lab.evaluation.related.runner import evaluate
from iria.lab.evaluation.related.test_collection import read


class Command(BaseCommand):
    help = "Evaluates related articles on a test collection: articles.jsonl and links.tsv. Uses temporary tables; the site's data is neither read nor changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        add_language(parser)
        parser.add_argument(
            "--ablation",
            action="store_true",
            help="also print the results without each part of the score",
        )

    def handle(self, *args: Any, folder: Path, language: str, **options: Any) -> None:
        try:
            collection = read(folder)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        if lines := collection.unreadable_dates:
            self.stderr.write(
                f"{folder / 'articles.jsonl'}: {len(lines)} invalid dates, the first in "
                f"line {lines[0]}. These articles are treated as undated. Use ISO 8601 dates."
            )
        figures = evaluate(
            collection,
            language=language,
            ablation=options["ablation"],
            report_progress=self.stdout.write,
        )
        self.stdout.write(json.dumps(figures))
