"""Archive pages by year and month, of one language; lists of tags, authors and corrections."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Page
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.lookups import LessThanOrEqual
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.listings import Listing, counts_of, targets_of
from articles.editorial.models import Correction, ListingEntry, Scope
from articles.public import page_meta
from articles.public.navigation import FIRST_LANGUAGE, ListingScope, listing_scope
from articles.public.responses import render_public_page
from iria.core.http.cache_versions import ProcessCache
from iria.core.http.page_cache import public_page
from iria.core.http.urls import url_path
from iria.core.pagination import page_of
from iria.core.text.language import use_language
from iria.core.text.languages import native_name
from iria.publication.context_processors import in_its_language, publication_of


@public_page(by_row=True)
@in_its_language
def archive(request: HttpRequest, code: str = "") -> HttpResponse:
    """Every year and month with its number of articles."""
    scope = listing_scope(request, code)
    found = get_archive(scope)
    with use_language(code):
        description = gettext("All articles by year and month.")
        meta = page_meta.simple_page_meta(request, scope.title_for(gettext("Archive")), description)
        context = {
            "archive": found,
            "description": description,
            "meta": meta,
            **scope_context(scope),
        }
        context["others"] = _other_archives(request, code)
        return render_public_page(request, "articles/public/archive.html", context)


@public_page(parameters=("page",), by_row=True)
@in_its_language
def year(request: HttpRequest, year: int, code: str = "") -> HttpResponse:
    scope = listing_scope(request, code)
    archive = get_archive(scope)
    months = archive.of_year(year)
    if not months:
        return redirect("language_year", other_language_or_404(scope, Scope.YEAR, year), year)
    page = page_of(scope.listing(Scope.YEAR, year), request.GET.get("page"))
    with use_language(code):
        meta = page_meta.listing_meta(
            request,
            scope.title_for(str(year)),
            page,
            description=gettext("Articles published in %(when)s.") % {"when": year},
            above=scope.crumbs,
            cards=page,
        )
        context = {"year": year, "months": months, "archive": archive, "page": page}
        context |= {"meta": meta, **scope_context(scope)}
        return render_public_page(request, "articles/public/year.html", context)


@public_page(parameters=("page",), by_row=True)
@in_its_language
def month(request: HttpRequest, year: int, month: int, code: str = "") -> HttpResponse:
    scope = listing_scope(request, code)
    archive = get_archive(scope)
    current = next((each for each in archive.of_year(year) if each.month == month), None)
    if current is None:
        other = other_language_or_404(scope, Scope.MONTH, year * 100 + month)
        return redirect("language_month", other, year, month)
    listing = scope.listing(Scope.MONTH, year * 100 + month)
    page = page_of(listing, request.GET.get("page"))
    earlier, later = archive.around(year, month)
    above = scope.url("year", year)
    with use_language(code):
        name = date_format(current.first_day, "YEAR_MONTH_FORMAT")
        meta = page_meta.listing_meta(
            request,
            scope.title_for(name),
            page,
            description=gettext("Articles published in %(when)s.") % {"when": name},
            above=[*scope.crumbs, (str(year), above)],
            cards=page,
        )
        context = {
            "month": current,
            "earlier": earlier,
            "later": later,
            "page": page,
            "above": above,
            "meta": meta,
            **scope_context(scope),
        }
        return render_public_page(request, "articles/public/month.html", context)


def only_other_language(scope: ListingScope, kind: Scope, target: int) -> str:
    """A language in which a list has articles that has none in the publication's first language."""
    if scope.code or not scope.others:
        return ""
    return Listing(kind, target).entries.values_list("language", flat=True).first() or ""


def other_language_or_404(scope: ListingScope, kind: Scope, target: int) -> str:
    code = only_other_language(scope, kind, target)
    if not code:
        raise Http404
    return code


def scope_context(scope: ListingScope) -> dict[str, object]:
    """Additional context for lists of another language than the first."""
    return {"listing_scope": scope, "page_language": scope.code} if scope.code else {}


def _other_archives(request: HttpRequest, code: str) -> list[tuple[str, str, str]]:
    """Name, URL and code of the archives of the other languages."""
    first, *others = publication_of(request).language_codes
    archives = [(native_name(first), url_path("archive"), first)]
    archives += [(native_name(each), url_path("language_archive", each), each) for each in others]
    return [each for each in archives if each[2] != (code or first)]


_corrections: ProcessCache[int] = ProcessCache()
"""The number of corrections; it changes only with the rows."""


@public_page(parameters=("page",), by_row=True)
@in_its_language
def tags(request: HttpRequest, code: str = "") -> HttpResponse:
    scope = listing_scope(request, code)
    page = tags_page(request.GET.get("page"), scope)
    with use_language(code):
        description = gettext("All topics of our articles.")
        return _by_initial(request, "tags", page, scope, gettext("Topics"), description)


@public_page(parameters=("page",), by_row=True)
@in_its_language
def authors(request: HttpRequest, code: str = "") -> HttpResponse:
    scope = listing_scope(request, code)
    page = authors_page(request.GET.get("page"), scope)
    with use_language(code):
        description = gettext("All authors.")
        return _by_initial(request, "authors", page, scope, gettext("Authors"), description)


def _by_initial(
    request: HttpRequest,
    name: str,
    page: Page[Any],
    scope: ListingScope,
    title: str,
    description: str,
) -> HttpResponse:
    title = scope.title_for(title)
    meta = page_meta.listing_meta(request, title, page, description=description, above=scope.crumbs)
    context = {"letters": list(group_by_initial(page.object_list)), "page": page, "meta": meta}
    context |= scope_context(scope)
    return render_public_page(request, f"articles/public/{name}.html", context)


