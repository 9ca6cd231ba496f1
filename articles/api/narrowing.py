"""The filters of the list of articles. What is not there is refused by its name."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.db.models.functions import Greatest
from django.db.models.lookups import GreaterThanOrEqual
from django.http import HttpRequest

from articles.api import known
from articles.api.asking import ArticlesAsked
from articles.api.problems import refuse
from articles.editorial.models import Category, Kind
from articles.editorial.models.article import LANGUAGES
from articles.editorial.querysets import ArticleQuerySet
from iria.publication.context import publication_of
from iria.publication.models import Publication

LAST_CHANGE: Final = Greatest("updated_at", "published_at")
"""There is an index on it."""


def narrowed(rows: ArticleQuerySet, asked: ArticlesAsked, request: HttpRequest) -> ArticleQuerySet:
    """The articles that fit every filter.

    Raises:
        Refused: a filter names something that is not there.
    """
    if asked.category is not None:
        rows = rows.in_category(_named(Category.objects.all(), "category", path=asked.category))
    if asked.tag is not None:
        rows = rows.filter(article_tags__tag=_named(known.tags(), "tag", slug=asked.tag))
    if asked.author is not None:
        author = _named(known.authors(), "author", slug=asked.author)
        rows = rows.filter(bylines__author=author)
    if asked.kind is not None:
        rows = rows.filter(kind=_named(Kind.objects.all(), "kind", slug=asked.kind))
    if asked.language is not None:
        if asked.language not in dict(LANGUAGES):
            refuse("language", f"There is no language “{asked.language[:80]}”.")
        rows = rows.filter(language=asked.language)
    if asked.published_from is not None or asked.published_until is not None:
        rows = _published(rows, asked, publication_of(request))
    if asked.order == "changed":
        rows = rows.annotate(changed=LAST_CHANGE)
    if asked.changed_since is not None:
        rows = rows.filter(GreaterThanOrEqual(LAST_CHANGE, asked.changed_since))
    return rows


def _published(
    rows: ArticleQuerySet, asked: ArticlesAsked, publication: Publication
) -> ArticleQuerySet:
    if asked.published_from is not None:
        rows = rows.filter(published_at__gte=_begin(asked.published_from, publication))
    if asked.published_until is not None:
        end = _begin(asked.published_until + timedelta(days=1), publication)
        rows = rows.filter(published_at__lt=end)
    return rows


def _begin(day: date, publication: Publication) -> datetime:
    return datetime.combine(day, time.min, tzinfo=publication.zone_info)


def _named[T: Model](rows: "QuerySet[T]", parameter: str, **by: Any) -> T:
    found = rows.filter(**by).first()
    if found is None:
        (value,) = by.values()
        refuse(parameter, f"There is no {parameter} “{value[:80]}”.")
    return found
