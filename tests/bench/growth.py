"""`python -m tests.bench.growth SMALL LARGE [ROUNDS]` compares pages of two archives, given by DATABASE_URL.

Articles are compared with equal ones: as many comments, images and related articles, and nearly the same length.
Nothing is written. The time of PostgreSQL is that of the whole server, so nobody else may use it meanwhile. The last
line is a JSON object.
"""

import json
import os
import sys
from collections.abc import Iterator
from itertools import groupby
from statistics import median
from typing import Any, Final

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
django.setup()

from tests.bench.measuring import Target, measure  # noqa: E402 - Django has to be set up first
from tests.bench.serving import cpu_of_tree, postmaster, serving  # noqa: E402

ROUNDS: Final = 15
BLOCK: Final = 12
MAX_RATIO: Final = 1.25
PAIRS: Final = 6
SAME_LENGTH: Final = 0.02

ARTICLES: Final = """
SELECT comments, images, related, length(body) AS length,
    '/' || year || '/' || lpad(month::text, 2, '0') || '/' || slug || '/' AS path
FROM articles_article AS article
LEFT JOIN (SELECT article_id AS id, count(*) AS comments FROM articles_comment GROUP BY 1) AS thread USING (id)
LEFT JOIN (SELECT article_id AS id, count(*) AS related FROM articles_relatedlink GROUP BY 1) AS others USING (id)
CROSS JOIN LATERAL (SELECT regexp_count(body, '<figure') + (lead_image_id IS NOT NULL)::int AS images) AS shown
WHERE state = 'published' AND published_at < now()
ORDER BY comments NULLS FIRST, images, related NULLS FIRST, length, path
"""
LISTS: Final = """
(SELECT 'category' AS page, '/category/' || path || '/' AS path FROM articles_category ORDER BY path LIMIT 3)
UNION ALL (SELECT 'tag', '/tag/' || slug || '/' FROM taggit_tag ORDER BY slug LIMIT 3)
UNION ALL (SELECT 'author', '/author/' || slug || '/' FROM accounts_authorprofile ORDER BY slug LIMIT 3)
UNION ALL (SELECT 'month', '/' || year || '/' || lpad(month::text, 2, '0') || '/' FROM articles_article
    WHERE state = 'published' GROUP BY year, month ORDER BY count(*) DESC LIMIT 1)
"""
ALONE: Final = {
    "front page": "/",
    "feed": "/feed/",
    "api": "/api/v1/articles/",
    "sitemap": "/sitemap.xml",
    "news sitemap": "/sitemap-news.xml",
    "corrections": "/corrections/",
    "issues": "/newsletter/issues/",
}

Paths = dict[str, tuple[list[str], list[str]]]
"""Page → its paths in the small and in the large archive."""


def paths(small: str, large: str) -> Paths:
    result: Paths = {}
    articles: list[dict[Any, list[tuple[int, str]]]] = []
    lists: list[dict[str, list[str]]] = []
    for url in (small, large):
        with psycopg.connect(url) as database:
            by_kind = groupby(database.execute(ARTICLES), key=lambda row: row[:3])
            articles.append({kind: [row[3:] for row in rows] for kind, rows in by_kind})
            by_page = groupby(database.execute(LISTS), key=lambda row: row[0])
            lists.append({page: [path for _, path in rows] for page, rows in by_page})
    for kind in articles[0].keys() & articles[1].keys():
        comments = "with comments" if kind[0] else "without comments"
        pairs = list(_pairs(articles[0][kind], articles[1][kind]))
        small_paths, large_paths = result.setdefault(f"article {comments}", ([], []))
        room = PAIRS - len(small_paths)
        small_paths += [own for own, _ in pairs[:room]]
        large_paths += [other for _, other in pairs[:room]]
    result = {page: pair for page, pair in result.items() if all(pair)}
    result |= {page: (lists[0][page], lists[1][page]) for page in lists[0]}
    return result | {page: ([path], [path]) for page, path in ALONE.items()}


def _pairs(small: list[tuple[int, str]], large: list[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    left = list(large)
    for length, path in small:
        if not left:
            return
        nearest = min(left, key=lambda each: abs(each[0] - length))
        if abs(nearest[0] - length) <= SAME_LENGTH * length:
            left.remove(nearest)
            yield path, nearest[1]


def compare(small: str, large: str, rounds: int) -> int:
    first = postmaster()
    if first is None:
        raise SystemExit("PostgreSQL runs on another machine, so its time would be missing.")
    compared = paths(small, large)
    with (
        serving(DATABASE_URL=small, API_RATE_LIMIT="1000000000") as few,
        serving(DATABASE_URL=large, API_RATE_LIMIT="1000000000") as many,
    ):
        pairs = {
            page: (Target(page, few, ours, BLOCK), Target(page, many, theirs, BLOCK))
            for page, (ours, theirs) in compared.items()
        }
        both = [target for pair in pairs.values() for target in pair]
        measure(both, lambda: cpu_of_tree(first), rounds=rounds)
    result = {}
    print(
        f"{'ms of processor time':26}{'small':>8}{'large':>8}{'ratio':>8}{'waited, ms':>16}{'KB':>14}"
    )
    for page, (own, other) in pairs.items():
        result[page] = round(other.ratio(own), 3)
        print(
            f"{page:26}{own.cpu:8.2f}{other.cpu:8.2f}{result[page]:8.2f}"
            f"{median(own.waits):8.1f}{median(other.waits):8.1f}{own.bytes / 1000:7.1f}{other.bytes / 1000:7.1f}"
        )
    met = max(result.values()) <= MAX_RATIO
    print(json.dumps({"ratios": result, "limit": MAX_RATIO, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    sys.exit(compare(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else ROUNDS))
