"""What stands in the head of a page for machines, as markup.

Written here and not as a template: every page has it, and as a template it cost three times what a
view without a page costs. Whatever people wrote goes through `escape`.

What the pages of other rooms say about themselves: those that editors write, and search.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext

from articles.editorial.models import Article
from articles.pages.models import Page
from articles.public.seo import json_ld
from articles.public.seo.json_ld import emblem_of
from articles.public.seo.page_meta import Meta, Preview
from articles.search.query.search_request import SearchRequest
from iria.core.http.urls import absolute_url, url_path
from iria.publication.models import Publication

LONGEST_DESCRIPTION: Final = 300


def head_markup(meta: Meta, publication: Publication) -> SafeString:
    """Description, canonical address, neighbours, languages, feeds, Open Graph, structured data."""
    lines = [*_links(meta), *_open_graph(meta, publication)]
    if meta.data:
        lines.append(f'<script type="application/ld+json">{meta.structured}</script>')
    return SafeString("\n".join(lines))


def description_of(meta: Meta) -> str:
    """In plain words, as long as search engines show it."""
    words = meta.description
    plain = strip_tags(words) if "<" in words else words
    if len(plain) <= LONGEST_DESCRIPTION:
        return plain
    return Truncator(plain).chars(LONGEST_DESCRIPTION)


def _links(meta: Meta) -> Iterator[str]:
    if meta.description:
        yield f'<meta name="description" content="{escape(description_of(meta))}">'
    yield f'<link rel="canonical" href="{escape(meta.canonical)}">'
    if meta.earlier:
        yield f'<link rel="prev" href="{escape(meta.earlier)}">'
    if meta.later:
        yield f'<link rel="next" href="{escape(meta.later)}">'
    for language, address in meta.alternates:
        yield f'<link rel="alternate" hreflang="{language}" href="{escape(address)}">'
    for kind, title, address in meta.feeds:
        yield (
            f'<link rel="alternate" type="{kind}" title="{escape(title)}" href="{escape(address)}">'
        )


def _open_graph(meta: Meta, publication: Publication) -> Iterator[str]:
    yield _said("og:site_name", publication.name)
    yield _said("og:type", meta.kind)
    yield _said("og:title", meta.title or publication.name)
    if meta.description:
        yield _said("og:description", description_of(meta))
    yield _said("og:url", meta.address)
    if meta.article:
        yield from _of_article(meta.article)
    yield from _of_picture(meta.image or _emblem(publication))
    # Whatever reads this falls back to the words above for everything else.
    card = "summary_large_image" if meta.image else "summary"
    yield f'<meta name="twitter:card" content="{card}">'


def _emblem(publication: Publication) -> Preview:
    """What stands for a page without a picture of its own: the publication's logo."""
    emblem = emblem_of(publication)
    address = absolute_url(emblem["address"])
    return Preview(address, emblem["width"], emblem["height"], publication.name)


def _of_article(article: Article) -> Iterator[str]:
    if article.published_at:
        yield _said("article:published_time", _moment(article.published_at))
    if article.last_change:
        yield _said("article:modified_time", _moment(article.last_change))
    for row in article.bylines.all():
        yield _said("article:author", absolute_url(row.author.get_absolute_url()))
    for placed in article.article_categories.all():
        yield _said("article:section", placed.category.name)
    for tag in article.tags.all():
        yield _said("article:tag", tag.name)


def _of_picture(image: Preview) -> Iterator[str]:
    yield _said("og:image", image.address)
    yield _said("og:image:width", str(image.width))
    yield _said("og:image:height", str(image.height))
    if image.alt:
        yield _said("og:image:alt", image.alt)


def _said(name: str, words: str) -> str:
    return f'<meta property="{name}" content="{escape(words)}">'


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


KINDS = {"about": "AboutPage", "contact": "ContactPage"}
"""Addresses that every publication has → what schema.org calls the page there."""


def of_standing(page: Page, publication: Publication) -> Meta:
    """About a page that an editor wrote."""
    address = absolute_url(page.get_absolute_url())
    about: dict[str, Any] = {
        "@context": json_ld.CONTEXT,
        "@type": KINDS.get(page.path, "WebPage"),
        "name": page.title,
        "url": address,
        "inLanguage": page.language,
        "dateModified": publication.local(page.changed_at).isoformat(timespec="seconds"),
        "publisher": json_ld.organization(publication),
    }
    if page.description:
        about["description"] = page.description
    return Meta(
        title=page.title,
        description=page.description,
        address=address,
        language=page.language,
        data=[about],
    )


def of_search(asked: SearchRequest, publication: Publication) -> Meta:
    """About search; every search is a form of the one page."""
    address = absolute_url(url_path("search"))
    title = gettext("Search")
    title = f"{asked.words} – {title}" if asked.words else title
    about = {
        "@context": json_ld.CONTEXT,
        "@type": "SearchResultsPage" if asked.words else "WebPage",
        "name": title,
        "url": address,
        "publisher": json_ld.organization(publication),
    }
    return Meta(
        title=title,
        description=publication.about or publication.tagline,
        address=address,
        data=[about],
    )
