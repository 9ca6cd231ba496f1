"""Pages by time: years, months, corrections."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext

from articles.editorial.models import Article, Correction
from articles.reading import meta
from articles.reading.archive import archive_of
from articles.reading.indexes import AUTHORS, TAGS, authors_in_print, by_letter, tags_in_use
from articles.reading.showing import shown
from iria.kit.caching import public_page
from iria.kit.paging import page_of
from iria.publication.speaking import in_its_language


@public_page
@in_its_language
def archive(request: HttpRequest) -> HttpResponse:
    """Every year and month with how much was published in it."""
    found = archive_of(Article.objects.published())
    words = gettext("Everything we have published, by year and month.")
    about = meta.of_page(request, gettext("Archive"), words)
    context = {"archive": found, "description": words, "meta": about}
    return shown(request, "articles/reading/archive.html", context)


@public_page
@in_its_language
def tags(request: HttpRequest) -> HttpResponse:
    page = page_of(tags_in_use(), request.GET.get("page"), size=TAGS)
    words = gettext("Everything our articles are about.")
    about = meta.of_list(request, gettext("Topics"), page, description=words)
    context = {"letters": list(by_letter(page.object_list)), "page": page, "meta": about}
    return shown(request, "articles/reading/tags.html", context)


@public_page
@in_its_language
def authors(request: HttpRequest) -> HttpResponse:
    page = page_of(authors_in_print(), request.GET.get("page"), size=AUTHORS)
    words = gettext("Everybody who writes here.")
    about = meta.of_list(request, gettext("Authors"), page, description=words)
    return shown(request, "articles/reading/authors.html", {"page": page, "meta": about})


@public_page
@in_its_language
def year(request: HttpRequest, year: int) -> HttpResponse:
    archive = archive_of(Article.objects.published())
    months = archive.of_year(year)
    if not months:
        raise Http404
    cards = Article.objects.published().filter(year=year).newest().for_cards()
    page = page_of(cards, request.GET.get("page"))
    words = gettext("What was published in %(when)s.") % {"when": year}
    about = meta.of_list(request, str(year), page, description=words)
    context = {"year": year, "months": months, "archive": archive, "page": page, "meta": about}
    return shown(request, "articles/reading/year.html", context)


@public_page
@in_its_language
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    archive = archive_of(Article.objects.published())
    chosen = next((each for each in archive.of_year(year) if each.month == month), None)
    if chosen is None:
        raise Http404
    cards = Article.objects.published().filter(year=year, month=month).newest().for_cards()
    page = page_of(cards, request.GET.get("page"))
    name = date_format(chosen.first_day, "F Y")
    earlier, later = archive.around(year, month)
    about = meta.of_list(
        request,
        name,
        page,
        description=gettext("What was published in %(when)s.") % {"when": name},
        above=[(str(year), f"/{year:04}/")],
    )
    context = {"month": chosen, "earlier": earlier, "later": later, "page": page, "meta": about}
    return shown(request, "articles/reading/month.html", context)


@public_page
@in_its_language
def corrections(request: HttpRequest) -> HttpResponse:
    found = (
        Correction.objects.filter(article__in=Article.objects.published())
        .select_related("article")
        .defer("article__body", "article__search_description")
    )
    page = page_of(found, request.GET.get("page"))
    about = meta.of_list(
        request,
        gettext("Corrections"),
        page,
        description=gettext("What we got wrong and put right, newest first."),
    )
    return shown(request, "articles/reading/corrections.html", {"page": page, "meta": about})
