"""`python -m tests.bench [REQUESTS]`: a table, and as its last line one JSON object."""

import json
import os
import sys
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django has to be set up first
from django.db import connection  # noqa: E402

from articles.editorial.models import Article  # noqa: E402
from tests.bench import content  # noqa: E402
from tests.bench.measuring import Measured, measure  # noqa: E402
from tests.bench.serving import cpu_of_tree, postmaster, serving  # noqa: E402

REQUESTS: Final = 300
TARGETS: Final = {"article": 60.0}
"""Page → how many times the floor it may cost; the others are printed to be watched."""


def main(requests: int) -> int:
    paths = prepare()
    first = postmaster()
    if first is None:
        print("PostgreSQL runs on another machine, so its processor time is not counted.")
    with serving("tests.bench.bare:application") as server:
        # The floor is so quick that the clock's ticks would blur it at the same number.
        floor = measure("bare", server, lambda: 0.0, ["/"], requests=requests * 10)
    with serving("iria.wsgi:application") as server:
        measured = [
            measure(
                name,
                server,
                lambda: cpu_of_tree(first) if first else 0.0,
                addresses,
                requests=requests,
            )
            for name, addresses in paths.items()
        ]
    return report(floor, measured)


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


def report(floor: Measured, pages: list[Measured]) -> int:
    """Prints what was measured; 1 when a page costs more than its target allows."""
    print(f"{'page':<12}{'× bare':>8}{'CPU ms':>9}{'of it DB':>10}{'ms':>8}{'p95':>8}{'KB':>8}")
    missed = []
    ratios = {}
    for page in [floor, *pages]:
        ratio = page.whole_cpu / floor.whole_cpu
        print(
            f"{page.name:<12}{ratio:>8.1f}{page.whole_cpu:>9.2f}{page.database_cpu:>10.2f}"
            f"{page.wall:>8.2f}{page.wall_p95:>8.2f}{page.bytes / 1024:>8.1f}"
        )
        if page is not floor:
            ratios[page.name] = round(ratio, 1)
        if ratio > TARGETS.get(page.name, float("inf")):
            missed.append(
                f"{page.name} costs {ratio:.1f} × bare, allowed are {TARGETS[page.name]:g}"
            )
    for sentence in missed:
        print(sentence)
    last = {
        "bare_cpu_ms": round(floor.whole_cpu, 3),
        "ratios": ratios,
        "cpu_ms": {page.name: round(page.whole_cpu, 2) for page in pages},
        "targets": TARGETS,
        "met": not missed,
    }
    print(json.dumps(last))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS))
