"""Template tags for public pages: cards, bylines, dates, and the language of texts."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, repeat
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from articles.editorial.models import Figure
from articles.images.credit_line import credit_line
from articles.images.models import Image
from articles.images.srcset import caption_html
from articles.pages.models import Page
from articles.public.front_page.layout import SECTION_CARDS, Block, Pattern, Section
from articles.public.navigation import FIRST_LANGUAGE, ListingScope, NavLink, front_page_url
from articles.public.page_meta import PageMeta, preview_image, search_meta, static_page_meta
from articles.public.teaser_cards import (
    Card,
    CardPage,
    ImageCredits,
    byline_html,
    card_html,
    card_of,
    plain_byline_html,
)
from articles.search.results import SearchRequest
from iria.core.http.urls import safe_link
from iria.core.rendering import render_fragment
from iria.core.text import dates, languages, typography
from iria.core.text import language as text_language

register = template.Library()

NOTHING = mark_safe("")

register.filter("safe_link", safe_link)
register.filter("time_element", dates.time_element)
register.filter("typeset", typography.typeset)
register.filter("native_name", languages.native_name)


@register.filter
def direction(language: str | None) -> str:
    """The direction of a language: rtl or ltr."""
    return text_language.direction_of(language or "")


@register.filter
def unbroken(name: str) -> SafeString:
    """The name with non-breaking hyphens."""
    parts = (
        (format_html('<span class="together">{}</span>', word) if "-" in word else word,)
        for word in name.split(" ")
    )
    return format_html_join(" ", "{}", parts)


@register.simple_tag
def language_attributes(language: str, page_language: str) -> SafeString:
    """`lang` and `dir` for text in another language than the text it is in."""
    if language == page_language:
        return NOTHING
    return format_html(' lang="{}" dir="{}"', language, direction(language))


@register.simple_tag
def interface_attributes(page_language: str) -> SafeString:
    """The same for interface text within a text."""
    return language_attributes(text_language.interface_language(), page_language)


def _page_language(context: dict[str, Any]) -> str:
    """The language of the page; by default that of the interface."""
    return str(context.get("page_language") or text_language.interface_language())


@register.simple_tag(takes_context=True)
def language_of_page(context: dict[str, Any]) -> SafeString:
    """`lang` and `dir` of the whole page."""
    language = _page_language(context)
    return format_html('lang="{}" dir="{}"', language, direction(language))


@register.simple_tag(takes_context=True)
def interface_language(context: dict[str, Any], around: str = "") -> SafeString:
    """`lang` and `dir` for interface text within a page or text in another language."""
    return interface_attributes(around or _page_language(context))


@register.simple_tag(takes_context=True)
def publication_language(
    context: dict[str, Any], text: str = "", around: str = "", row: Any = None
) -> SafeString:
    """`lang` and `dir` for the publication's texts within interface text in another language.

    Args:
        text: a field of the publication or of `row` with translations, or `menu`.
        around: `page` if they are directly on a page, which may be in a third language.
        row: a row with translations, such as a category.
    """
    beside = _page_language(context) if around == "page" else text_language.interface_language()
    first, code = context["publication"].language_codes[0], text_language.content_language()
    if text == "menu":
        menus = context["publication"].resolved_menus or {}
        is_translated = code in menus.get("translations", {})
    else:
        owner = row or context["publication"]
        is_translated = bool(owner.translations.get(code, {}).get(text))
    return language_attributes(code if is_translated else first, beside)


@register.simple_tag(takes_context=True)
def shown_language(context: dict[str, Any]) -> str:
    """The language of the publication that the page is in, for the menu of languages."""
    codes: list[str] = context["publication"].language_codes
    language = _page_language(context)
    return language if language in codes else codes[0]


@register.simple_tag(takes_context=True)
def newsletter_url(context: dict[str, Any]) -> str:
    """The sign-up page, in the language that the page is in."""
    language, first = shown_language(context), context["publication"].language_codes[0]
    query = {} if language == first else {"language": language}
    return reverse("newsletter", query=query)


@register.simple_tag(takes_context=True)
def language_of(context: dict[str, Any], article: Any) -> SafeString:
    """`lang` and `dir` for an article's text on a page in another language."""
    return language_attributes(article.language, _page_language(context))


