"""The page of an article, its preview, and the large view of its images."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from articles.body.rendering import Drawn, Heading
from articles.comments.thread_queries import article_id_at
from articles.comments.threads import thread_of
from articles.editorial.models import Article, ArticleType, Figure
from articles.editorial.preview_links import read_preview_token
from articles.editorial.rendering import draw_body, texts_with_urls
from articles.embeds.iframes import allow_frames, draw_embed, embeds_for
from articles.images.srcset import plain_rendition
from articles.public import page_meta
from articles.public.article_page import (
    authors_with_portraits,
    kicker_section,
    lead_media,
    mail_link,
    minutes_to_read,
    series_position,
    share_links,
    translations_of,
)
from articles.public.navigation import article_listing_scope
from articles.public.responses import private, render_public_page
from articles.related.models import RELATED_SCOPE
from articles.related.read_next import read_next
from iria.core.db.queries import Prepared
from iria.core.http.cache_versions import thread
from iria.core.http.page_cache import public_page
from iria.core.http.urls import absolute_url
from iria.core.security import BrokenToken, ExpiredToken
from iria.core.text.language import use_language
from iria.publication.context_processors import in_its_language, publication_of

article_at = Prepared(
    lambda year, month, slug: (
        Article.objects.published().for_page().filter(year=year, month=month, slug=slug)
    ),
    [int, int, str],
)

MIN_HEADINGS: Final = 3
MIN_MINUTES: Final = 4
"""Minimum number of headings, and of minutes, for a table of contents."""

Template = ArticleType.Template
WITH_CONTENTS: Final = {Template.ANALYSIS, Template.REPORT}
"""Article types that have a table of contents even if the text is short."""


def _scopes(request: HttpRequest, year: int, month: int, slug: str) -> tuple[str, ...]:
    """The comments and the computed neighbours of an article, which change without its row."""
    article_id = article_id_at(year, month, slug)
    return () if article_id is None else (thread(article_id), f"{RELATED_SCOPE}{article_id}")


@public_page(also=_scopes, by_row=True)
@in_its_language
def article(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    chosen = next(iter(article_at(year, month, slug)), None)
    if chosen is None:
        raise Http404
    with use_language(chosen.language):
        comments = thread_of(chosen, publication_of(request))
        translations = translations_of(chosen)
        context = {
            **article_context(request, chosen),
            "thread": comments,
            "listing_scope": article_listing_scope(chosen, request),
            "translations": translations,
            "mail_link": mail_link(chosen),
            "share_links": share_links(chosen, publication_of(request)),
            "url": absolute_url(chosen.get_absolute_url()),
        }
        context["meta"] = page_meta.article_meta(
            request, chosen, comments, translations, context["media"], context["embeds"].frames
        )
        response = render_public_page(request, template_of(chosen), context)
        return allow_frames(response, context["embeds"])


def template_of(article: Article) -> str:
    """The template of the article's type."""
    return f"articles/public/types/{article.kind.template}.html"


def article_context(request: HttpRequest, chosen: Article) -> dict[str, Any]:
    """The context of the article itself, for the templates of the article types.

    A preview adds `preview`, the text of its banner.
    """
    embeds, minutes = embeds_for(chosen.body), minutes_to_read(chosen.body)
    figure = _lead(chosen)
    lead = figure if figure is not None and chosen.shows(figure.image) else None
    lightbox_url = _lightbox_url(chosen, lead)
    media = lead_media(chosen, embeds.frames)
    drawn = draw_body(
        chosen,
        publication_of(request),
        embeds,
        without_file=media.file.pk if media.file else None,
        without_embed=media.embed.url if media.embed else "",
    )
    return {
        "article": chosen,
        "authors": authors_with_portraits(chosen),
        "section": kicker_section(chosen),
        "lead": lead,
        "media": media,
        "video": draw_embed(media.embed, embeds) if media.embed else "",
        "unavailable": figure if lead is None else None,
        "lightbox_url": lightbox_url,
        "lightbox_count": drawn.html.count('class="enlarge"') + bool(lightbox_url),
        "body": mark_safe(drawn.html),  # noqa: S308 - sanitised when rendered
        "contents": table_of_contents(drawn, minutes, Template(chosen.kind.template)),
        "links": [absolute_url(link) if link.startswith("/") else link for link in drawn.links],
        "embeds": embeds,
        "minutes": minutes,
        "series": series_position(chosen),
        "related": read_next(chosen),
        "page_language": chosen.language,
    }


