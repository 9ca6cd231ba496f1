"""`manage.py evaluate_spam DIR`"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.comments.screening.spam_model import Example, TooFew
from iria.lab.evaluation.records import Unreadable
from iria.lab.evaluation.spam import Result, judge, judge_blocklist, read

REVERSED: Final = "trained with test.jsonl"


class Command(BaseCommand):
    help = (
        "Evaluates the spam model on a test collection: train.jsonl and test.jsonl. Trains with "
        "train.jsonl only; the site's data is neither read nor changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument(
            "--blocklist",
            type=Path,
            metavar="FILE",
            help="also evaluate this blocklist of words, one per line",
        )

    def handle(
        self, *args: Any, folder: Path, blocklist: Path | None = None, **options: Any
    ) -> None:
        try:
            training, testing = read(folder / "train.jsonl"), read(folder / "test.jsonl")
            result = judge(training, testing)
        except (Unreadable, TooFew) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(training):,} comments for training, {len(testing):,} for testing.")
        try:
            self._print(REVERSED, judge(testing, training))
        except TooFew as few:
            self.stdout.write(f"{REVERSED}: {few}")
        if blocklist is not None:
            self._compare(blocklist, training, testing)
        self._print("spam model", result)
        figures = {
            "precision": round(result.precision, 4),
            "recall": round(result.recall, 4),
            "ham_held": result.ham_held,
            "ham_rejected": result.ham_rejected,
        }
        self.stdout.write(json.dumps(figures))

    def _compare(self, file: Path, *collections: Sequence[Example]) -> None:
        """Prints the results of a blocklist for both collections."""
        try:
            words = file.read_text("utf-8", errors="replace").splitlines()
        except OSError as error:
            raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
        for name, collection in zip(("train", "test"), collections, strict=True):
            self._print(f"blocklist on {name}", judge_blocklist(words, collection))

    def _print(self, name: str, result: Result) -> None:
        self.stdout.write(
            f"{name:>26}: precision {result.precision:.4f}, recall {result.recall:.4f}, "
            f"legitimate comments held {result.ham_held}, rejected {result.ham_rejected}"
        )