@register.simple_tag(takes_context=True)
def head(context: dict[str, Any]) -> SafeString:
    """The metadata of the page in its head; empty if the view passed no `meta`."""
    meta = context.get("meta")
    return _head(meta, context) if isinstance(meta, PageMeta) else NOTHING


@register.simple_tag(takes_context=True)
def static_page_head(context: dict[str, Any], page: Page, versions: Iterable[Page]) -> SafeString:
    """The same for a static page; `versions` are the page and its translations."""
    return _head(static_page_meta(page, versions, context["publication"]), context)


@register.simple_tag(takes_context=True)
def search_head(context: dict[str, Any], request: SearchRequest) -> SafeString:
    """The same for the search page."""
    return _head(search_meta(request, context["publication"]), context)


def _head(meta: PageMeta, context: dict[str, Any]) -> SafeString:
    publication = context["publication"]
    html = render_fragment(
        "articles/public/_head.html",
        title=meta.sharing_title or meta.title or publication.name,
        description=meta.plain_description,
        canonical=meta.canonical,
        earlier=meta.earlier,
        later=meta.later,
        alternates=tuple(meta.alternates),
        feeds=tuple(meta.feeds),
        site_name=publication.name,
        locale=text_language.locale_of(meta.language if meta.article else _page_language(context)),
        kind=meta.kind,
        url=meta.url,
        article_properties=tuple(meta.article_properties),
        image=preview_image(meta, publication),
        card="summary_large_image" if meta.image else "summary",
    )
    if not meta.data:
        return html
    # Not part of the fragment, since it has all comments of the page.
    data = format_html('<script type="application/ld+json">{}</script>', meta.structured)
    return SafeString(f"{html}\n{data}")


@register.simple_tag(takes_context=True)
def day(context: dict[str, Any], moment: datetime) -> SafeString:
    """The date in the publication's time zone, as in “4 March 2026”."""
    return dates.time_element(context["publication"].local(moment))


@register.simple_tag(takes_context=True)
def card(
    context: dict[str, Any],
    article: Any,
    rank: str = "entry",
    level: str = "h3",
    within: Any = None,
    use: str = "",
) -> SafeString:
    """An article in a list: `{% card article rank="lead" level="h2" within=category %}`."""
    return card_html(article, _card_page(context, within), rank=rank, level=level, use=use)


@register.simple_tag(takes_context=True)
def front_section(context: dict[str, Any], block: Block, section: Section) -> SafeString:
    """A section of a front page, rendered once for the cards and names that it shows."""
    category, page = section.category, _card_page(context, section.category)
    first_and_rest = SECTION_CARDS[Pattern(block.pattern)]
    ranks = chain(first_and_rest[:1], repeat(first_and_rest[1]))
    return render_fragment(
        "articles/public/_front_section.html",
        cards=tuple(
            card_of(article, page, rank=rank, use=use)
            for article, (rank, use) in zip(section.articles, ranks, strict=False)
        ),
        pattern=block.pattern,
        is_mirrored=block.is_mirrored,
        category_id=category.pk,
        name=category.local_name,
        url=listing_url(context, "category", category.path),
        children=tuple(
            (child.local_name, listing_url(context, "category", child.path))
            for child in section.children
        ),
        name_language=publication_language(context, "name", "page", category),
        page_language=page.language,
    )


@register.simple_tag(takes_context=True)
def card_values(context: dict[str, Any], article: Any) -> Card:
    """What the card of an article shows, for an entry with texts of its own."""
    return card_of(article, _card_page(context))


def _card_page(context: dict[str, Any], within: Any = None) -> CardPage:
    credits = context.get("image_credits")
    return CardPage(context["publication"], _page_language(context), within, credits)


