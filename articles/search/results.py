"""The search page: a request parsed from its URL, and its results with facets."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote_plus, urlencode

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language_info, gettext

from accounts.models import AuthorProfile
from articles.editorial.models import ArticleType, Category
from articles.search.engine import InvalidQuery, ResultPage, search_articles
from articles.search.query import NO_FILTERS, SearchFilters, Sort
from articles.search.query_counts import countable_query
from articles.search.suggestions import correct_spelling
from iria.core.db.bulk import id_array
from iria.core.db.replica import reading
from iria.core.http.urls import absolute_url
from iria.core.text.languages import LANGUAGE_NAMES
from iria.core.text.validators import validate_storable

FACETS: Final = ("category", "author", "year", "kind", "language")
"""The names of the URL parameters; others are ignored."""


class InvalidFilter(InvalidQuery):
    """The value of a filter does not exist."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search request: text, filters, order, page."""

    text: str
    filters: SearchFilters = NO_FILTERS
    sort: Sort = Sort.BEST
    page: str = "1"

    def url(self, **changes: str) -> str:
        """Returns the URL of the first page, with some parameters changed.

        A parameter that is changed to an empty string is removed.
        """
        parameters = {"q": self.text, **self.filters.parameters}
        if self.sort is not Sort.BEST:
            parameters["sort"] = self.sort.value
        parameters |= changes
        return f"{reverse('search')}?{urlencode({key: each for key, each in parameters.items() if each})}"

    @property
    def query_string(self) -> str:
        """The query string without the order, because feeds have their own."""
        return self.url(sort="").partition("?")[2]

    def with_text(self, text: str) -> "SearchRequest":
        return replace(self, text=text)

    @property
    def is_plain(self) -> bool:
        """Whether there are no filters, order or page."""
        return self == SearchRequest(self.text)

    @property
    def sort_links(self) -> list[tuple[str, str]]:
        """Labels and URLs of the orders; the URL of the current one is empty."""
        names = {
            Sort.BEST: gettext("Relevance"),
            Sort.NEWEST: gettext("Newest first"),
            Sort.OLDEST: gettext("Oldest first"),
        }
        return [
            (name, "" if sort is self.sort else self.url(sort=sort.value.replace("best", "")))
            for sort, name in names.items()
        ]


def parse_request(parameters: Mapping[str, str]) -> SearchRequest:
    """Parses the parameters of a URL.

    Raises:
        InvalidFilter: a filter or an order does not exist; the message says which.
    """
    chosen = {name: value for name in FACETS if (value := parameters.get(name, "").strip())}
    return SearchRequest(
        # Some keyboards send a letter and its accent separately.
        text=unicodedata.normalize("NFC", parameters.get("q", "").strip()),
        filters=_filters(chosen) if chosen else NO_FILTERS,
        sort=_sort(parameters.get("sort", "").strip()),
        page=parameters.get("page", "").strip() or "1",
    )


def _filters(chosen: Mapping[str, str]) -> SearchFilters:
    for name, value in chosen.items():
        try:
            validate_storable(value)
        except ValidationError as error:
            raise InvalidFilter(_unknown(name, "�")) from error
    return SearchFilters(
        category=_row(Category.objects.all(), "category", "path", chosen),
        author=_row(AuthorProfile.objects.all(), "author", "slug", chosen),
        year=_year(chosen.get("year", "")),
        kind=_row(ArticleType.objects.all(), "kind", "slug", chosen),
        language=_language(chosen.get("language", "")),
    )


def _row[M: Model](rows: QuerySet[M], name: str, field: str, chosen: Mapping[str, str]) -> M | None:
    if name not in chosen:
        return None
    row = rows.filter(**{field: chosen[name]}).first()
    if row is None:
        raise InvalidFilter(_unknown(name, chosen[name]))
    return row


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and int(text)):
        raise InvalidFilter(_unknown("year", text))
    return int(text)


def _language(code: str) -> str:
    if code and code not in LANGUAGE_NAMES:
        raise InvalidFilter(_unknown("language", code))
    return code


