"""`python -m tests.bench [ROUNDS]` prints a table, and one JSON object as the last line.

With 0 rounds, only sending is measured.
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
from tests.bench import content, editing, library, mailing, pictures  # noqa: E402
from tests.bench.measuring import Target, measure, size_of  # noqa: E402
from tests.bench.serving import cpu_of_tree, postmaster, serving  # noqa: E402

ROUNDS: Final = 25
BLOCK: Final = 12
"""Requests for a page in one round; the baselines get ten times as many."""

TARGETS: Final = {
    "article": 40.0,
    "front page": 35.0,
    "category": 35.0,
    "search": 80.0,
    "held": 6.0,
}
"""Page → the maximum ratio to the baseline; other pages have no limit."""

STORED: Final = 1.67
"""The maximum ratio of a stored page to a bare view of the same size: 60 % of its requests per second."""


def main(rounds: int) -> int:
    if rounds == 0:
        # Only sending, which takes some minutes.
        call_command("migrate", interactive=False, verbosity=0)
        mails = mailing.measure()
        print(mailing.summary(mails))
        print(json.dumps({"mailing": mails, "met": mails["met"]}))
        return 0 if mails["met"] else 1
    paths = prepare()
    image_results = pictures.measure()
    first = postmaster()
    if first is None:
        print("PostgreSQL runs on another machine, so its processor time is not counted.")
    with (
        serving("tests.bench.naked_site") as without_middleware,
        serving("tests.bench.bare_site") as with_middleware,
        serving() as site,
        serving(page_store_mb=32) as storing,
    ):
        naked = Target("naked", without_middleware, ["/"], BLOCK * 10)
        baseline = Target("bare", with_middleware, ["/"], BLOCK * 10)
        pages = [Target(name, site, urls, BLOCK) for name, urls in paths.items()]
        pages.append(Target("held", site, paths["article"], BLOCK * 10, held=True))
        stored = Target("stored", storing, paths["article"][:4], BLOCK * 10)
        same_size = Target("same size", without_middleware, [f"/{size_of(stored)}/"], BLOCK * 10)
        pages.append(stored)
        measure(
            [naked, baseline, same_size, *pages],
            lambda: cpu_of_tree(first) if first else 0.0,
            rounds=rounds,
        )
    # Last, since fifty thousand images and a hundred thousand subscribers would slow down the pages.
    return report(
        naked,
        baseline,
        same_size,
        pages,
        image_results,
        library.measure(),
        editing.measure(),
        mailing.measure(),
    )


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
    baseline: Target,
    same_size: Target,
    pages: list[Target],
    image_results: dict[str, Any],
    library_results: dict[str, Any],
    editing_results: dict[str, Any],
    mails: dict[str, Any],
) -> int:
    """Prints the results; returns 1 if any exceeds its limit.

    The baseline is an empty view with our middleware; `naked` is one without middleware.
    """
    print(f"{'page':<12}{'× bare':>8}{'CPU ms':>9}{'of it DB':>10}{'ms':>8}{'p95':>8}{'KB':>8}")
    for page in [naked, baseline, same_size, *pages]:
        print(
            f"{page.name:<12}{page.ratio(baseline):>8.1f}{page.cpu:>9.2f}{page.database_cpu:>10.2f}"
            f"{median(page.waits):>8.2f}{page.wall_p95:>8.2f}{page.bytes / 1024:>8.1f}"
        )
    ratios = {page.name: round(page.ratio(baseline), 1) for page in pages}
    stored = round(pages[-1].ratio(same_size), 2)
    print(f"a stored page costs {stored:g} × a bare view of the same size (at most {STORED:g})")
    missed = {name: ratio for name, ratio in ratios.items() if ratio > TARGETS.get(name, ratio)}
    for name, ratio in missed.items():
        print(f"{name} costs {ratio:g} × bare, allowed are {TARGETS[name]:g}")
    print(pictures.summary(image_results))
    print(library.summary(library_results))
    print(editing.summary(editing_results))
    print(mailing.summary(mails))
    last = {
        "bare_cpu_ms": round(baseline.cpu, 3),
        "naked_cpu_ms": round(naked.cpu, 3),
        "ratios": ratios,
        "ratios_to_naked": {page.name: round(page.ratio(naked), 1) for page in pages},
        "cpu_ms": {page.name: round(page.cpu, 2) for page in pages},
        "targets": TARGETS,
        "stored": stored,
        "pictures": image_results,
        "library": library_results,
        "editing": editing_results,
        "mailing": mails,
        "met": not missed
        and stored <= STORED
        and all(each["met"] for each in (image_results, library_results, editing_results, mails)),
    }
    print(json.dumps(last))
    return 0 if last["met"] else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
