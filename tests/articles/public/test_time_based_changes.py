"""Pages that change with time, and their ETags."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, ArticleType, Category
from articles.public.front_page.models import Placement
from iria.core.http import cache_versions, page_cache
from iria.core.http.urls import absolute_url
from iria.publication.models import Publication
from tests import newsroom
from tests.articles.public import sample_content
from tests.iria.process_caches import clear_caches

pytestmark = pytest.mark.django_db

BEGIN = datetime(2027, 12, 29, 9, 10, tzinfo=UTC)
APPEARS = BEGIN + timedelta(hours=3, seconds=17)
LICENCE_ENDS = BEGIN + timedelta(hours=10, minutes=7)
PLACE_ENDS = BEGIN + timedelta(hours=12, minutes=31)
NEWS_UNTIL = BEGIN + timedelta(hours=48)
YEAR_IN_AUCKLAND = datetime(2027, 12, 31, 11, 0, tzinfo=UTC)

At = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Sets the clock that the pages use."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def urls(at: At, ola: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The URL of every kind of page, with all data that has a time."""
    monkeypatch.setattr(page_cache, "release", lambda: "this one")
    at(BEGIN)
    publication = Publication(name="The Strait Review", time_zone="Pacific/Auckland")
    publication.comments_close_after = 2
    publication.save()
    image = sample_content.sized(newsroom.picture(licence_until=LICENCE_ENDS))
    article = newsroom.published("Ferries at noon", tags=["straits"], lead_image=image)
    other = newsroom.published("Ferries at night", authors=[newsroom.author("Ines Faro")])
    newsroom.published("Ferries tomorrow", at=APPEARS, tags=["straits"])
    sample_content.comments(article, 1)
    section = Category.objects.get()
    Placement.objects.create(
        slot="head", category=section, article=article, expires_at=PLACE_ENDS, placed_by=ola
    )
    card = f"/api/oembed/?url={absolute_url(article.get_absolute_url())}"
    pages = [article.get_absolute_url(), other.get_absolute_url(), "/", "/category/news/"]
    pages += ["/tag/straits/", "/author/ines-faro/", "/2027/12/", "/search/?q=ferries"]
    return [*pages, "/feed/", "/sitemap.xml", "/sitemap-news.xml", "/api/v1/articles/", card]


def _moments() -> list[datetime]:
    """Times around each time in the data, and around the ends of days and hours."""
    midnight = BEGIN.replace(hour=0, minute=0) + timedelta(days=1)
    ends = [APPEARS, LICENCE_ENDS, PLACE_ENDS, NEWS_UNTIL, YEAR_IN_AUCKLAND]
    ends += [midnight, midnight + timedelta(days=2), datetime(2028, 1, 1, tzinfo=UTC)]
    ends += [BEGIN.replace(minute=0) + timedelta(hours=1), LICENCE_ENDS - timedelta(hours=2)]
    ends += [midnight + timedelta(days=30)]
    return sorted({BEGIN, *ends, *(each - timedelta(seconds=1) for each in ends)})


def test_a_page_with_the_same_etag_has_the_same_content(
    client: Client, urls: list[str], at: At
) -> None:
    seen: dict[tuple[str, str], tuple[datetime, bytes]] = {}
    different = []
    for moment in _moments():
        at(moment)
        clear_caches()  # as in a new process
        for url in urls:
            response = client.get(url)
            before = seen.setdefault((url, response["ETag"]), (moment, response.content))
            if before[1] != response.content:
                different.append(f"{url}: {before[0]} and {moment}")
    assert different == []


def test_a_page_is_stored_no_longer_than_until_its_next_change(
    client: Client, urls: list[str], at: At
) -> None:
    for moment in _moments():
        at(moment)
        answers = {url: client.get(url) for url in urls}
        for url, response in answers.items():
            freshness = getattr(response, "freshness", None)
            if freshness is None:
                assert response["Cache-Control"] == "public, no-cache"
                continue
            at(max(moment, freshness.until - timedelta(seconds=1)))
            again = client.get(url, headers={"If-None-Match": response["ETag"]})
            assert again.status_code == 304, (url, moment, freshness.until)


def test_an_article_with_a_future_time_appears_on_cached_pages(
    client: Client, urls: list[str], at: At
) -> None:
    at(APPEARS - timedelta(seconds=1))
    before = client.get("/tag/straits/")
    assert "Ferries tomorrow" not in before.text
    at(APPEARS)
    after = client.get("/tag/straits/", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "Ferries tomorrow" in after.text


def test_a_scheduled_article_appears_on_cached_pages(client: Client, edna: User, at: At) -> None:
    """Also on a machine whose clock is behind that of the worker."""
    at(BEGIN)
    article = newsroom.draft("Ferries tomorrow")
    publishing.schedule(article, by=edna, at=APPEARS)
    at(APPEARS)
    publishing.publish_due()
    at(APPEARS - timedelta(seconds=2))
    before = client.get("/")
    assert "Ferries tomorrow" not in before.text
    at(APPEARS)
    after = client.get("/", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "Ferries tomorrow" in after.text


def test_the_time_of_the_next_article_is_read_from_the_end_of_an_index() -> None:
    """The first query of every public page reads one row, whatever the size of the archive."""
    kind = ArticleType.objects.get(slug="news")
    Article.objects.bulk_create(
        Article(
            headline=f"Article {number}",
            slug=f"article-{number}",
            kind=kind,
            state=Article.State.PUBLISHED,
            published_at=BEGIN - timedelta(hours=number),
            year=2027,
            month=12,
        )
        for number in range(3000)
    )
    sql, times = cache_versions._query()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")
        cursor.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", [[cache_versions.CONTENT], *[BEGIN] * times]
        )
        ((plan,),) = cursor.fetchall()
    read = [
        each for each in _nodes(plan[0]["Plan"]) if each.get("Relation Name") == "articles_article"
    ]
    assert read
    assert all(each["Actual Rows"] + each.get("Rows Removed by Filter", 0) <= 1 for each in read)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)
