"""Pages take the same time in a small and a large archive, also for the first request after an edit.

make prove archive_size
"""

from functools import partial
from statistics import median
from time import perf_counter

import pytest
from django.core.management import call_command
from django.db.models import Count, F
from django.test import Client

from articles.editorial import listings
from articles.editorial.models import Article, ArticleTag
from iria.evaluation.synthetic.articles import PREFIX
from iria.evaluation.synthetic.words import SMALL, Language
from iria.publication import menus
from iria.publication.models import current_publication
from tests.proofs.clock import is_busy, timed
from tests.proofs.size import FULL, sized

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

SIZES = sized((500, 5_000), (1_000, 100_000))
REQUESTS, EDITS = sized(3, 40), sized(2, 11)
MEDIAN, FIRST = 1.5, 3.0
"""The maximum ratio of the time in the large archive to that in the small one."""

GROWS = {"search"}
"""Pages whose median may grow, since there are more results to sort."""

FLOOR = "/what-we-keep/"
"""A page that does not depend on articles. There are minutes between the two
archives, so times are relative to this page, requested right before."""

Figures = dict[str, tuple[float, float]]
"""Route → ratio to the floor: median, and first request after an edit."""


def test_pages_of_a_large_archive_are_as_fast_as_of_a_small_one() -> None:
    menus.save(current_publication())
    measured: list[Figures] = []
    for size in SIZES:
        start = perf_counter()
        call_command("load_synthetic", articles=size - Article.objects.count(), verbosity=0)
        _fill_a_month()
        listings.add_up()
        print(f"{size:,} articles are there after {perf_counter() - start:.0f} s")
        measured.append({name: _measure(url) for name, url in _routes().items()})
    small, large = measured
    what = "processor time, since the machine is busy" if is_busy() else "on the clock"
    print(f"times the floor, {what}; with {SIZES[0]:,} and {SIZES[1]:,} articles")
    print(f"{'':16}{'median':>23}{'first after an edit':>28}")
    slow = []
    for name in small:
        medians, firsts = zip(small[name], large[name], strict=True)
        factors = medians[1] / medians[0], firsts[1] / firsts[0]
        print(
            f"{name:16}{medians[0]:8.2f}{medians[1]:8.2f} ×{factors[0]:5.2f}"
            f"{firsts[0]:12.2f}{firsts[1]:8.2f} ×{factors[1]:5.2f}"
        )
        if (name not in GROWS and factors[0] > MEDIAN) or factors[1] > FIRST:
            slow.append(name)
    if FULL:
        assert slow == []


def _fill_a_month() -> None:
    """Moves articles into one month, so that its list fills a page even in the small archive."""
    oldest = Article.objects.order_by("pk")
    model = oldest[100]
    moved = oldest.filter(pk__in=list(oldest.values_list("pk", flat=True)[101:141]))
    moved.update(year=model.year, month=model.month, published_at=model.published_at)


def _routes() -> dict[str, str]:
    """Every kind of page with articles; lists are among the longest of their kind."""
    some = Article.objects.order_by("pk")[100:].values_list("year", "month", "slug")[0]
    year, month, slug = some
    tagged = ArticleTag.objects.values_list("tag__slug").annotate(Count("pk"))
    tag, _articles = tagged.order_by("-pk__count", "tag__slug")[0]
    return {
        "front": "/",
        "section": f"/category/{PREFIX}-1/",
        "tag": f"/tag/{tag}/",
        "author": f"/author/{PREFIX}-writer-1/",
        "list of tags": "/tag/",
        "list of authors": "/author/",
        "year": f"/{year}/",
        "month": f"/{year}/{month:02}/",
        "archive": "/archive/",
        "feed": "/feed/",
        "section feed": f"/category/{PREFIX}-1/feed/",
        "sitemap": "/sitemap.xml",
        "search": f"/search/?q={Language().words[len(SMALL) + 200]}",
        "article": f"/{year}/{month:02}/{slug}/",
    }


def _measure(url: str) -> tuple[float, float]:
    client = Client()
    for each in (url, FLOOR):
        assert client.get(each).status_code == 200, each
    usual = [_ratio(client, url) for _ in range(REQUESTS)]
    first = []
    for _ in range(EDITS):
        _edit()
        client.get(FLOOR)  # its cached parts are renewed too
        first.append(_ratio(client, url))
    return median(usual), median(first)


def _ratio(client: Client, url: str) -> float:
    floor, page = timed([partial(client.get, FLOOR), partial(client.get, url)])
    return page.counts / floor.counts


def _edit() -> None:
    newest = Article.objects.published().newest()[:1]
    Article.objects.filter(pk__in=newest.values("pk")).update(version=F("version") + 1)
