"""The page of an article.

An article before it is published, for whoever holds the link.

A picture of an article, large, with its words and its credit: what a click on it leads to.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from articles.body.rendering import Drawn, Heading
from articles.comments.threads.builder import thread_of
from articles.comments.threads.permalinks import thread_scope
from articles.editorial.models import Article, Figure
from articles.editorial.preview_links import read_preview_token
from articles.editorial.rendering import draw_body
from articles.embeds.iframes import allow, frames_of
from articles.images.srcset import plain_rendition
from articles.public.article_page import around, minutes_to_read, place_in_series, ways_to_share
from articles.public.listing_scope import shelf_for
from articles.public.responses import render_public_page
from articles.public.seo import page_meta
from articles.related.read_next import related_to
from iria.core.db.compiled_queries import Prepared
from iria.core.http.page_cache import public_page
from iria.core.http.urls import absolute_url
from iria.core.security.signed_tokens import BrokenToken, ExpiredToken
from iria.core.text.language import use_language
from iria.publication.context_processors import publication_of
from iria.publication.language import in_its_language

article_at = Prepared(
    lambda year, month, slug: (
        Article.objects.published().for_page().filter(year=year, month=month, slug=slug)
    ),
    [int, int, str],
)

CONTENTS_FROM: Final = 3
LONG: Final = 4
"""Parts and minutes from which a text has a table of contents."""


@public_page(also=thread_scope)
@in_its_language
def article(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    chosen = next(iter(article_at(year, month, slug)), None)
    if chosen is None:
        raise Http404
    with use_language(chosen.language):
        thread = thread_of(chosen, publication_of(request))
        beside = around(chosen)
        context = {
            **text_of(request, chosen),
            "thread": thread,
            "series": place_in_series(chosen),
            "shelf": shelf_for(chosen, request),
            "around": beside,
            "sharing": ways_to_share(chosen, publication_of(request)),
            "address": absolute_url(chosen.get_absolute_url()),
            "related": related_to(chosen),
            "meta": page_meta.of_article(request, chosen, thread, beside.translations),
        }
        response = render_public_page(request, "articles/public/article.html", context)
        return allow(response, context["frames"])


def text_of(request: HttpRequest, chosen: Article) -> dict[str, Any]:
    """What the page shows of the article itself, for `articles/public/article.html`.

    A page that shows something unpublished adds `preview`, the words of its banner.
    """
    frames, minutes = frames_of(chosen.body), minutes_to_read(chosen.body)
    used = _lead(chosen)
    lead = used if used is not None and chosen.shows(used.image) else None
    large = _large(chosen, lead)
    drawn = draw_body(chosen, publication_of(request), frames)
    return {
        "article": chosen,
        "authors": [row.author for row in chosen.bylines.all()],
        "lead": lead,
        "withheld": used if lead is None else None,
        "large": large,
        "enlarged": drawn.html.count('class="enlarge"') + bool(large),
        "body": mark_safe(drawn.html),  # noqa: S308 - sanitised as it was drawn
        "contents": contents_of(drawn, minutes),
        "links": [absolute_url(link) if link.startswith("/") else link for link in drawn.links],
        "frames": frames,
        "minutes": minutes,
        "page_language": chosen.language,
    }


def contents_of(drawn: Drawn, minutes: int) -> list[Heading]:
    """The headings of a text long enough to be looked through before it is read; else none."""
    parts = [heading for heading in drawn.headings if heading.level == 2]
    return parts if len(parts) >= CONTENTS_FROM and minutes >= LONG else []


def _lead(article: Article) -> Figure | None:
    """The use of its lead picture, shown or withheld."""
    return next((each for each in article.figures.all() if each.place == Figure.Place.LEAD), None)


def _large(article: Article, lead: Figure | None) -> str:
    """Where the lead picture is seen large, once there is a file of it."""
    ready = lead is not None and lead.image.sizes and article.is_published
    return lead.get_absolute_url() if lead is not None and ready else ""


BANNERS = {
    Article.State.DRAFT: gettext_lazy("This is a draft. It is not published, and may change."),
    Article.State.SCHEDULED: gettext_lazy(
        "This article is not published yet; it goes out at a set time."
    ),
    Article.State.UNPUBLISHED: gettext_lazy("This article was withdrawn. Readers do not see it."),
}


@require_safe
@in_its_language
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The article in its page's own form, kept by nobody and found by no search engine."""
    try:
        chosen = read_preview_token(token)
    except ExpiredToken:
        return _private(_over(request, gettext("This preview link has expired."), status=410))
    except BrokenToken:
        return _private(_over(request, gettext("This preview link is incomplete."), status=404))
    if chosen.is_published:
        return _private(redirect(chosen.get_absolute_url()))
    with use_language(chosen.language):
        context = {**text_of(request, chosen), "preview": BANNERS[Article.State(chosen.state)]}
        response = render(request, "articles/public/article.html", context)
        return _private(allow(response, context["frames"]))


def _over(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    context = {"sentence": sentence}
    return render(request, "articles/public/preview_over.html", context, status=status)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # The address is the right to read; it is not to travel on with a click.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@public_page
@in_its_language
def picture(request: HttpRequest, year: int, month: int, slug: str, picture: int) -> HttpResponse:
    """Named by the picture's number in the library, so an address outlives a figure put in before it."""
    article = next(iter(article_at(year, month, slug)), None)
    figures = list(figures_to_enlarge(article)) if article else []
    places = [place for place, each in enumerate(figures) if each.image_id == picture]
    if article is None or not places:
        raise Http404
    with use_language(article.language):
        context = _around(article, figures, places[0])
        context["meta"] = page_meta.of_picture(request, article, context["figure"], places[0] + 1)
        return render_public_page(request, "articles/public/picture.html", context)


def figures_to_enlarge(article: Article) -> Iterator[Figure]:
    """The article's pictures that can be seen, each once: the lead, then as in the text."""
    seen: set[int] = set()
    for figure in article.figures.all():
        ready = article.shows(figure.image) and plain_rendition(figure.image)
        if ready and figure.image_id not in seen:
            seen.add(figure.image_id)
            yield figure


def _around(article: Article, figures: list[Figure], place: int) -> dict[str, Any]:
    return {
        "article": article,
        "figure": figures[place],
        "place": place + 1,
        "count": len(figures),
        "earlier": figures[place - 1] if place else None,
        "later": figures[place + 1] if place + 1 < len(figures) else None,
        "page_language": article.language,
    }