def _sort(text: str) -> Sort:
    if text and text not in set(Sort):
        raise InvalidFilter(gettext("Invalid sort order. Choose best, newest or oldest first."))
    return Sort(text) if text else Sort.BEST


def _unknown(name: str, value: str) -> str:
    value = Truncator(value).chars(60)
    messages = {
        "category": gettext("There is no category “%(value)s”."),
        "author": gettext("There is no author “%(value)s”."),
        "year": gettext("“%(value)s” is not a valid year. Enter a year such as 2026."),
        "kind": gettext("There is no article type “%(value)s”."),
        "language": gettext("There is no language “%(value)s”."),
    }
    return messages[name] % {"value": value}


MAX_AUTHORS: Final = 30
INITIAL_CHOICES: Final = 8
"""Choices that are shown; the others are collapsed."""

COUNTS = """
WITH found AS (
    SELECT id, kind_id, language, year FROM articles_article WHERE id = ANY(%(articles)s::bigint[])
), filed AS MATERIALIZED (
    SELECT found.id, chosen.category_id FROM found CROSS JOIN LATERAL (
        SELECT category_id FROM articles_articlecategory WHERE article_id = found.id OFFSET 0
    ) AS chosen
), signed AS MATERIALIZED (
    SELECT byline.author_id FROM found CROSS JOIN LATERAL (
        SELECT author_id FROM articles_byline WHERE article_id = found.id OFFSET 0
    ) AS byline
)
SELECT 'category' AS facet, above.path AS value, above.name AS name, above.sort_key AS place,
    count(DISTINCT filed.id) AS number
FROM filed
JOIN articles_category AS own ON own.id = filed.category_id
JOIN articles_category AS above
    ON own.path = above.path OR starts_with(own.path, above.path || '/')
WHERE above.parent_id IS NOT DISTINCT FROM %(category)s OR above.id = %(category)s
GROUP BY above.id
UNION ALL
(SELECT 'author', author.slug, author.name, '', count(*)
FROM signed JOIN accounts_authorprofile AS author ON author.id = signed.author_id
GROUP BY author.id ORDER BY count(*) DESC, author.name LIMIT %(authors)s)
UNION ALL
SELECT 'year', found.year::text, found.year::text, (9999 - found.year)::text, count(*)
FROM found WHERE found.year IS NOT NULL GROUP BY found.year
UNION ALL
SELECT 'kind', kind.slug, kind.name, to_char(kind.position, '00000') || kind.name, count(*)
FROM found JOIN articles_articletype AS kind ON kind.id = found.kind_id GROUP BY kind.id
UNION ALL
SELECT 'language', found.language, found.language, '', count(*)
FROM found GROUP BY found.language
"""
"""One query for all facets. A category includes its descendants; the top level is counted, or the chosen
category and its children. OFFSET 0 makes PostgreSQL look up the categories of each article instead of
reading the whole table."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a facet, and its number of articles."""

    name: str
    count: int
    url: str


@dataclass(slots=True)
class Facet:
    """A facet: an offered filter with counts."""

    key: str
    title: str
    choices: list[Choice] = field(default_factory=list)
    chosen: str = ""
    """The name of the current choice, if any."""
    remove_url: str = ""
    """The URL of the search without that choice."""

    @property
    def first(self) -> list[Choice]:
        """The choices that are shown."""
        return self.choices[:INITIAL_CHOICES]

    @property
    def more(self) -> list[Choice]:
        """The collapsed choices."""
        return self.choices[INITIAL_CHOICES:]


def build_facets(article_ids: Sequence[int], request: SearchRequest) -> list[Facet]:
    """Returns the facets that divide these articles or are chosen, with one query."""
    facets = {key: Facet(key, title) for key, title in _titles().items()}
    for key, name in _chosen(request.filters).items():
        facets[key].chosen = name
        facets[key].remove_url = request.url(**{key: ""})
    chosen, base_url = request.filters.parameters, request.url()
    for key, value, name, _, count in sorted(_counts(article_ids, request), key=_order):
        # A chosen category offers its children; other facets have only one choice.
        if key not in chosen or (key == "category" and value != chosen[key]):
            added = f"{base_url}&{key}={quote_plus(value)}"
            url = request.url(**{key: value}) if key in chosen else added
            facets[key].choices.append(Choice(_display_name(key, name), count, url))
    return [each for each in facets.values() if each.chosen or _divides(each, len(article_ids))]


