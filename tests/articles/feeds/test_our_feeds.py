"""Our feeds checked against the rules, with ordinary and with awkward text."""

import json
from html import escape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from lxml import etree, html

from articles.comments.models import Comment
from articles.editorial.models import Article
from tests import newsroom
from tests.articles.feeds.conftest import picture
from tests.articles.feeds.rules import problems
from tests.shared import shared_data

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
        tree = html.fragment_fromstring(item.get("content_html", ""), create_parent="div")
        found += [link for _, _, link, _ in tree.iterlinks() if not is_absolute(link)]
    return found


@pytest.mark.parametrize("url", [*LISTINGS, THREAD])
def test_our_feeds_violate_no_rule(client: Client, full: Article, url: str) -> None:
    for query_string in ("", "?text=summary"):
        for form in ("", "atom/"):
            assert problems(client.get(f"{url}feed/{form}{query_string}").content) == []
        assert json_problems(client.get(f"{url}feed/json/{query_string}").content) == []


def test_a_feed_without_entries_violates_no_rule(client: Client, meridian: Any) -> None:
    for form in ("", "atom/"):
        assert problems(client.get(f"/feed/{form}").content) == []


def naughty() -> list[str]:
    strings: list[str] = json.loads(shared_data("naughty", "blns.json").read_text())
    return [each for each in strings if each.strip() and "\x00" not in each]


def test_awkward_text_is_not_changed_by_a_feed(client: Client, full: Article) -> None:
    """Twenty at a time: headline, standfirst, text, tag and caption."""
    strings = [
        each
        for each in naughty()
        if not any("\ud800" <= character <= "\udfff" for character in each)
    ]
    image = picture()
    Article.objects.exclude(pk=full.pk).delete()
    Article.objects.filter(pk=full.pk).update(state="withdrawn")
    written = [newsroom.published("Headline", lead_image=image) for _ in range(20)]
    for start in range(0, len(strings), 20):
        batch = strings[start : start + 20]
        for unused in written[len(batch) :]:
            unused.delete()
        for article, message in zip(written, batch, strict=False):
            Article.objects.filter(pk=article.pk).update(
                headline=message[:200],
                standfirst=message[:600],
                body=f"<p>Words</p><p>{escape(message)}</p>",
                lead_caption=message,
            )
        rss = etree.fromstring(client.get("/feed/").content)
        atom = client.get("/feed/atom/").content
        titles = [title.text or "" for title in rss.iterfind("channel/item/title")]
        expected = [_as_xml_text(message[:200]) for message in reversed(batch)]
        assert titles == expected
        unsafe = [p for p in problems(atom) if p.kind in {"unsafe", "address", "malformed"}]
        assert unsafe == []
        assert json_problems(client.get("/feed/json/").content) == []


def _as_xml_text(message: str) -> str:
    """The text as XML allows it: no forbidden characters, normalised line ends."""
    allowed = "".join(
        character for character in message if character in "\t\n\r" or character >= " "
    )
    allowed = "".join(character for character in allowed if character not in "\ufffe\uffff")
    return allowed.replace("\r\n", "\n").replace("\r", "\n")
