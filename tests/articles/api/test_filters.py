"""Filters, order, pagination and search of the API."""

from datetime import UTC, datetime
from typing import Any

import pytest

from articles.editorial.models import Article
from tests import newsroom
from tests.articles.api.conftest import FIRST, SITE, Ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Any:
    """A context manager that runs on_commit callbacks, such as indexing, at its end."""
    return django_capture_on_commit_callbacks


def headlines(response: dict[str, Any]) -> list[str]:
    return [item["headline"] for item in response["items"]]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"category": "asia-pacific"}, ["The long way"]),
        ({"category": "europe"}, ["Brief 3", "Brief 2", "Brief 1", "The long way"]),
        ({"tag": "harbours"}, ["Brief 1"]),
        ({"author": "writer-2"}, ["Brief 2"]),
        ({"kind": "news", "language": "fr"}, ["Brief 3"]),
        ({"kind": "analysis"}, []),
        ({"order": "oldest", "limit": 2}, ["The long way", "Brief 1"]),
        # 20:30 in London is the next day in Karachi.
        ({"published_from": "2026-03-05"}, ["Late"]),
        ({"published_from": "2026-03-03", "published_until": "2026-03-04"}, ["Brief 3", "Brief 2"]),
    ],
)
def test_filters_limit_the_list(
    ask: Ask, full_article: Article, params: dict[str, Any], expected: list[str]
) -> None:
    newsroom.published(
        "Late",
        at=datetime(2026, 3, 4, 20, 30, tzinfo=UTC),
        categories=[newsroom.category("Elsewhere")],
        language="de",
    )
    if params != {"kind": "analysis"} and "published_from" not in params:
        Article.objects.filter(headline="Late").update(state="withdrawn")
    assert headlines(ask("articles/", **params)) == expected


def test_changes_since_a_time_are_in_the_order_of_change(ask: Ask, full_article: Article) -> None:
    Article.objects.update(updated_at=None)
    Article.objects.filter(pk=full_article.pk).update(
        updated_at=datetime(2026, 3, 20, 12, tzinfo=UTC)
    )
    params = {"changed_since": "2026-03-04T14:00:00+05:00", "order": "changed"}
    assert headlines(ask("articles/", **params)) == ["Brief 3", "The long way"]
    (_, last) = ask("articles/", **params)["items"]
    assert last["changed_at"] == "2026-03-20T12:00:00Z"
    assert headlines(ask("articles/?changed_since=2026-03-04T14:00:00+05:00")) != []


@pytest.mark.parametrize("order", ["newest", "oldest", "changed"])
def test_every_item_is_on_exactly_one_page_also_with_equal_times(
    ask: Ask, full_article: Article, order: str
) -> None:
    for number in range(7):
        newsroom.published(f"Same {number}", at=FIRST)
    seen: list[str] = []
    path: str | None = f"articles/?order={order}&limit=3&fields=headline"
    while path:
        response = ask(path)
        seen += headlines(response)
        path = (response["next"] or "").removeprefix(f"{SITE}/api/v1/")
    assert len(seen) == len(set(seen)) == 11


@pytest.mark.parametrize(
    "path", ["categories/", "tags/", "authors/", "pictures/", "comments/", "articles/?q=words"]
)
def test_every_list_can_be_paginated_to_its_end(
    ask: Ask, full_article: Article, path: str, commits: Any
) -> None:
    with commits(execute=True):
        for number in range(3):
            newsroom.published(f"Words {number}", body="<p>Some words.</p>")
    separator = "&" if "?" in path else "?"
    items = ask(f"{path}{separator}limit=100")["items"]
    seen: list[Any] = []
    following: str | None = f"{path}{separator}limit=1"
    while following:
        response = ask(following)
        seen += response["items"]
        following = (response["next"] or "").removeprefix(f"{SITE}/api/v1/")
    assert seen == items
    assert len(seen) > 1


def test_a_new_article_does_not_shift_the_following_pages(ask: Ask, full_article: Article) -> None:
    first = ask("articles/", limit=2)
    newsroom.published("In between")
    second = ask(first["next"].removeprefix(f"{SITE}/api/v1/"))
    assert headlines(first) + headlines(second) == ["Brief 3", "Brief 2", "Brief 1", "The long way"]


def test_the_same_page_has_the_same_bytes(client: Any, full_article: Article) -> None:
    url = "/api/v1/articles/?limit=2"
    assert client.get(url).content == client.get(url).content
    link = client.get(url).headers["Link"]
    assert link.startswith(f"<{SITE}/api/v1/articles/?limit=2&cursor=")
    assert link.endswith('>; rel="next"')


def test_a_search_returns_the_best_match_first_and_the_total(
    ask: Ask, full_article: Article, commits: Any
) -> None:
    with commits(execute=True):
        newsroom.published("Pilots of the strait", body="<p>Pilots wait.</p>")
        newsroom.published("Tides", body="<p>A pilot waits there.</p>")
    response = ask("articles/", q="pilots", fields="headline")
    assert headlines(response) == ["Pilots of the strait", "Tides"]
    assert response["total"] == 2
    assert "total" not in ask("articles/")


def test_a_search_can_be_combined_with_filters_and_order(
    ask: Ask, full_article: Article, commits: Any
) -> None:
    with commits(execute=True):
        newsroom.published("Pilots of the strait", at=FIRST, tags=["pilots"], body="<p>Wait.</p>")
        newsroom.published("Tides", body="<p>A pilot waits there.</p>")
    assert headlines(ask("articles/", q="pilots", tag="pilots")) == ["Pilots of the strait"]
    assert headlines(ask("articles/", q="pilots", published_from="2026-04-01")) == ["Tides"]
    assert headlines(ask("articles/", q="pilots", order="newest")) == [
        "Tides",
        "Pilots of the strait",
    ]