def table_of_contents(drawn: Drawn, minutes: int, template: Template) -> list[Heading]:
    """The headings of a report, an analysis or a long text; none if there are few."""
    parts = [heading for heading in drawn.headings if heading.level == 2]
    is_long = minutes >= MIN_MINUTES or template in WITH_CONTENTS
    return parts if len(parts) >= MIN_HEADINGS and is_long else []


def _lead(article: Article) -> Figure | None:
    """The figure of its lead image, visible or hidden, with its caption as readers see it."""
    found = (each for each in article.figures.all() if each.place == Figure.Place.LEAD)
    lead = next(found, None)
    if lead is not None:
        [lead.caption] = texts_with_urls([lead.caption])
    return lead


def _lightbox_url(article: Article, lead: Figure | None) -> str:
    """The URL of the large view of the lead image, if it has a rendition."""
    has_rendition = lead is not None and lead.image.sizes and article.is_published
    return lead.get_absolute_url() if lead is not None and has_rendition else ""


BANNERS = {
    Article.State.DRAFT: gettext_lazy("Draft. This article is not published and may change."),
    Article.State.SCHEDULED: gettext_lazy("Scheduled. This article is not published yet."),
    Article.State.PUBLISHED: gettext_lazy("Draft. Readers do not see these changes yet."),
    Article.State.UNPUBLISHED: gettext_lazy("Unpublished. Readers cannot see this article."),
}


@require_safe
@in_its_language
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The article as on its page, but neither cached nor indexed."""
    try:
        chosen, is_live = read_preview_token(token)
    except ExpiredToken:
        return private(
            _preview_error(request, gettext("This preview link has expired."), status=410)
        )
    except BrokenToken:
        return private(
            _preview_error(request, gettext("This preview link is invalid."), status=404)
        )
    if is_live:
        return private(redirect(chosen.get_absolute_url()))
    with use_language(chosen.language):
        context = {
            **article_context(request, chosen),
            "preview": BANNERS[Article.State(chosen.state)],
        }
        response = render(request, template_of(chosen), context)
        return private(allow_frames(response, context["embeds"]))


def _preview_error(request: HttpRequest, message: str, *, status: int) -> HttpResponse:
    context = {"sentence": message}
    return render(request, "articles/public/preview_expired.html", context, status=status)


@public_page(by_row=True)
@in_its_language
def image_view(
    request: HttpRequest, year: int, month: int, slug: str, image_id: int
) -> HttpResponse:
    """The URL has the id of the image, so it stays valid if a figure is inserted before it."""
    article = next(iter(article_at(year, month, slug)), None)
    figures = list(lightbox_figures(article)) if article else []
    indexes = [index for index, each in enumerate(figures) if each.image_id == image_id]
    if article is None or not indexes:
        raise Http404
    with use_language(article.language):
        context = _adjacent_figures(article, figures, indexes[0])
        context["meta"] = page_meta.image_meta(request, article, context["figure"], indexes[0] + 1)
        return render_public_page(request, "articles/public/image.html", context)


def lightbox_figures(article: Article) -> Iterator[Figure]:
    """The visible figures, each image once: the lead image, then in the order of the text."""
    seen: set[int] = set()
    for figure in filter(attrgetter("is_on_page"), article.figures.all()):
        has_rendition = article.shows(figure.image) and plain_rendition(figure.image)
        if has_rendition and figure.image_id not in seen:
            seen.add(figure.image_id)
            yield figure


def _adjacent_figures(article: Article, figures: list[Figure], index: int) -> dict[str, Any]:
    shown = figures[index]
    [shown.caption] = texts_with_urls([shown.caption])
    return {
        "article": article,
        "figure": shown,
        "place": index + 1,
        "count": len(figures),
        "earlier": figures[index - 1] if index else None,
        "later": figures[index + 1] if index + 1 < len(figures) else None,
        "page_language": article.language,
    }
