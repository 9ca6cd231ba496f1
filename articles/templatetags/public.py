"""Tags for the public pages: dates in the publication's zone, the language of a piece of text."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from articles.editorial.models.article import RIGHT_TO_LEFT
from articles.images.crediting import credit_line
from articles.images.models import Image
from iria.kit.dates import time_element

register = template.Library()

INTERFACE_LANGUAGE = "en"
NOTHING = mark_safe("")


@register.filter
def direction(language: str | None) -> str:
    """How a language is written: rtl or ltr."""
    return "rtl" if (language or "").split("-")[0] in RIGHT_TO_LEFT else "ltr"


def _marked(language: str, around: str) -> SafeString:
    if language == around:
        return NOTHING
    return format_html(' lang="{}" dir="{}"', language, direction(language))


@register.simple_tag(takes_context=True)
def interface_language(context: dict[str, Any], around: str = "") -> SafeString:
    """Marks the interface's own words within a page, or within a text, in another language."""
    around = around or context.get("page_language") or INTERFACE_LANGUAGE
    return _marked(INTERFACE_LANGUAGE, around)


@register.simple_tag(takes_context=True)
def language_of(context: dict[str, Any], article: Any) -> SafeString:
    """Marks an article's words on a page that is in another language."""
    return _marked(article.language, context.get("page_language") or INTERFACE_LANGUAGE)


@register.simple_tag(takes_context=True)
def day(context: dict[str, Any], moment: datetime) -> SafeString:
    """The day of a moment in the publication's zone, as in “4 March 2026”."""
    return time_element(context["publication"].local(moment))


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