@public_page(parameters=("page",), by_row=True)
@in_its_language
def corrections(request: HttpRequest) -> HttpResponse:
    number = request.GET.get("page")
    page = corrections_page(number, lambda: _corrections.of(request, "", corrections_count))
    meta = page_meta.listing_meta(
        request,
        gettext("Corrections"),
        page,
        description=gettext("All corrections, newest first."),
    )
    return render_public_page(
        request, "articles/public/corrections.html", {"page": page, "meta": meta}
    )


@dataclass(frozen=True, slots=True)
class Month:
    """A month with published articles."""

    year: int
    month: int
    count: int
    scope: ListingScope

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def url(self) -> str:
        return self.scope.url("month", self.year, self.month)


@dataclass(frozen=True, slots=True)
class Year:
    """A year with its number of articles, and its months in calendar order."""

    year: int
    count: int
    months: list[Month]
    scope: ListingScope

    @property
    def url(self) -> str:
        return self.scope.url("year", self.year)


@dataclass(frozen=True, slots=True)
class Archive:
    """Every month with articles, newest first; read in one query."""

    months: list[Month]
    scope: ListingScope

    def of_year(self, year: int) -> list[Month]:
        """The months of a year in calendar order."""
        return [month for month in reversed(self.months) if month.year == year]

    @property
    def years(self) -> list[Year]:
        """Each year, newest first."""
        counts: dict[int, int] = {}
        for month in self.months:
            counts[month.year] = counts.get(month.year, 0) + month.count
        return [Year(year, count, self.of_year(year), self.scope) for year, count in counts.items()]

    def around(self, year: int, month: int) -> tuple[Month | None, Month | None]:
        """The nearest month before and after that has articles."""
        earlier = [each for each in self.months if (each.year, each.month) < (year, month)]
        later = [each for each in self.months if (each.year, each.month) > (year, month)]
        return (earlier[0] if earlier else None, later[-1] if later else None)


def get_archive(scope: ListingScope) -> Archive:
    """The archive of these articles, by the year and month in their URLs."""
    counts = sorted(
        counts_of(Scope.MONTH, language=scope.code, others=scope.others).items(), reverse=True
    )
    return Archive([Month(*divmod(month, 100), count, scope) for month, count in counts], scope)


TAGS_PER_PAGE: int = 600
AUTHORS_PER_PAGE: int = 60


def tags_page(number: str | None, within: ListingScope = FIRST_LANGUAGE) -> "Page[Tag]":
    """A page of tags of published articles with their `count`, by name: two queries."""
    return _page(Tag.objects.all(), Scope.TAG, number, TAGS_PER_PAGE, within)


def authors_page(
    number: str | None, within: ListingScope = FIRST_LANGUAGE
) -> "Page[AuthorProfile]":
    """A page of authors of published articles with portrait and `count`: two queries."""
    profiles = AuthorProfile.objects.select_related("portrait__image")
    return _page(profiles, Scope.AUTHOR, number, AUTHORS_PER_PAGE, within)


def corrections_page(number: str | None, count: Callable[[], int]) -> "Page[Correction]":
    """A page of corrections of published articles, newest first: one query.

    Args:
        count: their number, which may be cached.
    """
    shown = _of_visible_articles().select_related("article")
    return page_of(
        _Counted(shown.defer("article__body", "article__search_description"), count), number
    )


def corrections_count() -> int:
    """How many corrections of published articles there are."""
    return _of_visible_articles().count()


def _of_visible_articles() -> "QuerySet[Correction]":
    """A condition by article id, which does not read all articles.

    The date is compared outside: within, the plan of a prepared statement would look through the list of
    all articles by date, and not for the article (100,000 articles: 34 instead of 0.1 ms).
    """
    listed = ListingEntry.objects.filter(scope=Scope.ALL, target=0, article=OuterRef("article"))
    published_at = Subquery(listed.values("published_at")[:1])
    return Correction.objects.filter(LessThanOrEqual(published_at, Value(timezone.now())))


class _Counted:
    """Rows whose number is known without counting them."""

    def __init__(self, rows: "QuerySet[Any]", size: Callable[[], int]) -> None:
        self._rows, self._size = rows, size

    def count(self) -> int:
        return self._size()

    __len__ = count

    def __getitem__(self, places: slice) -> "QuerySet[Any]":
        return self._rows[places]


def _page(
    rows: "QuerySet[Any]", scope: Scope, number: str | None, size: int, within: ListingScope
) -> "Page[Any]":
    counts = counts_of(scope, language=within.code, others=within.others)
    used = targets_of(scope, language=within.code, others=within.others)
    named = rows.filter(pk__in=used).order_by("name", "pk")
    page: Page[Any] = page_of(_Counted(named, counts.__len__), number, size=size)
    for row in page.object_list:
        row.count = counts.get(row.pk, 0)
    return page


def group_by_initial[Named: (Tag, AuthorProfile)](
    rows: Iterable[Named],
) -> Iterator[tuple[str, list[Named]]]:
    """Tags or authors by initial, ignoring accents."""
    for initial, group in groupby(sorted(rows, key=_sort_key), key=lambda row: _sort_key(row)[0]):
        yield initial, list(group)


def _sort_key(row: Tag | AuthorProfile) -> tuple[str, str]:
    plain = unicodedata.normalize("NFD", row.name).casefold()
    return plain[:1].upper(), plain
