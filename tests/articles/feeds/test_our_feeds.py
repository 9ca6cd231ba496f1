"""What readers of feeds refuse is in none of ours."""

import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from lxml import etree, html

from articles.comments.models import Comment
from articles.editorial.models import Article
from tests import newsroom
from tests.articles.feeds.conftest import picture
from tests.articles.feeds.trees import NAMES, texts

LISTINGS = ["/", "/category/asia-pacific/", "/tag/shipping/", "/author/ines-faro/", "/language/en/"]
THREAD = "/2026/03/ferries-tankers-again/"


@pytest.fixture
def full(strait: Article) -> Article:
    """An article and related content, so that no part of a feed is empty."""
    strait.headline = "Ferries and tankers again"
    strait.save()
    newsroom.published("Bare", comments_open=False, standfirst="")
    newsroom.published("Arabic", language="ar", lead_image=picture(), tags=["ميناء"])
    Comment.objects.create(article=strait, name="Ola", text="I saw it.", state="approved")
    return strait


def is_absolute(url: str) -> bool:
    return urlsplit(url).scheme in {"http", "https", "mailto", "tel"}


def relative_links(markup: str) -> list[str]:
    tree = html.fragment_fromstring(markup, create_parent="div")
    return [link for _, _, link, _ in tree.iterlinks() if not is_absolute(link)]


def xml_problems(document: bytes) -> list[str]:
    """RSS and Atom: an id and valid dates for each entry, unique ids, absolute URLs."""
    tree = etree.fromstring(document)
    ids = texts(tree, "//item/guid | //atom:entry/atom:id")
    found = ["an id stands twice"] * (len(ids) != len(set(ids)))
    entries: Any = tree.xpath("//item | atom:entry", namespaces=NAMES)
    found += ["an entry has no id"] * (len(ids) != len(entries))
    dates = [parsedate_to_datetime(date) for date in texts(tree, "//item/pubDate")]
    dates += map(datetime.fromisoformat, texts(tree, "atom:entry/atom:updated"))
    found += ["an entry has no date"] * (len(dates) != len(entries))
    urls = texts(tree, "//item/link | //@href | //enclosure/@url | //media:content/@url")
    found += [url for url in urls if not is_absolute(url)]
    for markup in texts(tree, "//item/content:encoded | //atom:content[@type='html']"):
        found += relative_links(markup)
    return found


def json_problems(document: bytes) -> list[str]:
    """The same rules for JSON Feed: required fields, unique ids, absolute URLs."""
    feed = json.loads(document)
    found = [name for name in ("version", "title", "feed_url") if not feed.get(name)]
    found += ["no list of items"] * (not isinstance(feed.get("items"), list))
    ids = [item.get("id") for item in feed["items"]]
    found += ["an id stands twice"] * (len(ids) != len(set(ids)))
    for item in feed["items"]:
        found += [
            name for name in ("id", "url", "date_published", "date_modified") if not item.get(name)
        ]
        found += ["no content"] * (not (item.get("content_html") or item.get("content_text")))
        found += relative_links(item.get("content_html", ""))
    return found


@pytest.mark.parametrize("url", [*LISTINGS, THREAD])
def test_our_feeds_violate_no_rule(client: Client, full: Article, url: str) -> None:
    for query_string in ("", "?text=summary"):
        for form in ("", "atom/"):
            assert xml_problems(client.get(f"{url}feed/{form}{query_string}").content) == []
        assert json_problems(client.get(f"{url}feed/json/{query_string}").content) == []


def test_a_feed_without_entries_violates_no_rule(client: Client, meridian: Any) -> None:
    for form in ("", "atom/"):
        assert xml_problems(client.get(f"/feed/{form}").content) == []
