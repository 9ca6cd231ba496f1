"""What there is to read about, who writes, and what was put right."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from articles.reading import meta
from articles.reading.indexes import (
    authors_page,
    by_letter,
    corrections_count,
    corrections_page,
    tags_page,
)
from articles.reading.showing import shown
from iria.kit.caching import public_page
from iria.kit.held import Held
from iria.publication.speaking import in_its_language

_corrections: Held[int] = Held()
"""How many corrections there are changes with the rows alone."""


@public_page
@in_its_language
def tags(request: HttpRequest) -> HttpResponse:
    page = tags_page(request.GET.get("page"))
    words = gettext("Everything our articles are about.")
    about = meta.of_list(request, gettext("Topics"), page, description=words)
    context = {"letters": list(by_letter(page.object_list)), "page": page, "meta": about}
    return shown(request, "articles/reading/tags.html", context)


@public_page
@in_its_language
def authors(request: HttpRequest) -> HttpResponse:
    page = authors_page(request.GET.get("page"))
    words = gettext("Everybody who writes here.")
    about = meta.of_list(request, gettext("Authors"), page, description=words)
    return shown(request, "articles/reading/authors.html", {"page": page, "meta": about})


@public_page
@in_its_language
def corrections(request: HttpRequest) -> HttpResponse:
    number = request.GET.get("page")
    page = corrections_page(number, lambda: _corrections.of(request, "", corrections_count))
    about = meta.of_list(
        request,
        gettext("Corrections"),
        page,
        description=gettext("What we got wrong and put right, newest first."),
    )
    return shown(request, "articles/reading/corrections.html", {"page": page, "meta": about})
