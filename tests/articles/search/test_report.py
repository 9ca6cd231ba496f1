"""What was searched for, as the desk sees it, with nothing in it about who searched."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from articles.search import query_counts
from articles.search.index import indexer
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


def test_a_search_is_counted_by_its_words_and_day(client: Client, barge: None) -> None:
    for words in ("Barge", " bargé ", "“barge”", "zeppelin"):
        client.get("/search/", {"q": words})
    assert counts() == [("barge", 3, 1, 0), ("zeppelin", 1, 0, 0)]
    assert QueryCount.objects.first().day == timezone.now().date()  # type: ignore[union-attr]


def test_turning_pages_narrowing_and_robots_are_not_counted(client: Client, barge: None) -> None:
    client.get("/search/?q=barge&page=2")
    client.get("/search/?q=barge&sort=newest")
    client.get("/search/?q=barge&language=en")
    client.get("/search/?q=barge", headers={"User-Agent": "Mozilla/5.0 (compatible; Anybot/2.1)"})
    client.get("/search/?q=-barge")
    assert counts() == []


@pytest.mark.parametrize(
    "words",
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
def test_what_may_tell_of_a_person_is_not_kept(client: Client, barge: None, words: str) -> None:
    assert countable_query(words) == ""
    client.get("/search/", {"q": words})
    assert counts() == []


def test_a_flood_of_queries_fills_no_table_and_displaces_nothing_that_is_asked_again(
    client: Client, barge: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_counts, "MAX_PER_DAY", 3)
    for words in ("barge", "lock", "barge", "lock", "weir", "sluice", "pier", "barge", "quay"):
        client.get("/search/", {"q": words})
    assert counts() == [("barge", 3, 1, 0), ("lock", 2, 0, 0), ("quay", 1, 0, 0)]
    monkeypatch.setattr(query_counts, "MAX_PER_DAY", 2)
    client.get("/search/?q=quay")
    client.get("/search/?q=pier")
    assert counts() == [("barge", 3, 1, 0), ("lock", 2, 0, 0), ("quay", 2, 0, 0)]


@given(st.text())
def test_whatever_is_counted_fits_and_holds_no_long_number(words: str) -> None:
    key = countable_query(words)
    assert len(key) <= query_counts.MAX_LENGTH
    assert sum(sign.isdigit() for sign in key) <= query_counts.MAX_DIGITS
    assert "@" not in key


def test_a_browser_tells_that_something_was_opened_and_only_of_what_was_searched(
    client: Client, barge: None
) -> None:
    page = client.get("/search/?q=Barge").content.decode()
    assert f'ping="{settings.SITE_URL}/search/opened/?q=barge"' in page
    answer = client.post("/search/opened/?q=barge", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 204
    assert not answer.cookies
    client.post("/search/opened/?q=never+searched")
    client.post("/search/opened/?q=%00")
    assert counts() == [("barge", 1, 1, 1)]
    other = client.post("/search/opened/?q=barge", headers={"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 403
    assert client.get("/search/opened/?q=barge").status_code == 405
    assert counts() == [("barge", 1, 1, 1)]


def test_a_query_that_is_not_counted_has_no_beacon(client: Client, barge: None) -> None:
    page = client.get("/search/?q=barge+2026+12345").content.decode()
    assert "ping=" not in page


def _counted(words: str, days_ago: int, searches: int, found: int, opened: int) -> None:
    day = timezone.now().date() - timedelta(days=days_ago)
    QueryCount.objects.create(day=day, query=words, searches=searches, results=found, clicks=opened)


def test_the_report_says_what_found_nothing_and_what_was_not_opened() -> None:
    _counted("tariffs", 0, 3, 8, 2)
    _counted("tariffs", 5, 4, 7, 0)
    _counted("zeppelin", 2, 5, 0, 0)
    _counted("barge", 1, 2, 6, 0)
    _counted("old", 40, 9, 0, 0)
    seen = build_report(30)
    assert seen.searches == 14
    assert (seen.top[0].query, seen.top[0].searches) == ("tariffs", 7)
    assert [row.query for row in seen.without_results] == ["zeppelin"]
    assert [row.query for row in seen.without_clicks] == ["barge"]
    assert "old" in [row.query for row in build_report(90).without_results]


def test_editors_read_the_report_and_readers_do_not(client: Client, edna: User, mina: User) -> None:
    _counted("zeppelin", 2, 5, 0, 0)
    client.force_login(edna)
    for days in ("", "7", "365", "-1", "1e9", "%00"):
        answer = client.get(f"/admin/articles/querycount/?days={days}", follow=True)
        assert answer.status_code == 200, days
    page = answer.content.decode()
    assert "zeppelin" in page
    assert "/admin/articles/synonyms/add/?terms=zeppelin" in page
    client.force_login(mina)
    assert client.get("/admin/articles/querycount/").status_code == 403


def test_what_is_old_or_was_searched_only_once_is_forgotten() -> None:
    _counted("once", 31, 1, 0, 0)
    _counted("twice", 31, 2, 0, 0)
    _counted("on two days", 31, 1, 0, 0)
    _counted("on two days", 2, 1, 0, 0)
    _counted("lately", 3, 1, 0, 0)
    _counted("tariffs", 401, 50, 1, 1)
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
def test_whoever_says_it_reads_for_others_is_no_reader(agent: str, robot: bool) -> None:
    assert query_counts.is_robot(agent) is robot