def _counts(
    article_ids: Sequence[int], request: SearchRequest
) -> list[tuple[str, str, str, str, int]]:
    if not article_ids:
        return []
    category = request.filters.category
    values = {
        "articles": id_array(article_ids),
        "category": category.pk if category else None,
        "authors": MAX_AUTHORS,
    }
    with reading.cursor() as cursor:
        cursor.execute(COUNTS, values)
        rows: list[tuple[str, str, str, str, int]] = cursor.fetchall()
    return rows


def _order(row: tuple[str, str, str, str, int]) -> tuple[str, int, str]:
    """Sorts years, types and categories by their own order, the others by count."""
    _key, _value, name, sort_key, count = row
    return (sort_key, 0, name) if sort_key else ("", -count, name)


def _divides(facet: Facet, total: int) -> bool:
    """Whether any choice excludes articles."""
    return any(choice.count < total for choice in facet.choices)


def _display_name(key: str, name: str) -> str:
    if key != "language":
        return name
    try:
        label = str(get_language_info(name)["name_translated"])
    except KeyError:
        return LANGUAGE_NAMES.get(name, name)
    return label[:1].upper() + label[1:]


def _chosen(filters: SearchFilters) -> dict[str, str]:
    names = {
        "category": str(filters.category or ""),
        "author": str(filters.author or ""),
        "year": str(filters.year or ""),
        "kind": str(filters.kind or ""),
        "language": _display_name("language", filters.language) if filters.language else "",
    }
    return {key: name for key, name in names.items() if name}


def _titles() -> dict[str, str]:
    titles = (
        gettext("Category"),
        gettext("Author"),
        gettext("Year"),
        gettext("Type"),
        gettext("Language"),
    )
    return dict(zip(FACETS, titles, strict=True))


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What the search page shows."""

    request: SearchRequest
    page: ResultPage
    facets: list[Facet] = field(default_factory=list)
    suggestion: str = ""
    """The corrected query, shown as a link."""
    corrected_from: str = ""
    """The original query without results, if the results are those of the corrected one."""

    @property
    def suggestion_url(self) -> str:
        return self.request.with_text(self.suggestion).url()

    @property
    def click_url(self) -> str:
        """The URL to report clicks to; empty for queries that are not counted."""
        key = countable_query(self.corrected_from or self.request.text)
        return absolute_url(f"{reverse('search_opened')}?{urlencode({'q': key})}") if key else ""

    @property
    def next_url(self) -> str:
        return self._page(self.page.next_page)

    @property
    def previous_url(self) -> str:
        return self._page(self.page.previous_page)

    def _page(self, number: int | None) -> str:
        if number is None:
            return ""
        return self.request.url(page=str(number)) if number > 1 else self.request.url()


def run_search(request: SearchRequest) -> SearchResults:
    """Searches, builds facets and checks the spelling; without results the corrected query is used.

    In one transaction, so that the settings of `query.READ` apply to the facets too.

    Raises:
        InvalidQuery, NoSuchPage: see `search_articles`.
    """
    with transaction.atomic(using=reading.alias):
        return _run(request)


def _run(request: SearchRequest) -> SearchResults:
    page = _search(request)
    # No suggestion on later pages, because their readers found results.
    corrected = correct_spelling(request.text) or "" if request.page == "1" else ""
    if corrected and not page.total:
        correction = request.with_text(corrected)
        corrected_page = _search(correction)
        if corrected_page.total:
            return SearchResults(
                correction,
                corrected_page,
                _facets(correction, corrected_page),
                corrected_from=request.text,
            )
    return SearchResults(request, page, _facets(request, page), suggestion=corrected)


def _search(request: SearchRequest) -> ResultPage:
    return search_articles(
        request.text, page=request.page, filters=request.filters, sort=request.sort
    )


def _facets(request: SearchRequest, page: ResultPage) -> list[Facet]:
    return build_facets(page.matched, request)
