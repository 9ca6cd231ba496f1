"""A picture of an article, large, with its words and its credit: what a click on it leads to."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from articles.editorial.models import Article, Figure
from articles.images.showing import plain_rendition
from articles.reading import meta
from articles.reading.showing import shown
from articles.reading.views.article import article_at
from iria.kit.caching import public_page
from iria.kit.speaking import speaking
from iria.publication.speaking import in_its_language


@public_page
@in_its_language
def picture(request: HttpRequest, year: int, month: int, slug: str, picture: int) -> HttpResponse:
    """Named by the picture's number in the library, so an address outlives a figure put in before it."""
    article = next(iter(article_at(year, month, slug)), None)
    figures = list(figures_to_enlarge(article)) if article else []
    places = [place for place, each in enumerate(figures) if each.image_id == picture]
    if article is None or not places:
        raise Http404
    with speaking(article.language):
        context = _around(article, figures, places[0])
        context["meta"] = meta.of_picture(request, article, context["figure"], places[0] + 1)
        return shown(request, "articles/reading/picture.html", context)


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
