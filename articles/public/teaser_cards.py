"""An article in a list, as markup.

Written here and not as a template, because a front page draws thirty of them: as a template they cost
more than everything else on it together. Whatever an editor wrote goes through `escape`; everything
else is ours. Which forms there are, and what they look like: static/css/components/card.css.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from articles.editorial.aggregated_rows import related_values
from articles.editorial.models import Article
from articles.images.html import picture_markup, small_credit
from articles.images.srcset import picture_values
from iria.core.http.urls import url_path
from iria.core.text import typography
from iria.core.text.dates import time_element
from iria.core.text.language import direction_of, interface_language
from iria.publication.models import Publication

USES: Final = {"lead": "card lead", "second": "card second"}
"""Form → how wide its picture is; any other is as wide as those of a list."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a card has to know of the page it stands on."""

    publication: Publication
    language: str
    """Of the page; words in another one are marked."""
    category_id: int | None = None
    """The section whose name stands above already, so the card need not repeat it."""
    shelf: str = ""
    """The language whose lists the page is one of: what it leads to stays in it."""


def card_markup(
    article: Article, around: Around, *, form: str = "row", level: str = "h3", use: str = ""
) -> SafeString:
    """The card of an article fetched by `for_cards()`.

    Args:
        form: lead, second, row or brief.
        level: the rank of its headline.
        use: how its picture is used (`images.showing`), where its form alone does not say.
    """
    own = article.language
    ours = marked(interface_language(), own)
    parts = [
        f'<article class="card card-{form}"><div class="card-body">',
        "" if form == "brief" else _picture(article, use or USES.get(form, "card")),
        f'<div class="card-words"{marked(own, around.language)}>',
        _kicker(article, around, ours),
        f'<{level} class="card-headline"><a href="{article.get_absolute_url()}">',
        f"{typography.escaped(article.headline, own)}</a></{level}>",
        _standfirst(article, form),
        _byline(article, around, ours),
        "</div></div></article>",
    ]
    return SafeString("".join(parts))


def marked(language: str, around: str) -> str:
    """`lang` and `dir` for words in another language than those around them."""
    if language == around:
        return ""
    return f' lang="{escape(language)}" dir="{direction_of(language)}"'


def _picture(article: Article, use: str) -> str:
    image = article.visible_lead_image
    if image is None:
        return ""
    values = picture_values(image, use)
    return f'<div class="card-picture">{picture_markup(values, "")}{small_credit(image)}</div>'


def _kicker(article: Article, around: Around, ours: str) -> str:
    """Its primary section and its kind, each unless the page or the other says it already."""
    words, named = "", ""
    for pk, named, path in related_values(article, "article_categories", "id", "name", "path")[:1]:
        if pk != around.category_id:
            words = f'<a href="{_list_of("category", path, around.shelf)}">{escape(named)}</a>'
    if article.kind.name.casefold() != named.casefold():
        words += f' <span class="kind">{escape(article.kind.name)}</span>'
    return f'<p class="kicker"{ours}>{words}</p>' if words else ""


def _list_of(page: str, part: str, shelf: str) -> str:
    return url_path(f"language_{page}", shelf, part) if shelf else url_path(page, part)


def _standfirst(article: Article, form: str) -> str:
    if form == "brief" or not article.standfirst:
        return ""
    words = typography.escaped(article.standfirst, article.language)
    return f'<p class="card-standfirst">{words}</p>'


def _byline(article: Article, around: Around, ours: str) -> str:
    when = article.published_at
    day = time_element(around.publication.local(when)) if when else ""
    names = names_markup(related_values(article, "bylines", "name", "slug"), around.shelf)
    return f'<p class="byline"{ours}>{names}{day}</p>'


def names_markup(authors: Sequence[tuple[Any, ...]], shelf: str = "") -> str:
    """Who signs, each name a link: “A, B and C”.

    Args:
        authors: name and last part of the address of each.
        shelf: the language whose lists the names lead to; empty for everything they wrote.
    """
    links = [
        f'<a href="{_list_of("author", slug, shelf)}" rel="author">{_whole_words(name)}</a>'
        for name, slug in authors
    ]
    if not links:
        return ""
    *before, last = links
    # “and” begins the line on which the last name stands; it never ends one.
    words = f"{', '.join(before)} {escape(gettext('and'))}\u00a0{last}" if before else last
    return f'<span class="names">{words}</span> '


def _whole_words(name: str) -> str:
    """A name that breaks at its spaces and not at its hyphens."""
    if "-" not in name:
        return escape(name)
    return " ".join(
        f'<span class="together">{escape(word)}</span>' if "-" in word else escape(word)
        for word in name.split()
    )
