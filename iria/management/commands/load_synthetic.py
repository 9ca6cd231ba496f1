"""`manage.py load_synthetic --articles N --revisions N --comments N --subscribers N`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from iria.evaluation.synthetic.articles import Archive
from iria.evaluation.synthetic.readers import load_comments, load_subscribers
from iria.evaluation.synthetic.revisions import load_revisions
from iria.evaluation.synthetic.words import Language


class Command(BaseCommand):
    help = (
        "Loads large amounts of generated content for load tests. Use a separate database: the "
        "articles are published immediately, and no command removes them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for what in ("articles", "revisions", "comments", "subscribers"):
            parser.add_argument(f"--{what}", type=int, default=0, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="seed of the generated texts")

    def handle(self, *args: Any, **options: Any) -> None:
        language, seed = Language(), options["seed"]
        if options["articles"] > 0:
            Archive(language, seed).load(options["articles"], self.stdout.write)
        if options["revisions"] > 0:
            count = load_revisions(options["revisions"])
            self.stdout.write(f"{count:,} revisions created.")
        if options["comments"] > 0:
            count = load_comments(options["comments"], language, seed)
            self.stdout.write(f"{count:,} comments created.")
        if options["subscribers"] > 0:
            count = load_subscribers(options["subscribers"])
            self.stdout.write(f"{count:,} subscribers created.")
        self._analyse()

    def _analyse(self) -> None:
        """What autovacuum would do after some minutes."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
