"""`python -m tests.bench [ROUNDS]` prints a table, and one JSON object as the last line.

With 0 rounds, only sending is measured; with `editing` or `writing` instead of a number, only the article form or
only the editor of its text, also in a database that holds articles.
"""

import json
import os
import sys
from dataclasses import asdict, replace
from io import StringIO
from statistics import median
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django has to be set up first
from django.db import connection  # noqa: E402

from articles.editorial.models import Article  # noqa: E402
from iria.core.http import cache_versions  # noqa: E402
from tests.bench import content, editing, library, mailing, pictures, writing  # noqa: E402
from tests.bench.measuring import Target, measure, size_of  # noqa: E402
from tests.bench.serving import cpu_of_tree, postmaster, serving  # noqa: E402
from tests.bench.table import Line, table  # noqa: E402

ROUNDS: Final = 25
BLOCK: Final = 12
"""Requests for a page in one round; the baselines get ten times as many."""

ARTICLES: Final = 1_000
MANY: Final = 100_000
"""Of the last search."""

PAGES: Final = {
    "article": 50.0,
    "front page": 40.0,
    "category": 40.0,
    "search": 150.0,
    "feed": 20.0,
    "held": 6.0,
}
"""Page → the maximum ratio to the bare view."""
SEARCH_OF_MANY: Final = 400.0

STORED: Final = 1.67
"""The maximum ratio of a stored page to a bare view of the same size: 60 % of its requests per second."""


def main(rounds: int) -> int:
    if rounds == 0:
        # Only sending, which takes some minutes.
        call_command("migrate", interactive=False, verbosity=0)
        mails = mailing.measure()
        return report(mailing.lines(mails), {"mailing": mails})
    paths = prepare()
    image_results = pictures.measure()
    lines = served(paths, rounds)
    # Last, since fifty thousand images and a hundred thousand subscribers would slow down the pages.
    results = {
        "pictures": image_results,
        "library": library.measure(),
        "editing": editing.measure(),
        "writing": writing.measure(),
        "mailing": mailing.measure(),
    }
    lines += pictures.lines(image_results) + library.lines(results["library"])
    lines += editing.lines(results["editing"]) + writing.lines(results["writing"])
    lines += mailing.lines(results["mailing"])
    return report(lines, results)


def prepare() -> dict[str, list[str]]:
    """Prepares the site with content; returns page → its URLs.

    Raises:
        SystemExit: the database contains articles.
    """
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if Article.objects.exists():
        raise SystemExit("The benchmarks fill an empty database only; this one holds articles.")
    articles = content.fill()
    # Older than those, so that lists and feeds show the articles with images.
    rest = ARTICLES - Article.objects.count()
    call_command("load_synthetic", articles=rest, stdout=StringIO())
    content.move_to_sections()
    # As the worker does every minute.
    cache_versions.compact()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {
        "article": [article.get_absolute_url() for article in articles],
        "front page": ["/"],
        "category": [f"/category/section-{number}/" for number in range(content.SECTIONS)],
        "search": content.searches(),
        "feed": ["/feed/"],
    }


def served(paths: dict[str, list[str]], rounds: int) -> list[Line]:
    """The lines of public pages: all rendered again, except that of a stored page."""
    first = postmaster()
    if first is None:
        print("PostgreSQL runs on another machine, so its processor time is not counted.")

    def database() -> float:
        return cpu_of_tree(first) if first else 0.0

    with (
        serving("tests.bench.without_middleware") as without_middleware,
        serving("tests.bench.with_middleware") as with_middleware,
        serving() as site,
        serving(page_store_mb=32) as storing,
    ):
        without = Target("without middleware", without_middleware, ["/"], BLOCK * 10)
        bare = Target("bare", with_middleware, ["/"], BLOCK * 10)
        pages = [Target(name, site, urls, BLOCK) for name, urls in paths.items()]
        pages.append(Target("held", site, paths["article"], BLOCK * 10, held=True))
        stored = Target("stored", storing, paths["article"][:4], BLOCK * 10)
        same_size = Target("same size", without_middleware, [f"/{size_of(stored)}/"], BLOCK * 10)
        measure([without, bare, same_size, *pages, stored], database, rounds=rounds)
        call_command("load_synthetic", articles=MANY - ARTICLES, seed=2, stdout=StringIO())
        many, bare_beside = (
            replace(each, rounds=[], database=[], waits=[])
            for each in (next(page for page in pages if page.name == "search"), bare)
        )
        measure([bare_beside, many], database, rounds=rounds)
    return [
        Line(
            "bare view with middleware", bare.cpu, "ms", without.cpu, "without", bare.ratio(without)
        ),
        *(_line(page.name, page, bare, PAGES[page.name]) for page in pages),
        _line(f"search of {MANY:,} articles", many, bare_beside, SEARCH_OF_MANY),
        _line("article, stored", stored, same_size, STORED, of="bare view of the same size"),
    ]


def _line(what: str, page: Target, floor: Target, limit: float, of: str = "bare view") -> Line:
    note = (
        f"{page.database_cpu:.1f} ms of PostgreSQL, {page.bytes / 1024:.1f} KB, "
        f"{median(page.waits):.1f} ms waited (95 %: {page.wall_p95:.1f})"
    )
    return Line(what, page.cpu, "ms", floor.cpu, of, page.ratio(floor), limit, note=note)


def report(lines: list[Line], results: dict[str, Any]) -> int:
    """Prints the results; returns 1 if any exceeds its limit."""
    print(table(lines))
    met = all(line.met for line in lines) and all(each["met"] for each in results.values())
    named = {line.what: asdict(line) for line in lines}
    print(json.dumps({"lines": named, **results, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    if sys.argv[1:] in (["editing"], ["writing"]):
        call_command("collectstatic", interactive=False, verbosity=0)
        part = {"editing": editing, "writing": writing}[sys.argv[1]]
        results = part.measure()
        sys.exit(report(part.lines(results), {sys.argv[1]: results}))
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
