"""The page of an article."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import mark_safe

from articles.body.rendering import Drawn, Heading
from articles.comments.generation import thread_scope
from articles.comments.threads import thread_of
from articles.editorial.models import Article, Figure
from articles.editorial.rendering import draw_body
from articles.embeds.frames import allow, frames_of
from articles.reading import meta
from articles.reading.around import around
from articles.reading.duration import minutes_to_read
from articles.reading.series import place_in_series
from articles.reading.sharing import ways_to_share
from articles.reading.shelf import shelf_for
from articles.reading.showing import shown
from articles.related.reading_next import related_to
from iria.kit.addresses import absolute
from iria.kit.caching import public_page
from iria.kit.prepared import Prepared
from iria.kit.speaking import speaking
from iria.publication.context import publication_of
from iria.publication.speaking import in_its_language

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
    with speaking(chosen.language):
        thread = thread_of(chosen, publication_of(request))
        beside = around(chosen)
        context = {
            **text_of(request, chosen),
            "thread": thread,
            "series": place_in_series(chosen),
            "shelf": shelf_for(chosen, request),
            "around": beside,
            "sharing": ways_to_share(chosen, publication_of(request)),
            "address": absolute(chosen.get_absolute_url()),
            "related": related_to(chosen),
            "meta": meta.of_article(request, chosen, thread, beside.translations),
        }
        response = shown(request, "articles/reading/article.html", context)
        return allow(response, context["frames"])


def text_of(request: HttpRequest, chosen: Article) -> dict[str, Any]:
    """What the page shows of the article itself, for `articles/reading/article.html`.

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
        "links": [absolute(link) if link.startswith("/") else link for link in drawn.links],
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
