"""What hostile and naughty people type as comment, name and reason: kept as text, or refused in words."""

import json
from collections import Counter
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from lxml import html as lxml_html

from accounts.models import User
from articles.body.comment_markup import render_comment
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions
from articles.comments.submission import form_tokens, posting
from articles.comments.threads.builder import thread_of
from articles.editorial.models import Article
from iria.publication.models import current_publication
from tests.shared import shared_data

WORDS = {"name": "Teo Brandt", "email": "teo@readers.example", "text": "On time"}


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


class Seen(HTMLParser):
    """The elements and event handlers a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.found += [name for name, _ in attributes if name.startswith("on") or name == "style"]


def elements(page: str) -> list[str]:
    parser = Seen()
    parser.feed(page)
    return parser.found


def test_every_string_is_kept_as_text_or_refused_in_words(
    client: Client, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("articles.comments.screening.checks.PER_ARTICLE", (10**6, timedelta(1)))
    address = f"/comments/new/?article={article.pk}"
    plain = elements(client.post(address, WORDS).content.decode())
    kept = 0
    for string in all_strings():
        both = client.post(address, {**WORDS, "text": string, "name": string})
        # What is refused as one of the two is tried as each.
        tried = ("text", "name") if both.status_code != 200 else ()
        for answer in (both, *(client.post(address, {**WORDS, each: string}) for each in tried)):
            assert answer.status_code in {200, 422}, string
            page = answer.content.decode()
            if answer.status_code == 200:
                kept += 1
                # Line breaks, links, emphasis, quotes and lists are added, and nothing else.
                found, before = Counter(elements(page)), Counter(plain)
                assert set(found - before) <= SMALL_SET, string
                assert set(before - found) <= {"p", "br"}, string
            else:
                assert 'role="alert"' in page
    assert kept > 350


def test_approved_strings_stand_in_the_thread_as_they_were_typed(article: Article) -> None:
    typed = {}
    for string in all_strings():
        try:
            comment = posting.post(
                article, name="Teo Brandt", email="teo@readers.example", text=string
            )
        except posting.SubmissionError:
            continue
        typed[comment.pk] = string.replace("\r\n", "\n").replace("\r", "\n").strip()
    Comment.objects.filter(pk__in=typed).update(state=Comment.State.APPROVED)
    publication = current_publication()
    pages = thread_of(article, publication).pages
    threads = [thread_of(article, publication, number=page + 1) for page in range(pages)]
    assert {place.id: place.text for thread in threads for place in thread.comments} == typed
    assert len(typed) > 0.95 * len(all_strings())


def test_a_reason_may_be_as_strange_as_it_likes(
    client: Client, article: Article, mina: User
) -> None:
    client.force_login(mina)
    comment = posting.post(article, name="Teo Brandt", email="teo@readers.example", text="On time")
    yours = f"/comments/yours/{form_tokens.link_to(comment)}/"
    at_desk = f"/admin/articles/comment/{comment.pk}/change/"
    decisions.reject(comment, by=mina, reason="Plain", notify=True)
    plain = elements(client.get(yours).content.decode())
    used = set(elements(client.get(at_desk).content.decode()))
    for string in all_strings():
        row = ModerationDecision(
            decision="rejected", reason=string.replace("\x00", "")[:500], commenter_notified=True
        )
        comment.moderations.add(row, bulk=False)
        if "<" in string:
            assert elements(client.get(yours).content.decode()) == plain, string
    assert set(elements(client.get(at_desk).content.decode())) - {"br"} == used - {"br"}


WRAPPINGS = ["{}", "> {}", "- {}", "*{}*", "**{}**", "[{}](https://a.example/)"]
WRAPPINGS += ["[x](https://a.example/{})", "https://a.example/{}"]
SMALL_SET = {"p", "br", "em", "strong", "a", "span", "blockquote", "ul", "ol", "li"}
MARKS = {"href", "rel", "class"}


def test_no_string_becomes_more_than_the_small_set_whatever_is_wrapped_around_it() -> None:
    for string in all_strings():
        for wrapping in WRAPPINGS:
            tree = lxml_html.fragment_fromstring(
                render_comment(wrapping.replace("{}", string)), create_parent="div"
            )
            for element in tree.iterdescendants():
                assert element.tag in SMALL_SET, string
                assert set(element.attrib) <= MARKS, string
                link = element.get("href")
                assert link is None or link.startswith(("http://", "https://")), string
