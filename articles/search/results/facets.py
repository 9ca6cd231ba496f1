"""Facets: search results counted by category, author, year, type and language."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus

from django.utils.translation import get_language_info, gettext

from articles.editorial.models.article import LANGUAGES
from articles.search.query.filters import SearchFilters
from articles.search.query.search_request import FACETS, SearchRequest
from iria.core.db.bulk_copy import id_array
from iria.core.db.replica import reading

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
    for key, value, name, _sort_key, count in sorted(_counts(article_ids, request), key=_order):
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
        return dict(LANGUAGES).get(name, name)
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
