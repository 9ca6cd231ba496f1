"""Everything there is to read about, and everybody who writes."""

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from django.db.models import Count, QuerySet
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import Article

TAGS: int = 600
AUTHORS: int = 60
"""On one page."""


def tags_in_use() -> "QuerySet[Tag]":
    """Tags of published articles with how many (`count`), by name."""
    readable = Article.objects.published().values("pk")
    used = Tag.objects.filter(articles_articletag_items__content_object__in=readable)
    counted: QuerySet[Tag] = used.annotate(count=Count("articles_articletag_items"))
    return counted.order_by("name", "pk")


def authors_in_print() -> "QuerySet[AuthorProfile]":
    """Authors of published articles with their portrait and how many (`count`), by name."""
    readable = Article.objects.published().values("pk")
    signing = AuthorProfile.objects.filter(bylines__article__in=readable)
    counted = signing.annotate(count=Count("bylines"))
    return counted.select_related("portrait__image").order_by("name", "pk")


def by_letter(tags: Iterable[Tag]) -> Iterator[tuple[str, list[Tag]]]:
    """Tags under the letter they begin with, whatever accent it has."""
    for letter, group in groupby(sorted(tags, key=_place), key=lambda tag: _place(tag)[0]):
        yield letter, list(group)


def _place(tag: Tag) -> tuple[str, str]:
    plain = unicodedata.normalize("NFD", tag.name).casefold()
    return plain[:1].upper(), plain