@register.inclusion_tag("articles/public/_image_credits.html", takes_context=True)
def image_credits(context: dict[str, Any]) -> dict[str, Any]:
    """The credits of the images that the page has shown above without one."""
    credits = context.get("image_credits")
    shown = {"page_language": context.get("page_language")}
    return {**shown, "credits": credits.groups if isinstance(credits, ImageCredits) else []}


@register.simple_tag(takes_context=True)
def listing_url(context: dict[str, Any], page: str, *parts: str | int) -> str:
    """The URL of a list, within the current scope: `{% listing_url "year" 2026 %}`."""
    return _scope(context).url(page, *parts)


@register.simple_tag(takes_context=True)
def feed_url(context: dict[str, Any], feed_format: str = "") -> str:
    """The feed of the front page in the language that the page is in."""
    return f"{_scope(context).front_url}feed/{feed_format and f'{feed_format}/'}"


@register.simple_tag(takes_context=True)
def in_first_language(context: dict[str, Any]) -> SafeString:
    """`hreflang` for a link to a page that is in the publication's first language only."""
    first = context["publication"].language_codes[0]
    if shown_language(context) == first:
        return NOTHING
    return format_html(' hreflang="{}"', first)


def _scope(context: dict[str, Any]) -> ListingScope:
    """That of a list or article; elsewhere, as on a static page, that of the page's language."""
    scope: ListingScope | None = context.get("listing_scope")
    if scope is not None:
        return scope
    language, publication = shown_language(context), context["publication"]
    if language == publication.language_codes[0]:
        return FIRST_LANGUAGE
    return ListingScope(language, front_page_url(language, publication))


@register.simple_tag(takes_context=True)
def author_names(context: dict[str, Any], article: Any) -> SafeString:
    """The authors of an article as links."""
    return byline_html(article, _scope(context).code)


@register.simple_tag
def plain_names(article: Any) -> SafeString:
    """The authors of an article as words, where the entry is a link already."""
    return plain_byline_html(article)


@register.simple_tag(takes_context=True)
def main_menu(context: dict[str, Any]) -> list[NavLink]:
    """The menu of the header; on lists of one language, limited to that language."""
    return _scope(context).menu(context["navigation"].sections)


@register.filter
def has_portraits(authors: Iterable[Any]) -> bool:
    """Whether a portrait of one of the authors may be shown."""
    portraits = (getattr(author, "portrait", None) for author in authors)
    return any(portrait is not None and portrait.image.may_be_shown for portrait in portraits)


@register.filter
def has_bios(authors: Iterable[Any]) -> int:
    """How many of the authors have something to show below the article."""
    return sum(
        bool(author.biography or author.links or hasattr(author, "portrait")) for author in authors
    )


@register.simple_tag(takes_context=True)
def credit(context: dict[str, Any], image: Image) -> SafeString:
    """The credit of an image in the publication's format, with its link; empty if it has none."""
    return credit_line(image, context["publication"])


@register.simple_tag(takes_context=True)
def article_actions(context: dict[str, Any]) -> SafeString:
    """The quiet row of an article; nothing in a preview."""
    if context.get("preview"):
        return NOTHING
    thread = context["thread"]
    return render_fragment(
        "articles/public/_actions.html", thread_off=thread.off, thread_count=thread.count
    )


@register.simple_tag(takes_context=True)
def share_section(context: dict[str, Any]) -> SafeString:
    """The links to share an article."""
    return render_fragment(
        "articles/public/_share.html",
        title=context["article"].sharing_title,
        **{name: context[name] for name in ("url", "mail_link", "share_links")},
    )


@register.simple_tag(takes_context=True)
def caption(context: dict[str, Any], figure: Figure) -> SafeString:
    """The text below an image of an article: caption, credit and long description."""
    html = caption_html(figure.image, figure.caption, context["publication"])
    return mark_safe(typography.typeset_html(html, _page_language(context)))  # noqa: S308 - as it was
