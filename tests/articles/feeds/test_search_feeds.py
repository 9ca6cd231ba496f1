"""Feeds of search results."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from iria.publication.models import Publication
from tests import newsroom
from tests.articles.feeds.trees import headlines, rss, texts


def test_a_search_feed_contains_the_newest_articles_with_all_its_words(
    client: Client, meridian: Publication, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for day, body in enumerate(["Pilots and tugs", "Tugs alone", "A pilot, two tugs"], start=1):
            at = datetime(2026, 3, day, tzinfo=UTC)
            newsroom.published(f"Number {day}", at=at, body=f"<p>{body}.</p>")
    tree = rss(client, "/search/feed/?q=pilots+tugs")
    assert texts(tree, "//item/title") == ["Number 3", "Number 1"]
    assert texts(tree, "channel/title") == ["pilots tugs – Meridian"]
    assert texts(tree, "channel/link") == ["https://meridian.example/search/?q=pilots+tugs"]
    own = "https://meridian.example/search/feed/?q=pilots+tugs"
    assert texts(tree, "channel/atom:link[@rel='self']/@href") == [own]
    assert headlines(client, "/search/feed/?q=pilots&category=news") == ["Number 3", "Number 1"]
    page = client.get("/search/?q=pilots+tugs").content.decode()
    assert 'href="/search/feed/?q=pilots+tugs"' in page


@pytest.mark.parametrize(
    "query_string", ["", "q=", "q=%00", "q=the", "q=-x", "q=ship&category=nowhere"]
)
def test_a_feed_without_a_valid_query_is_rejected_with_a_message(
    client: Client,
    meridian: Publication,
    django_capture_on_commit_callbacks: Any,
    query_string: str,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        newsroom.published("A ship")
    response = client.get(f"/search/feed/?{query_string}")
    assert response.status_code == 400
    assert response.content.decode().strip().endswith((".", "…"))


@pytest.mark.parametrize("form", ["", "atom/"])
def test_an_empty_feed_does_not_change(client: Client, meridian: Publication, form: str) -> None:
    tree = rss(client, f"/search/feed/{form}?q=pilots")
    assert texts(tree, "//item|//atom:entry") == []
    (changed,) = texts(tree, "channel/lastBuildDate|/atom:feed/atom:updated")
    assert "2000" in changed
