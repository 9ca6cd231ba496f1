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
from articles.search.ranking.engine import InvalidQuery, find
from articles.search.results.spelling import corrected

ALIKE: Final = 0.35
"""Share of their trigrams that two addresses have in common; a slip in five letters leaves this much."""

SURE: Final = 0.6
"""Above it nothing else was meant."""

MOST_SIMILAR: Final = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A page that lists or tells something, with its name."""

    name: str
    address: str
    is_sure: bool


def near(part: str) -> list[Place]:
    """The likeliest first, whatever case and accents `part`, one part of an address, is written with."""
    tags, authors = Tag.objects.filter(in_use(Scope.TAG)), AuthorProfile.objects
    found = _like(part, Category.objects.all(), "category", "name", "slug", "path").union(
        _like(part, tags, "tag", "name", "slug", "slug"),
        _like(part, authors.filter(in_use(Scope.AUTHOR)), "author", "name", "slug", "slug"),
        _like(part, Page.objects.published(), "page", "title", "path", "path"),
        all=True,
    )
    rows = found.order_by("-likeness", "called")[:MOST_SIMILAR]
    return [
        Place(called, reverse(route, args=[key]), likeness >= SURE)
        for called, route, key, likeness in rows
    ]


def _like(
    part: str, rows: QuerySet[Any], route: str, called: str, compared: str, key: str
) -> QuerySet[Any]:
    last = Func(
        F(compared), Value("^.*/"), Value(""), function="regexp_replace", output_field=CharField()
    )
    likeness = Func(
        _plain(last), _plain(Value(part)), function="similarity", output_field=FloatField()
    )
    found: QuerySet[Any] = (
        rows.annotate(likeness=likeness, route=Value(route), called=F(called), key=F(key))
        .filter(likeness__gte=ALIKE)
        .order_by()
        .values_list("called", "route", "key", "likeness")
    )
    return found


def _plain(text: Any) -> Func:
    """In small letters, without accents."""
    return Func(Lower(Cast(text, CharField())), function="unaccent", output_field=CharField())


MOST: Final = 5
NO_WORDS: Final = frozenset({"html", "htm", "php", "index", "www"})
PROBE: Final = re.compile(r"\.(?!html?$)[a-z0-9]{1,5}$", re.IGNORECASE)
"""Addresses that end like this are asked for by machines that look for other programs' files."""

SLUG: Final = re.compile(r"[-\w]{1,80}")


@dataclass(frozen=True, slots=True)
class DidYouMean:
    """The words of an address, and what was perhaps wanted, the likeliest first."""

    words: str = ""
    articles: list[Article] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


def meant_by(path: str) -> DidYouMean:
    """An article with the same last part under another date, else sections, topics, authors and pages
    with a last part like it, and where they are not very like it, whatever the words find.

    The last part of the address counts; where it finds nothing, all of them. A word misspelt in the
    address is put right as in a search.
    """
    parts = _parts(path)
    last, whole = _words_in(parts[-1:]), _words_in(parts)
    if not last or PROBE.search(path):
        return DidYouMean(last or whole)
    slug = parts[-1].removesuffix(".html").removesuffix(".htm")
    if not SLUG.fullmatch(slug):
        slug = ""
    articles = _named(slug)
    places = near(slug) if slug and not articles else []
    if any(place.is_sure for place in places):
        return DidYouMean(last, places=places)
    for words in dict.fromkeys(filter(None, [last, corrected(last), whole])):
        if not articles:
            articles = _found(words)
    return DidYouMean(last, articles, places)


def words_of(path: str) -> str:
    """The words in the last part of an address."""
    return _words_in(_parts(path)[-1:])


def _parts(path: str) -> list[str]:
    return [part for part in unquote(path).split("/") if part and part != "feed"]


def _words_in(parts: list[str]) -> str:
    """Without numbers and what only addresses say."""
    found = re.findall(r"[^\W\d_]{2,}", " ".join(parts))
    return " ".join(word for word in found if word.lower() not in NO_WORDS)[:80]


def _named(slug: str) -> list[Article]:
    if not slug:
        return []
    return list(Article.objects.published().filter(slug=slug).newest().for_cards()[:MOST])


def _found(words: str) -> list[Article]:
    try:
        findings = find(words, size=MOST, with_feedback=False, explained=False)
    except InvalidQuery:
        return []
    return [each.article for each in findings.results]
