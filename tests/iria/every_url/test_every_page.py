"""Every public page, in each language of the interface and in each theme."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

import pytest
from django.conf import settings
from django.test import Client
from lxml import html

from accounts.models import User
from articles.editorial.models import Article, ArticleType, Category, Series
from articles.editorial.preview_links import make_preview_token
from articles.editorial.versions import revisions
from articles.images import renditions
from articles.images.library.editing import update_image
from articles.images.models import Image
from articles.pages.models import Page
from articles.search.indexer import reindex
from iria.core.text.language import direction_of
from iria.publication.models import Publication, current_publication
from newsletter.models import Issue, Newsletter
from tests import newsroom
from tests.catalogue import keeping
from tests.iria import hostile
from tests.iria.outputs.image_places import image_places
from tests.iria.outputs.walk import filled
from tests.iria.url_parts import values_for

pytestmark = pytest.mark.proof

LANGUAGES: Final = [code for code, _name in settings.LANGUAGES]
CREDIT: Final = "Marta Voss/via Quay Pictures"
PRIVATE: Final = ("/accounts/", "/comments/")
"""Pages that differ for readers who are signed in."""
ANYWHERE: Final = ("/nowhere/", "/search/?q=ferries", "/search/?q=zeppelin")
"""The page “not found” and results of a search, beside the URLs of the URL configuration."""


class Visited(NamedTuple):
    """A page, and the language that it should have."""

    url: str
    language: str
    body: bytes


@pytest.fixture
def in_language(parts: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    """The parts of URLs in a publication whose first language, and that of the article, is the parameter.

    Its `code` is another language, with an article of its own.
    """
    first = request.param
    other = LANGUAGES[LANGUAGES.index(first) - 1]
    Publication.objects.update_or_create(
        pk=current_publication().pk, defaults={"languages": ",".join([first, other])}
    )
    image = Image.objects.get(pk=parts["one_picture"])
    article = Article.objects.get(pk=parts["article"])
    article.language = first
    revisions.save(article, by=None)
    newsroom.published(
        "Another crossing",
        language=other,
        lead_image=image,
        authors=[article.bylines.get().author],
        categories=[article.categories.get()],
        tags=["straits"],
    )
    update_image(image, by=None, credit=CREDIT)
    renditions.update_rights(image)
    reindex()
    Issue.objects.update(language=first)
    Page.objects.update(language=first)
    preview = make_preview_token(newsroom.draft("Not yet either", language=first))
    name = image.renditions.get().name
    return {**parts, "code": other, "picture": name, "preview": preview}


def pages(
    client: Client, parts: dict[str, str], *, below: tuple[str, ...] = ("/",)
) -> Iterator[Visited]:
    """Every public page that is HTML, or those below these URLs."""
    first = current_publication().language_codes[0]
    found = [
        (name, filled(route, values_for(name, route, parts)))
        for name, route in dict.fromkeys(hostile.routes())
        if not route.startswith(("/admin/", "/api/")) and "feed" not in name
    ]
    queries = {"comment_new": f"article={parts['article']}", "newsletter_follow": "topic=straits"}
    found = [(name, f"{url}?{queries[name]}" if name in queries else url) for name, url in found]
    for name, url in [*found, *(("", url) for url in ANYWHERE)]:
        if not url.startswith(below):
            continue
        response = client.get(url)
        assert response.status_code in expected_status(name, url), (url, response.status_code)
        is_html = response.headers.get("Content-Type", "").startswith("text/html")
        # A fragment, fetched by a script, is not a page.
        if is_html and b"<html" in response.content:
            language = parts["code"] if name.startswith("language") else first
            yield Visited(url, language, response.content)


def expected_status(name: str, url: str) -> set[int]:
    if url == "/nowhere/":
        return {404}
    # 302 to the page for signing in, 403 without a token of an e-mail, 404 where nothing is set, 405 for
    # forms.
    return {200} if name in READ or not name else {200, 301, 302, 403, 404, 405}


READ: Final = {
    *("home", "article", "thread", "thread_in_order", "picture", "page", "preview", "reader"),
    *("category", "tag", "tags", "author", "authors", "archive", "year", "month", "corrections"),
    *(
        "language",
        "language_articles",
        "language_archive",
        "language_year",
        "language_tags",
        "language_authors",
        "language_month",
    ),
    *("language_category", "language_tag", "language_author", "search", "personal_data"),
    *("newsletter", "newsletter_issue", "newsletter_issues", "newsletter_confirm"),
    *("newsletter_preferences", "newsletter_unsubscribe", "newsletter_unfollow"),
    *("newsletter_follow", "newsletter_data", "comment_new", "comment_unfollow"),
    *("comment_follow_confirm", "comment_status"),
}
"""Names of URLs that are always a page."""


def problems_of(page: Visited, image_names: set[str], content: set[str]) -> Iterator[str]:
    """What is wrong with a page."""
    tree = html.document_fromstring(page.body.decode())
    for element in ("h1", "main", "footer[@class='footer']", "title"):
        count = len(tree.xpath(f"//{element}[not(ancestor::svg)]"))
        if count != 1:
            yield f"{count} × {element}"
    if tree.get("lang") != page.language:
        yield f"language {tree.get('lang')}"
    if tree.get("dir", "ltr") != direction_of(page.language):
        yield f"direction {tree.get('dir')}"
    if re.search(rb"\{\{|\{%|%\}", page.body):
        yield "a template tag"
    for place in image_places(page.body, image_names):
        if CREDIT not in " ".join(place.text.split()):
            yield f"{place.kind} without its credit"
    for text in sorted(texts_of(tree) - content):
        if is_english(text, page.language):
            yield f"English: {text}"


UNREAD: Final = "script|style|textarea|code"
ATTRIBUTES: Final = ("aria-label", "title", "placeholder", "alt", "data-label")


def texts_of(tree: Any) -> set[str]:
    """All texts a reader sees or hears, without those that are marked as another language."""
    found = set()
    for element in tree.body.iter():
        if not isinstance(element.tag, str) or element.tag in UNREAD.split("|"):
            continue
        inherited = element.xpath("ancestor-or-self::*[@lang][1]/@lang")
        if inherited[-1] != tree.get("lang"):
            continue
        texts = [element.text, *(child.tail for child in element)]
        texts += [element.get(name) for name in ATTRIBUTES]
        if element.tag == "input" and element.get("type") in {"submit", "button"}:
            texts.append(element.get("value"))
        found |= {plain(text) for text in texts if text and text.strip()}
    return found


def plain(text: str) -> str:
    """On one line, with any number as 0."""
    return re.sub(r"\d+", "0", " ".join(text.split()))


def is_english(text: str, language: str) -> bool:
    whole, beginnings = english_texts(language)
    return text in whole or text.startswith(beginnings)


@cache
def english_texts(language: str) -> tuple[set[str], tuple[str, ...]]:
    """The English texts that a catalogue translates: whole ones, and what others begin with."""
    file = dict(keeping.catalogues()).get(language)
    whole, beginnings = set(), set()
    for message in keeping.read(language, file) if file else ():
        originals: Any = (message.id,) if isinstance(message.id, str) else message.id
        string: Any = message.string
        translations = {string} if isinstance(string, str) else {*string}
        for original in originals:
            if not original or original in translations:
                continue
            text = re.sub(r"%\(\w+\)d", "0", original.replace("%%", "%"))
            start = text.partition("%(")[0]
            if start == text:
                whole.add(plain(text))
            elif len(start) > 12 and not any(each.startswith(start) for each in translations):
                beginnings.add(plain(start))
    return whole, tuple(beginnings)


def content() -> set[str]:
    """Names that editors wrote, which are not part of the interface."""
    rows: list[Any] = [*Category.objects.all(), *Page.objects.all(), *Newsletter.objects.all()]
    rows += [*ArticleType.objects.all(), *Series.objects.all(), current_publication()]
    return {plain(str(row)) for row in rows}


@pytest.mark.parametrize("in_language", LANGUAGES, indirect=True, ids=LANGUAGES)
def test_every_page_is_entirely_in_its_language_and_theme(
    client: Client, in_language: dict[str, str], ola: User
) -> None:
    names = {
        each.name for each in Image.objects.get(pk=in_language["one_picture"]).renditions.all()
    }
    signed_in = Client()
    signed_in.force_login(ola)
    found, urls = [], set()
    for theme in settings.THEMES:
        Publication.objects.update(theme=theme)
        visited = [*pages(client, in_language)]
        visited += pages(signed_in, in_language, below=PRIVATE)
        for page in visited:
            urls.add(page.url)
            assert f"/{theme}/".encode() in page.body or theme == "default", page.url
            found += [f"{theme} {page.url}: {each}" for each in problems_of(page, names, content())]
    assert found == []
    assert len(urls) > 60
