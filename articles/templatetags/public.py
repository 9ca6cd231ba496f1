"""Tags for the public pages: dates in the publication's zone, the language of a piece of text."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from articles.editorial.aggregated_rows import related_values
from articles.editorial.models import Figure
from articles.images.html import caption_markup
from articles.images.models import Image
from articles.images.rights.credit_line import credit_line
from articles.pages.models import Page
from articles.public import navigation
from articles.public.listing_scope import WHOLE, ListingScope
from articles.public.seo import head_html
from articles.public.seo.head_html import head_markup
from articles.public.seo.page_meta import Meta
from articles.public.teaser_cards import Around, card_markup, names_markup
from articles.search.query.search_request import SearchRequest
from iria.core.http.urls import safe_link
from iria.core.text import language as text_language
from iria.core.text import typography
from iria.core.text.dates import time_element

register = template.Library()

NOTHING = mark_safe("")


@register.filter
def direction(language: str | None) -> str:
    """How a language is written: rtl or ltr."""
    return text_language.direction_of(language or "")


def _around(context: dict[str, Any]) -> str:
    """The language of the page; one that shows nothing in particular is in the interface's."""
    return str(context.get("page_language") or text_language.interface_language())


def _marked(language: str, around: str) -> SafeString:
    if language == around:
        return NOTHING
    return format_html(' lang="{}" dir="{}"', language, direction(language))


@register.simple_tag(takes_context=True)
def language_of_page(context: dict[str, Any]) -> SafeString:
    """`lang` and `dir` of the whole page."""
    language = _around(context)
    return format_html('lang="{}" dir="{}"', language, direction(language))


@register.simple_tag(takes_context=True)
def interface_language(context: dict[str, Any], around: str = "") -> SafeString:
    """Marks the interface's own words within a page, or within a text, in another language."""
    return _marked(text_language.interface_language(), around or _around(context))


@register.simple_tag(takes_context=True)
def house_language(context: dict[str, Any], around: str = "") -> SafeString:
    """Marks the publication's own words, among those of the interface, in another language.

    Args:
        around: `page` where they stand by themselves on a page that may be in yet another one.
    """
    beside = _around(context) if around == "page" else text_language.interface_language()
    return _marked(context["publication"].language_codes[0], beside)


@register.simple_tag(takes_context=True)
def language_of(context: dict[str, Any], article: Any) -> SafeString:
    """Marks an article's words on a page that is in another language."""
    return _marked(article.language, _around(context))


@register.simple_tag(takes_context=True)
def head(context: dict[str, Any]) -> SafeString:
    """What a page tells machines in its head; nothing where the view said nothing about it."""
    about = context.get("meta")
    return head_markup(about, context["publication"]) if isinstance(about, Meta) else NOTHING


@register.simple_tag(takes_context=True)
def head_of_page(context: dict[str, Any], page: Page) -> SafeString:
    """The same for a page that an editor wrote."""
    publication = context["publication"]
    return head_markup(head_html.of_standing(page, publication), publication)


@register.simple_tag(takes_context=True)
def head_of_search(context: dict[str, Any], asked: SearchRequest) -> SafeString:
    """The same for search, whatever was searched for."""
    publication = context["publication"]
    return head_markup(head_html.of_search(asked, publication), publication)


@register.simple_tag(takes_context=True)
def day(context: dict[str, Any], moment: datetime) -> SafeString:
    """The day of a moment in the publication's zone, as in “4 March 2026”."""
    return time_element(context["publication"].local(moment))


@register.simple_tag(takes_context=True)
def card(
    context: dict[str, Any],
    article: Any,
    form: str = "row",
    level: str = "h3",
    within: Any = None,
    use: str = "",
) -> SafeString:
    """An article in a list: `{% card article form="lead" level="h2" within=category %}`."""
    shelf = _shelf(context)
    pk = within.pk if within else None
    around = Around(context["publication"], _around(context), pk, shelf.code)
    return card_markup(article, around, form=form, level=level, use=use)


@register.simple_tag(takes_context=True)
def list_address(context: dict[str, Any], page: str, *parts: str | int) -> str:
    """Where a list stands, in the language of the lists around: `{% list_address "year" 2026 %}`."""
    return _shelf(context).address(page, *parts)


def _shelf(context: dict[str, Any]) -> ListingScope:
    shelf: ListingScope = context.get("shelf") or WHOLE
    return shelf


register.filter("safe_link", safe_link)


@register.filter
def typeset(text: str, language: str) -> str:
    """Words of an article as its language sets them: `{{ article.headline|typeset:article.language }}`."""
    return typography.typeset(text, language)


@register.filter
def own_name(code: str) -> str:
    """What a language is called in itself."""
    return text_language.native_name(code)


@register.simple_tag(takes_context=True)
def names_of(context: dict[str, Any], article: Any) -> SafeString:
    """Who signs an article, each name a link."""
    authors = related_values(article, "bylines", "name", "slug")
    return mark_safe(names_markup(authors, _shelf(context).code))  # noqa: S308 - escaped


@register.simple_tag(takes_context=True)
def sections(context: dict[str, Any]) -> navigation.Menu:
    """The menu in the head; among the lists of one language, of what there is in it."""
    ways = _shelf(context).menu(context["navigation"].sections)
    return navigation.Menu(ways, context["publication"].language_codes[0])


@register.filter
def kind_beside(article: Any, sections: str) -> str:
    """The kind of an article, unless a section named beside it says the same word.

    `sections` is “primary” where only the primary one is named, or “all”.
    """
    rows = list(article.article_categories.all())
    named = rows[:1] if sections == "primary" else rows
    names = {row.category.name.casefold() for row in named}
    return "" if article.kind.name.casefold() in names else article.kind.name


@register.simple_tag(takes_context=True)
def credit(context: dict[str, Any], image: Image) -> SafeString:
    """A picture's credit in the publication's wording, with its link; nothing where it needs none."""
    return credit_line(image, context["publication"])


@register.simple_tag(takes_context=True)
def caption(context: dict[str, Any], figure: Figure) -> SafeString:
    """What stands below a picture in an article: caption, credit, and at length what it shows."""
    markup = caption_markup(figure.image, figure.caption, context["publication"])
    return mark_safe(typography.typeset_html(markup, _around(context)))  # noqa: S308 - as it was
