"""Sections, topics, authors and pages whose address is like one where nothing stands.

What somebody may have meant who came to an address where nothing stands.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from django.db.models import CharField, F, FloatField, Func, QuerySet, Value
from django.db.models.functions import Cast, Lower
from django.urls import reverse
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.listings import in_use
from articles.editorial.models import Article, Category, Scope
from articles.pages.models import Page
from articles.search.ranking.engine import InvalidQuery, search_articles
from articles.search.results.spelling import correct_spelling

MIN_SIMILARITY: Final = 0.35
"""Share of their trigrams that two addresses have in common; a slip in five letters leaves this much."""

HIGH_SIMILARITY: Final = 0.6
"""Above it nothing else was meant."""

MOST_SIMILAR: Final = 3


@dataclass(frozen=True, slots=True)
class SuggestedPage:
    """A page that lists or tells something, with its name."""

    name: str
    url: str
    is_close: bool


def similar_urls(part: str) -> list[SuggestedPage]:
    """The likeliest first, whatever case and accents `part`, one part of an address, is written with."""
    tags, authors = Tag.objects.filter(in_use(Scope.TAG)), AuthorProfile.objects
    found = _similar_rows(part, Category.objects.all(), "category", "name", "slug", "path").union(
        _similar_rows(part, tags, "tag", "name", "slug", "slug"),
        _similar_rows(part, authors.filter(in_use(Scope.AUTHOR)), "author", "name", "slug", "slug"),
        _similar_rows(part, Page.objects.published(), "page", "title", "path", "path"),
        all=True,
    )
    rows = found.order_by("-similarity", "label")[:MOST_SIMILAR]
    return [
        SuggestedPage(label, reverse(route, args=[key]), similarity >= HIGH_SIMILARITY)
        for label, route, key, similarity in rows
    ]


def _similar_rows(
    part: str, rows: QuerySet[Any], route: str, label: str, compared: str, key: str
) -> QuerySet[Any]:
    last = Func(
        F(compared), Value("^.*/"), Value(""), function="regexp_replace", output_field=CharField()
    )
    similarity = Func(
        _unaccented(last),
        _unaccented(Value(part)),
        function="similarity",
        output_field=FloatField(),
    )
    found: QuerySet[Any] = (
        rows.annotate(similarity=similarity, route=Value(route), label=F(label), key=F(key))
        .filter(similarity__gte=MIN_SIMILARITY)
        .order_by()
        .values_list("label", "route", "key", "similarity")
    )
    return found


def _unaccented(text: Any) -> Func:
    """In small letters, without accents."""
    return Func(Lower(Cast(text, CharField())), function="unaccent", output_field=CharField())


MOST: Final = 5
IGNORED_WORDS: Final = frozenset({"html", "htm", "php", "index", "www"})
FILE_EXTENSION: Final = re.compile(r"\.(?!html?$)[a-z0-9]{1,5}$", re.IGNORECASE)
"""Addresses that end like this are asked for by machines that look for other programs' files."""

SLUG: Final = re.compile(r"[-\w]{1,80}")


@dataclass(frozen=True, slots=True)
class DidYouMean:
    """The words of an address, and what was perhaps wanted, the likeliest first."""

    query: str = ""
    articles: list[Article] = field(default_factory=list)
    pages: list[SuggestedPage] = field(default_factory=list)


def did_you_mean(path: str) -> DidYouMean:
    """An article with the same last part under another date, else sections, topics, authors and pages
    with a last part like it, and where they are not very like it, whatever the words find.

    The last part of the address counts; where it finds nothing, all of them. A word misspelt in the
    address is put right as in a search.
    """
    parts = _parts(path)
    last, whole = _words(parts[-1:]), _words(parts)
    if not last or FILE_EXTENSION.search(path):
        return DidYouMean(last or whole)
    slug = parts[-1].removesuffix(".html").removesuffix(".htm")
    if not SLUG.fullmatch(slug):
        slug = ""
    articles = _with_slug(slug)
    pages = similar_urls(slug) if slug and not articles else []
    if any(page.is_close for page in pages):
        return DidYouMean(last, pages=pages)
    for query in dict.fromkeys(filter(None, [last, correct_spelling(last), whole])):
        if not articles:
            articles = _matching(query)
    return DidYouMean(last, articles, pages)


def words_in_path(path: str) -> str:
    """The words in the last part of an address."""
    return _words(_parts(path)[-1:])


def _parts(path: str) -> list[str]:
    return [part for part in unquote(path).split("/") if part and part != "feed"]


def _words(parts: list[str]) -> str:
    """Without numbers and what only addresses say."""
    found = re.findall(r"[^\W\d_]{2,}", " ".join(parts))
    return " ".join(word for word in found if word.lower() not in IGNORED_WORDS)[:80]


def _with_slug(slug: str) -> list[Article]:
    if not slug:
        return []
    return list(Article.objects.published().filter(slug=slug).newest().for_cards()[:MOST])


def _matching(query: str) -> list[Article]:
    try:
        found = search_articles(query, size=MOST, with_feedback=False, with_explanations=False)
    except InvalidQuery:
        return []
    return [each.article for each in found.hits]
