"""Pages by time: years and months, of everything or of what is in one language.

What there is to read about, who writes, and what was put right.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext

from articles.editorial.models import Scope
from articles.public.archives import archive_of
from articles.public.listing_scope import ListingScope, shelf_of
from articles.public.responses import render_public_page
from articles.public.seo import page_meta
from articles.public.tag_and_author_lists import (
    authors_page,
    by_letter,
    corrections_count,
    corrections_page,
    tags_page,
)
from iria.core.http.cache_versions import ProcessCache
from iria.core.http.page_cache import public_page
from iria.core.http.urls import url_path
from iria.core.pagination import page_of
from iria.core.text.language import native_name, use_language
from iria.publication.context_processors import publication_of
from iria.publication.language import in_its_language


@public_page
@in_its_language
def archive(request: HttpRequest, code: str = "") -> HttpResponse:
    """Every year and month with how much was published in it."""
    shelf = shelf_of(request, code)
    found = archive_of(shelf)
    with use_language(code):
        words = gettext("Everything we have published, by year and month.")
        about = page_meta.of_page(request, shelf.called(gettext("Archive")), words)
        context = {"archive": found, "description": words, "meta": about, **beside(shelf)}
        context["others"] = _other_archives(request, code)
        return render_public_page(request, "articles/public/archive.html", context)


@public_page
@in_its_language
def year(request: HttpRequest, year: int, code: str = "") -> HttpResponse:
    shelf = shelf_of(request, code)
    archive = archive_of(shelf)
    months = archive.of_year(year)
    if not months:
        raise Http404
    page = page_of(shelf.listing(Scope.YEAR, year), request.GET.get("page"))
    with use_language(code):
        about = page_meta.of_list(
            request,
            shelf.called(str(year)),
            page,
            description=gettext("What was published in %(when)s.") % {"when": year},
            above=shelf.crumbs,
            cards=page,
        )
        context = {"year": year, "months": months, "archive": archive, "page": page}
        context |= {"meta": about, **beside(shelf)}
        return render_public_page(request, "articles/public/year.html", context)


@public_page
@in_its_language
def month(request: HttpRequest, year: int, month: int, code: str = "") -> HttpResponse:
    shelf = shelf_of(request, code)
    archive = archive_of(shelf)
    chosen = next((each for each in archive.of_year(year) if each.month == month), None)
    if chosen is None:
        raise Http404
    listing = shelf.listing(Scope.MONTH, year * 100 + month)
    page = page_of(listing, request.GET.get("page"))
    earlier, later = archive.around(year, month)
    above = shelf.address("year", year)
    with use_language(code):
        name = date_format(chosen.first_day, "F Y")
        about = page_meta.of_list(
            request,
            shelf.called(name),
            page,
            description=gettext("What was published in %(when)s.") % {"when": name},
            above=[*shelf.crumbs, (str(year), above)],
            cards=page,
        )
        context = {
            "month": chosen,
            "earlier": earlier,
            "later": later,
            "page": page,
            "above": above,
            "meta": about,
            **beside(shelf),
        }
        return render_public_page(request, "articles/public/month.html", context)


def beside(shelf: ListingScope) -> dict[str, object]:
    """What a page of one language's list shows besides the list; a page of everything, nothing."""
    return {"shelf": shelf, "page_language": shelf.code} if shelf.code else {}


def _other_archives(request: HttpRequest, code: str) -> list[tuple[str, str, str]]:
    """Name, address and code of the archives of the languages, where there are several."""
    codes = publication_of(request).language_codes
    if len(codes) < 2:
        return []
    return [
        (native_name(each), url_path("language_archive", each), each)
        for each in codes
        if each != code
    ]


_corrections: ProcessCache[int] = ProcessCache()
"""How many corrections there are changes with the rows alone."""


@public_page
@in_its_language
def tags(request: HttpRequest) -> HttpResponse:
    page = tags_page(request.GET.get("page"))
    words = gettext("Everything our articles are about.")
    about = page_meta.of_list(request, gettext("Topics"), page, description=words)
    context = {"letters": list(by_letter(page.object_list)), "page": page, "meta": about}
    return render_public_page(request, "articles/public/tags.html", context)


@public_page
@in_its_language
def authors(request: HttpRequest) -> HttpResponse:
    page = authors_page(request.GET.get("page"))
    words = gettext("Everybody who writes here.")
    about = page_meta.of_list(request, gettext("Authors"), page, description=words)
    return render_public_page(
        request, "articles/public/authors.html", {"page": page, "meta": about}
    )


@public_page
@in_its_language
def corrections(request: HttpRequest) -> HttpResponse:
    number = request.GET.get("page")
    page = corrections_page(number, lambda: _corrections.of(request, "", corrections_count))
    about = page_meta.of_list(
        request,
        gettext("Corrections"),
        page,
        description=gettext("What we got wrong and put right, newest first."),
    )
    return render_public_page(
        request, "articles/public/corrections.html", {"page": page, "meta": about}
    )
