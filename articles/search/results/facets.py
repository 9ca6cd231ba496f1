"""Facets: search results counted by category, author, year, type and language."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus

from django.db import connection
from django.utils.translation import get_language_info, gettext

from articles.editorial.models.article import LANGUAGES
from articles.search.query.filters import SearchFilters
from articles.search.query.search_request import FACETS, SearchRequest

MOST_AUTHORS: Final = 30
AT_ONCE: Final = 8
"""Choices of a facet that are seen at once; the others are a click away."""

COUNTS = """
WITH found AS (
    SELECT id, kind_id, language, year FROM articles_article WHERE id = ANY(%(articles)s)
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
"""One query for all facets. A category counts what stands below it; asked for are the ones at the
top, or the chosen one and its children. What a thousand articles are filed under is looked up article
by article (OFFSET 0): PostgreSQL would rather read how all there are were filed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to narrow down, and how many articles would be left."""

    name: str
    count: int
    url: str


@dataclass(slots=True)
class Facet:
    """One side from which what was found can be counted."""

    key: str
    title: str
    choices: list[Choice] = field(default_factory=list)
    chosen: str = ""
    """The name of what was chosen already."""
    remove_url: str = ""
    """Where the same is found without that choice."""

    @property
    def first(self) -> list[Choice]:
        """The choices that are seen at once."""
        return self.choices[:AT_ONCE]

    @property
    def more(self) -> list[Choice]:
        """All the others."""
        return self.choices[AT_ONCE:]


def build_facets(article_ids: Sequence[int], request: SearchRequest) -> list[Facet]:
    """The facets that still divide these articles, or that were chosen; in one query."""
    facets = {key: Facet(key, title) for key, title in _titles().items()}
    for key, name in _chosen(request.filters).items():
        facets[key].chosen = name
        facets[key].remove_url = request.url(**{key: ""})
    chosen, base_url = request.filters.parameters, request.url()
    for key, value, name, _place, count in sorted(_counts(article_ids, request), key=_order):
        # Below a chosen category its children divide further; anything else is chosen or not.
        if key not in chosen or (key == "category" and value != chosen[key]):
            more = f"{base_url}&{key}={quote_plus(value)}"
            url = request.url(**{key: value}) if key in chosen else more
            facets[key].choices.append(Choice(_named(key, name), count, url))
    return [each for each in facets.values() if each.chosen or _divides(each, len(article_ids))]


def _counts(
    article_ids: Sequence[int], request: SearchRequest
) -> list[tuple[str, str, str, str, int]]:
    if not article_ids:
        return []
    category = request.filters.category
    values = {
        "articles": list(article_ids),
        "category": category.pk if category else None,
        "authors": MOST_AUTHORS,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, values)
        rows: list[tuple[str, str, str, str, int]] = cursor.fetchall()
    return rows


def _order(row: tuple[str, str, str, str, int]) -> tuple[str, int, str]:
    """Years, kinds and categories in their own order, the others by how often."""
    _key, _value, name, place, count = row
    return (place, 0, name) if place else ("", -count, name)


def _divides(facet: Facet, total: int) -> bool:
    """A choice that holds for every article is none."""
    return any(choice.count < total for choice in facet.choices)


def _named(key: str, name: str) -> str:
    if key != "language":
        return name
    try:
        words = str(get_language_info(name)["name_translated"])
    except KeyError:
        return dict(LANGUAGES).get(name, name)
    return words[:1].upper() + words[1:]


def _chosen(filters: SearchFilters) -> dict[str, str]:
    names = {
        "category": str(filters.category or ""),
        "author": str(filters.author or ""),
        "year": str(filters.year or ""),
        "kind": str(filters.kind or ""),
        "language": _named("language", filters.language) if filters.language else "",
    }
    return {key: name for key, name in names.items() if name}


def _titles() -> dict[str, str]:
    titles = (
        gettext("Category"),
        gettext("Author"),
        gettext("Year"),
        gettext("Kind"),
        gettext("Language"),
    )
    return dict(zip(FACETS, titles, strict=True))
