"""Counts of queries, without anything about who searched, and their report."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from articles.search import indexer, query_counts
from articles.search.models import QueryCount
from articles.search.query_counts import build_report, countable_query
from tests import newsroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def barge() -> None:
    indexer.index_article(newsroom.published("The barge").pk)


def counts() -> list[tuple[str, int, int, int]]:
    rows = QueryCount.objects.order_by("query")
    return list(rows.values_list("query", "searches", "results", "clicks"))


def test_a_search_is_counted_by_query_and_day(client: Client, barge: None) -> None:
    for query in ("Barge", " bargé ", "“barge”", "zeppelin"):
        client.get("/search/", {"q": query})
    assert counts() == [("barge", 3, 1, 0), ("zeppelin", 1, 0, 0)]
    assert QueryCount.objects.first().day == timezone.now().date()  # type: ignore[union-attr]


def test_later_pages_filters_and_robots_are_not_counted(client: Client, barge: None) -> None:
    client.get("/search/?q=barge&page=2")
    client.get("/search/?q=barge&sort=newest")
    client.get("/search/?q=barge&language=en")
    client.get("/search/?q=barge", headers={"User-Agent": "Mozilla/5.0 (compatible; Anybot/2.1)"})
    client.get("/search/?q=-barge")
    assert counts() == []


@pytest.mark.parametrize(
    "query",
    [
        "ola@readers.example",
        "+351 21 123 45 67",
        "12.03.1980",
        "4242 4242",
        "2026",
        "x" * 61,
        "a b c d e f g",
        "https://readers.example/me",
        "<script>",
        "a\\b",
        "?!",
        "PT50000201231234567890154",
        "q" * 31,
    ],
)
def test_queries_that_could_identify_a_person_are_not_counted(
    client: Client, barge: None, query: str
) -> None:
    assert countable_query(query) == ""
    client.get("/search/", {"q": query})
    assert counts() == []


def test_a_flood_of_queries_does_not_displace_repeated_ones(
    client: Client, barge: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_counts, "MAX_PER_DAY", 3)
    for query in ("barge", "lock", "barge", "lock", "weir", "sluice", "pier", "barge", "quay"):
        client.get("/search/", {"q": query})
    assert counts() == [("barge", 3, 1, 0), ("lock", 2, 0, 0), ("quay", 1, 0, 0)]
    monkeypatch.setattr(query_counts, "MAX_PER_DAY", 2)
    client.get("/search/?q=quay")
    client.get("/search/?q=pier")
    assert counts() == [("barge", 3, 1, 0), ("lock", 2, 0, 0), ("quay", 2, 0, 0)]


@given(st.text())
def test_counted_queries_are_short_and_have_no_long_numbers(query: str) -> None:
    key = countable_query(query)
    assert len(key) <= query_counts.MAX_LENGTH
    assert sum(character.isdigit() for character in key) <= query_counts.MAX_DIGITS
    assert "@" not in key


def test_clicks_are_counted_only_for_counted_queries(client: Client, barge: None) -> None:
    page = client.get("/search/?q=Barge").content.decode()
    assert f'ping="{settings.SITE_URL}/search/opened/?q=barge"' in page
    response = client.post("/search/opened/?q=barge", headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 204
    assert not response.cookies
    client.post("/search/opened/?q=never+searched")
    client.post("/search/opened/?q=%00")
    assert counts() == [("barge", 1, 1, 1)]
    other = client.post("/search/opened/?q=barge", headers={"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 403
    assert client.get("/search/opened/?q=barge").status_code == 405
    assert counts() == [("barge", 1, 1, 1)]


def test_a_query_that_is_not_counted_has_no_ping(client: Client, barge: None) -> None:
    page = client.get("/search/?q=barge+2026+12345").content.decode()
    assert "ping=" not in page


def create_count(query: str, days_ago: int, searches: int, results: int, clicks: int) -> None:
    day = timezone.now().date() - timedelta(days=days_ago)
    QueryCount.objects.create(
        day=day, query=query, searches=searches, results=results, clicks=clicks
    )


def test_the_report_lists_queries_without_results_or_clicks() -> None:
    create_count("tariffs", 0, 3, 8, 2)
    create_count("tariffs", 5, 4, 7, 0)
    create_count("zeppelin", 2, 5, 0, 0)
    create_count("barge", 1, 2, 6, 0)
    create_count("old", 40, 9, 0, 0)
    report = build_report(30)
    assert report.searches == 14
    assert (report.top[0].query, report.top[0].searches) == ("tariffs", 7)
    assert [row.query for row in report.without_results] == ["zeppelin"]
    assert [row.query for row in report.without_clicks] == ["barge"]
    assert "old" in [row.query for row in build_report(90).without_results]


def test_only_editors_can_open_the_report(client: Client, edna: User, mina: User) -> None:
    create_count("zeppelin", 2, 5, 0, 0)
    client.force_login(edna)
    for days in ("", "7", "365", "-1", "1e9", "%00"):
        response = client.get(f"/admin/articles/querycount/?days={days}", follow=True)
        assert response.status_code == 200, days
    page = response.content.decode()
    assert "zeppelin" in page
    assert "/admin/articles/synonyms/add/?terms=zeppelin" in page
    client.force_login(mina)
    assert client.get("/admin/articles/querycount/").status_code == 403


def test_old_and_rare_counts_are_deleted() -> None:
    create_count("once", 31, 1, 0, 0)
    create_count("twice", 31, 2, 0, 0)
    create_count("on two days", 31, 1, 0, 0)
    create_count("on two days", 2, 1, 0, 0)
    create_count("lately", 3, 1, 0, 0)
    create_count("tariffs", 401, 50, 1, 1)
    assert query_counts.delete_old_counts() == 2
    assert {row[0] for row in counts()} == {"twice", "on two days", "lately"}


@pytest.mark.parametrize(
    ("agent", "robot"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", False),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", False),
        ("curl/8.14", False),
        ("", False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("facebookexternalhit/1.1 link-preview", True),
        ("Baiduspider", True),
    ],
)
def test_robots_are_recognised_by_their_user_agent(agent: str, robot: bool) -> None:
    assert query_counts.is_robot(agent) is robot
