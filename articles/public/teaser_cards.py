"""The card of an article in a list: templates/articles/public/_card.html.

A front page shows thirty of them. Each is rendered once for the values it shows (`iria.core.fragments`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.utils.safestring import SafeString

from articles.editorial.aggregated_rows import related_values
from articles.editorial.models import Article
from articles.images.rights.credit_line import short_credit
from articles.images.srcset import ImageAttributes, image_attributes
from iria.core.fragments import render_fragment
from iria.core.http.urls import url_path
from iria.core.text.translations import text_in
from iria.publication.models import Publication

TEMPLATE: Final = "articles/public/_card.html"
USES: Final = {"lead": "card lead", "second": "card second"}
"""Form → use of its image; other forms have images as wide as those of a list."""


class Author(NamedTuple):
    """An author in a byline, with a URL."""

    name: str
    url: str


class Section(NamedTuple):
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class CardPage:
    """What a card needs from its page."""

    publication: Publication
    language: str
    """The language of the page; text in another language is marked."""
    category_id: int | None = None
    """The category whose name is shown above, which the card does not repeat."""
    scope: str = ""
    """The language of the lists that the card links to; empty for all languages."""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything `_card.html` can show; two equal cards have the same HTML."""

    form: str
    level: str
    """The element of the headline, such as h3."""
    url: str
    headline: str
    standfirst: str
    language: str
    page_language: str
    article_type: str
    """Empty if the category has the same name."""
    section: Section | None
    authors: tuple[Author, ...]
    published_at: datetime | None
    time_zone: str
    """Part of the key: equal times can be different dates in two time zones."""
    image: ImageAttributes | None
    credit: str
    article_id: int
    """For themes that need more of the article than a card shows."""


def card_html(
    article: Article, page: CardPage, *, form: str = "row", level: str = "h3", use: str = ""
) -> SafeString:
    """The card of an article fetched by `for_cards()`.

    Args:
        form: lead, second, row or brief.
        level: the element of its headline.
        use: how its image is used (`images.srcset.USES`), if the form does not determine it.
    """
    image = None if form == "brief" else article.visible_lead_image
    name, section = "", None
    columns = ("id", "name", "path", "translations")
    for pk, name, path, translations in related_values(article, "article_categories", *columns)[:1]:
        name = text_in(translations, "name") or name
        if pk != page.category_id:
            section = Section(name, _list_url("category", path, page.scope))
    article_type = article.kind.name
    card = Card(
        form=form,
        level=level,
        url=article.get_absolute_url(),
        headline=article.headline,
        standfirst="" if form == "brief" else article.standfirst,
        language=article.language,
        page_language=page.language,
        article_type="" if article_type.casefold() == name.casefold() else article_type,
        section=section,
        authors=authors_of(article, page.scope),
        published_at=page.publication.local(article.published_at) if article.published_at else None,
        time_zone=page.publication.time_zone,
        image=image_attributes(image, use or USES.get(form, "card")) if image else None,
        credit=short_credit(image) if image else "",
        article_id=article.pk,
    )
    return render_fragment(TEMPLATE, card=card)


def authors_of(article: Article, scope: str = "") -> tuple[Author, ...]:
    """The authors in byline order.

    Args:
        scope: the language whose lists the names lead to; empty for everything they wrote.
    """
    return _authors(related_values(article, "bylines", "name", "slug"), scope)


def _authors(rows: Iterable[tuple[Any, ...]], scope: str) -> tuple[Author, ...]:
    return tuple(Author(name, _list_url("author", slug, scope)) for name, slug in rows)


def byline_html(article: Article, scope: str = "") -> SafeString:
    """The authors as links: “A, B and C”."""
    return render_fragment("articles/public/_names.html", authors=authors_of(article, scope))


def _list_url(page: str, part: str, scope: str) -> str:
    return url_path(f"language_{page}", scope, part) if scope else url_path(page, part)
