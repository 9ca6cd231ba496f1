"""`manage.py load_synthetic --articles N --revisions N --comments N --subscribers N`"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from iria.core.db.bulk import in_parallel
from iria.environment import positive
from iria.lab.evaluation.synthetic.articles import index, load_articles
from iria.lab.evaluation.synthetic.readers import load_comments, load_subscribers
from iria.lab.evaluation.synthetic.revisions import load_revisions
from iria.lab.evaluation.synthetic.words import Language

KINDS: Final = ("articles", "revisions", "comments", "subscribers")
MAX_COUNT: Final = 10_000_000

NOTHING: Final = f"Say how many to load: {', '.join(f'--{kind} N' for kind in KINDS)}."
TOO_MANY: Final = f"Load at most {MAX_COUNT:,} at once, and choose a seed up to {MAX_COUNT:,}."
STOPPED: Final = (
    "Stopped early. Run the command again with what is missing: each part is written as a whole or not at all. "
    "Name --articles, at least 1, to complete the search index too."
)


class Command(BaseCommand):
    help = (
        "Loads large amounts of generated content for load tests. Use a separate database: the "
        "articles are published immediately, and no command removes them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for kind in KINDS:
            parser.add_argument(f"--{kind}", type=positive, default=0, metavar="N")
        parser.add_argument("--seed", type=positive, default=1, help="seed of the generated texts")

    def handle(self, *args: Any, **options: Any) -> None:
        if not any(options[kind] for kind in KINDS):
            raise CommandError(NOTHING)
        if max(options[kind] for kind in (*KINDS, "seed")) > MAX_COUNT:
            raise CommandError(TOO_MANY)
        try:
            self._load(options)
        except KeyboardInterrupt:
            raise CommandError(STOPPED) from None
        except Exception:
            self.stderr.write(STOPPED)
            raise

    def _load(self, options: Mapping[str, Any]) -> None:
        language, seed = Language(), options["seed"]

        def load(what: str, job: Callable[[int], int]) -> None:
            if options[what] > 0:
                self.stdout.write(f"{job(options[what]):,} {what} created.")

        def load_history() -> None:
            load("revisions", load_revisions)
            load("comments", lambda count: load_comments(count, language, seed))

        def load_others() -> None:
            if options["articles"] > 0:
                index(language)
                analyse("articles_searchposting")
            load("subscribers", load_subscribers)

        load("articles", lambda count: load_articles(count, language, seed))
        in_parallel(load_others, load_history)
        analyse()


def analyse(table: str = "") -> None:
    """What autovacuum would do after some minutes."""
    with connection.cursor() as cursor:
        cursor.execute(f"{'' if connection.in_atomic_block else 'VACUUM '}ANALYZE {table}")
