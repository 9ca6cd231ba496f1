"""Hostile strings as text, name and reason are saved as text or rejected with a message."""

import json
from collections import Counter
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from lxml import html as lxml_html

from accounts.models import User
from articles.body.comment_markup import render_comment
from articles.comments.models import Comment, ModerationDecision
from articles.comments.submission import links
from articles.comments.threads import thread_of
from articles.editorial.models import Article
from iria.publication.models import current_publication
from tests import commenting, moderation
from tests.shared import shared_data

FORM_VALUES = {"name": "Teo Brandt", "email": "teo@readers.example", "text": "On time"}


def strings(*parts: str) -> list[str]:
    found: list[Any] = json.loads(shared_data(*parts).read_text())
    return [entry["payload"] if isinstance(entry, dict) else entry for entry in found]


def all_strings() -> list[str]:
    return [
        *strings("naughty", "blns.json"),
        *strings("xss", "owasp-filter-evasion.json"),
        *strings("xss", "bleach-data.json"),
        *strings("xss", "live_in_chromium.json"),
    ]


class ElementCollector(HTMLParser):
    """Collects the elements and event handlers of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.found += [name for name, _ in attributes if name.startswith("on") or name == "style"]


def elements(page: str) -> list[str]:
    parser = ElementCollector()
    parser.feed(page)
    return parser.found


def test_every_string_is_saved_as_text_or_rejected_with_a_message(
    client: Client, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("articles.comments.submission.posting.PER_ARTICLE", (10**6, timedelta(1)))
    url = f"/comments/new/?article={article.pk}"
    plain = elements(client.post(url, FORM_VALUES).content.decode())
    accepted = 0
    for string in all_strings():
        both = client.post(url, {**FORM_VALUES, "text": string, "name": string})
        # If both fields are rejected together, each is tried alone.
        fields = ("text", "name") if both.status_code != 200 else ()
        for response in (
            both,
            *(client.post(url, {**FORM_VALUES, each: string}) for each in fields),
        ):
            assert response.status_code in {200, 422}, string
            page = response.content.decode()
            if response.status_code == 200:
                accepted += 1
                # Line breaks, links, emphasis, quotes and lists are added, and nothing else.
                found, before = Counter(elements(page)), Counter(plain)
                assert set(found - before) <= ALLOWED_ELEMENTS, string
                assert set(before - found) <= {"p", "br"}, string
            else:
                assert 'role="alert"' in page
    assert accepted > 350


def test_approved_strings_are_shown_as_entered(article: Article) -> None:
    texts = {}
    for string in all_strings():
        try:
            comment = commenting.post(
                article, name="Teo Brandt", email="teo@readers.example", text=string
            )
        except ValidationError:
            continue
        texts[comment.pk] = string.replace("\r\n", "\n").replace("\r", "\n").strip()
    Comment.objects.filter(pk__in=texts).update(state=Comment.State.APPROVED)
    publication = current_publication()
    pages = thread_of(article, publication).pages
    threads = [thread_of(article, publication, number=page + 1) for page in range(pages)]
    assert {comment.id: comment.text for thread in threads for comment in thread.comments} == texts
    assert len(texts) > 0.95 * len(all_strings())


def test_any_string_can_be_a_reason(client: Client, article: Article, mina: User) -> None:
    client.force_login(mina)
    comment = commenting.post(
        article, name="Teo Brandt", email="teo@readers.example", text="On time"
    )
    status_url = f"/comments/yours/{links.link_to(comment)}/"
    admin_url = f"/admin/articles/comment/{comment.pk}/change/"
    moderation.reject(comment, by=mina, reason="Plain", notify=True)
    plain = elements(client.get(status_url).content.decode())
    used = set(elements(client.get(admin_url).content.decode()))
    for string in all_strings():
        row = ModerationDecision(
            decision="rejected", reason=string.replace("\x00", "")[:500], commenter_notified=True
        )
        comment.moderations.add(row, bulk=False)
        if "<" in string:
            assert elements(client.get(status_url).content.decode()) == plain, string
    assert set(elements(client.get(admin_url).content.decode())) - {"br"} == used - {"br"}


WRAPPINGS = ["{}", "> {}", "- {}", "*{}*", "**{}**", "[{}](https://a.example/)"]
WRAPPINGS += ["[x](https://a.example/{})", "https://a.example/{}"]
ALLOWED_ELEMENTS = {"p", "br", "em", "strong", "a", "span", "blockquote", "ul", "ol", "li"}
ALLOWED_ATTRIBUTES = {"href", "rel", "class"}


def test_only_allowed_elements_are_rendered_from_any_markup() -> None:
    for string in all_strings():
        for wrapping in WRAPPINGS:
            tree = lxml_html.fragment_fromstring(
                render_comment(wrapping.replace("{}", string)), create_parent="div"
            )
            for element in tree.iterdescendants():
                assert element.tag in ALLOWED_ELEMENTS, string
                assert set(element.attrib) <= ALLOWED_ATTRIBUTES, string
                link = element.get("href")
                assert link is None or link.startswith(("http://", "https://")), string
