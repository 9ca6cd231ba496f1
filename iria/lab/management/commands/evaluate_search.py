"""`manage.py evaluate_search DIR`"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from iria.lab.evaluation.language_option import add_language
from iria.lab.evaluation.records import Unreadable
from iria.lab.evaluation.search.runner import Result, evaluate


class Command(BaseCommand):
    help = "Evaluates search ranking on a test collection: documents.jsonl, queries.jsonl and qrels.tsv. Uses temporary tables; the site's data is neither read nor changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        add_language(parser)

    def handle(self, *args: Any, folder: Path, language: str, **options: Any) -> None:
        try:
            evaluation = evaluate(folder, language)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{evaluation.documents:,} documents, {evaluation.queries:,} judged queries. "
            "Recency, pinned results and synonyms are off."
        )
        self._print("without feedback", evaluation.without)
        self._print("with feedback", evaluation.with_feedback)
        self._print("default", evaluation.by_default)
        default = evaluation.by_default
        figures = {
            "ndcg@10": round(default.ndcg, 4),
            "map": round(default.precision, 4),
            "recall@100": round(default.recall, 4),
            "p95_ms": round(default.p95, 1),
        }
        self.stdout.write(json.dumps(figures))

    def _print(self, name: str, result: Result) -> None:
        self.stdout.write(
            f"{name:>18}: nDCG@10 {result.ndcg:.4f}, MAP {result.precision:.4f}, "
            f"recall@100 {result.recall:.4f}, p95 {result.p95:.1f} ms"
        )
