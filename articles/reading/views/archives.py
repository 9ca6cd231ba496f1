"""Pages by time: years and months, of everything or of what is in one language."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext

from articles.editorial.models import Scope
from articles.reading import meta
from articles.reading.archive import archive_of
from articles.reading.shelf import Shelf, shelf_of
from articles.reading.showing import shown
from iria.kit.addresses import address_of
from iria.kit.caching import public_page
from iria.kit.paging import page_of
from iria.kit.speaking import own_name, speaking
from iria.publication.context import publication_of
from iria.publication.speaking import in_its_language


@public_page
@in_its_language
def archive(request: HttpRequest, code: str = "") -> HttpResponse:
    """Every year and month with how much was published in it."""
    shelf = shelf_of(request, code)
    found = archive_of(shelf)
    with speaking(code):
        words = gettext("Everything we have published, by year and month.")
        about = meta.of_page(request, shelf.called(gettext("Archive")), words)
        context = {"archive": found, "description": words, "meta": about, **beside(shelf)}
        context["others"] = _other_archives(request, code)
        return shown(request, "articles/reading/archive.html", context)


@public_page
@in_its_language
def year(request: HttpRequest, year: int, code: str = "") -> HttpResponse:
    shelf = shelf_of(request, code)
    archive = archive_of(shelf)
    months = archive.of_year(year)
    if not months:
        raise Http404
    page = page_of(shelf.listing(Scope.YEAR, year), request.GET.get("page"))
    with speaking(code):
        about = meta.of_list(
            request,
            shelf.called(str(year)),
            page,
            description=gettext("What was published in %(when)s.") % {"when": year},
            above=shelf.crumbs,
            cards=page,
        )
        context = {"year": year, "months": months, "archive": archive, "page": page}
        context |= {"meta": about, **beside(shelf)}
        return shown(request, "articles/reading/year.html", context)


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
    with speaking(code):
        name = date_format(chosen.first_day, "F Y")
        about = meta.of_list(
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
        return shown(request, "articles/reading/month.html", context)


def beside(shelf: Shelf) -> dict[str, object]:
    """What a page of one language's list shows besides the list; a page of everything, nothing."""
    return {"shelf": shelf, "page_language": shelf.code} if shelf.code else {}


def _other_archives(request: HttpRequest, code: str) -> list[tuple[str, str, str]]:
    """Name, address and code of the archives of the languages, where there are several."""
    codes = publication_of(request).language_codes
    if len(codes) < 2:
        return []
    return [
        (own_name(each), address_of("language_archive", each), each)
        for each in codes
        if each != code
    ]
