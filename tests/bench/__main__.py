"""`python -m tests.bench [ROUNDS]`: a table, and as its last line one JSON object.

With 0 rounds sending alone is measured.
"""

import json
import os
import sys
from statistics import median
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django has to be set up first
from django.db import connection  # noqa: E402

from articles.editorial.models import Article  # noqa: E402
from tests.bench import content, library, mailing, pictures  # noqa: E402
from tests.bench.measuring import Target, measure  # noqa: E402
from tests.bench.serving import cpu_of_tree, postmaster, serving  # noqa: E402

ROUNDS: Final = 25
BLOCK: Final = 12
"""Requests for a page in one round; the floors are asked for ten times as often."""

TARGETS: Final = {
    "article": 40.0,
    "front page": 35.0,
    "category": 35.0,
    "search": 80.0,
    "held": 6.0,
}
"""Page → how many times the floor it may cost; the others are printed to be watched."""


def main(rounds: int) -> int:
    if rounds == 0:
        # Only what needs no page: sending alone takes some minutes.
        call_command("migrate", interactive=False, verbosity=0)
        mails = mailing.measure()
        print(mailing.words(mails))
        print(json.dumps({"mailing": mails, "met": mails["met"]}))
        return 0 if mails["met"] else 1
    paths = prepare()
    made = pictures.measure()
    first = postmaster()
    if first is None:
        print("PostgreSQL runs on another machine, so its processor time is not counted.")
    with (
        serving("tests.bench.naked_site") as alone,
        serving("tests.bench.bare_site") as behind,
        serving() as site,
    ):
        naked = Target("naked", alone, ["/"], BLOCK * 10)
        floor = Target("bare", behind, ["/"], BLOCK * 10)
        pages = [Target(name, site, addresses, BLOCK) for name, addresses in paths.items()]
        pages.append(Target("held", site, paths["article"], BLOCK * 10, held=True))
        measure([naked, floor, *pages], lambda: cpu_of_tree(first) if first else 0.0, rounds=rounds)
    # Last, since fifty thousand pictures and a hundred thousand readers would weigh on the pages.
    return report(naked, floor, pages, made, library.measure(), mailing.measure())


def prepare() -> dict[str, list[str]]:
    """Makes the site ready and fills it; returns page → its addresses.

    Raises:
        SystemExit: the database holds articles, which would be somebody's own.
    """
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if Article.objects.exists():
        raise SystemExit("The benchmarks fill an empty database only; this one holds articles.")
    articles = content.fill()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {
        "article": [article.get_absolute_url() for article in articles],
        "front page": ["/"],
        "category": [f"/category/section-{number}/" for number in range(content.SECTIONS)],
        "search": [f"/search/?q={stem}+ministry" for stem in content.STEMS[:12]],
        "feed": ["/feed/"],
    }


def report(
    naked: Target,
    floor: Target,
    pages: list[Target],
    made: dict[str, Any],
    shelves: dict[str, Any],
    mails: dict[str, Any],
) -> int:
    """Prints what was measured; 1 when a page or a picture costs more than its target allows.

    The floor is a view that does nothing behind our middleware; `naked`, behind none, is shown too.
    """
    print(f"{'page':<12}{'× bare':>8}{'CPU ms':>9}{'of it DB':>10}{'ms':>8}{'p95':>8}{'KB':>8}")
    for page in [naked, floor, *pages]:
        print(
            f"{page.name:<12}{page.ratio(floor):>8.1f}{page.cpu:>9.2f}{page.database_cpu:>10.2f}"
            f"{median(page.waits):>8.2f}{page.wall_p95:>8.2f}{page.bytes / 1024:>8.1f}"
        )
    ratios = {page.name: round(page.ratio(floor), 1) for page in pages}
    missed = {name: ratio for name, ratio in ratios.items() if ratio > TARGETS.get(name, ratio)}
    for name, ratio in missed.items():
        print(f"{name} costs {ratio:g} × bare, allowed are {TARGETS[name]:g}")
    print(pictures.words(made))
    print(library.words(shelves))
    print(mailing.words(mails))
    last = {
        "bare_cpu_ms": round(floor.cpu, 3),
        "naked_cpu_ms": round(naked.cpu, 3),
        "ratios": ratios,
        "ratios_to_naked": {page.name: round(page.ratio(naked), 1) for page in pages},
        "cpu_ms": {page.name: round(page.cpu, 2) for page in pages},
        "targets": TARGETS,
        "pictures": made,
        "library": shelves,
        "mailing": mails,
        "met": not missed and made["met"] and shelves["met"] and mails["met"],
    }
    print(json.dumps(last))
    return 0 if last["met"] else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
