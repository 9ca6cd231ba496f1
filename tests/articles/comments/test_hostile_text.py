"""Hostile strings as text, name and reason are saved as text or rejected with a message."""

import json
from html.parser import HTMLParser
from typing import Any

from django.core.exceptions import ValidationError
from lxml import html as lxml_html

from articles.body.comment_markup import render_comment
from articles.comments.models import Comment
from articles.comments.threads import thread_of
from articles.editorial.models import Article
from iria.publication.models import current_publication
from tests import commenting
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
