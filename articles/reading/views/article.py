"""The page of an article."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from articles.comments.generation import thread_scope
from articles.comments.threads import thread_of
from articles.editorial.models import Article, Figure
from articles.editorial.rendering import render_body
from articles.reading import meta
from articles.reading.duration import minutes_to_read
from articles.reading.showing import shown
from articles.related.reading_next import related_to
from iria.kit.caching import public_page
from iria.kit.speaking import speaking
from iria.publication.context import publication_of
from iria.publication.speaking import in_its_language


@public_page(also=thread_scope)
@in_its_language
def article(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    chosen = get_object_or_404(
        Article.objects.published().for_page(), year=year, month=month, slug=slug
    )
    with speaking(chosen.language):
        thread = thread_of(chosen)
        context = {
            **text_of(request, chosen),
            "thread": thread,
            "related": related_to(chosen),
            "meta": meta.of_article(request, chosen, comments=thread.count),
        }
        return shown(request, "articles/reading/article.html", context)


def text_of(request: HttpRequest, chosen: Article) -> dict[str, object]:
    """What the page shows of the article itself, for `articles/reading/article.html`.

    A page that shows something unpublished adds `preview`, the words of its banner.
    """
    return {
        "article": chosen,
        "lead": _lead(chosen),
        "body": render_body(chosen, publication_of(request)),
        "minutes": minutes_to_read(chosen.body),
        "page_language": chosen.language,
    }


def _lead(article: Article) -> Figure | None:
    figures = article.figures.all()
    leads = [
        each for each in figures if each.place == Figure.Place.LEAD and each.image.may_be_shown
    ]
    return leads[0] if leads else None
