"""Sections, topics, authors and pages whose address is like one where nothing stands."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import CharField, F, FloatField, Func, QuerySet, Value
from django.db.models.functions import Cast, Lower
from django.urls import reverse
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.listings import in_use
from articles.editorial.models import Category, Scope
from articles.pages.models import Page

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
