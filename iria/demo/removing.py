"""Taking the demo newsroom away: what bears its mark, and nothing an editor made.

What somebody other than the demo editor has worked on has become theirs and stays, with what it
needs; so does what anything of theirs uses (docs/decisions/demo.md).
"""

from dataclasses import dataclass, field

from django.db import models, transaction
from django.db.models import ProtectedError, Q, RestrictedError
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.editorial.models import Article, ArticleTag, Category, Series, TranslationGroup
from articles.images.library import editing as library
from articles.images.models import Image
from articles.pages.models import Page
from iria.core.db.row_origins import RowOrigins
from iria.demo.loading.front import is_as_loaded
from iria.publication.models import Publication
from newsletter.models import Delivery, Issue, Newsletter, Subscriber
from newsletter.subscriptions import opt_in


@dataclass(slots=True)
class Removed:
    """How many rows went, and what stayed because it is in use or somebody's own."""

    count: int = 0
    kept: list[str] = field(default_factory=list)


def remove(marks: RowOrigins) -> Removed:
    """Takes away every row of the demo, and then its marks. A second time changes nothing."""
    removed = Removed()
    with transaction.atomic():
        _letters(marks, removed)
        _articles(marks, removed)
        for model in (Page, AuthorProfile):
            _each(marks.rows(model), removed)
        _each(marks.rows(Category).order_by("-path"), removed)
        _pictures(marks, removed)
        _publication(marks, removed)
        _each(marks.rows(User), removed)
        marks.delete()
    return removed


def _letters(marks: RowOrigins, removed: Removed) -> None:
    for subscriber in marks.rows(Subscriber):
        opt_in.erase(subscriber, keep_hash=False)
        removed.count += 1
    for issue in marks.rows(Issue):
        # What went to people of flesh and blood is theirs to keep and to be counted.
        if issue.deliveries.filter(subscriber__isnull=False).exists():
            removed.kept.append(f"the issue “{issue}”, which went to subscribers of your own")
            continue
        Delivery.objects.filter(issue=issue).delete()
        issue.delete()
        removed.count += 1
    # A newsletter that anybody still receives is no longer the demo's.
    _each(marks.rows(Newsletter).filter(subscriptions=None), removed)


def _articles(marks: RowOrigins, removed: Removed) -> None:
    edited = _worked_on_by_others(marks)
    used = ArticleTag.objects.filter(content_object__in=marks.rows(Article))
    tags = set(used.values_list("tag_id", flat=True))
    for article in marks.rows(Article):
        if article.pk in edited:
            removed.kept.append(f"the article “{article}”, which somebody has edited")
            continue
        article.delete()
        removed.count += 1
    # A series that still has a part is an editor's by now.
    _each(marks.rows(Series).filter(parts=None), removed)
    # One text in no language is nobody's.
    TranslationGroup.objects.filter(articles=None).delete()
    Tag.objects.filter(pk__in=tags).exclude(pk__in=ArticleTag.objects.values("tag_id")).delete()


def _worked_on_by_others(marks: RowOrigins) -> set[int]:
    """Articles of the demo in which an account other than the demo's own has a hand."""
    others = Q(revisions__created_by__isnull=False) & ~Q(revisions__created_by__in=marks.rows(User))
    return set(marks.rows(Article).filter(others).values_list("pk", flat=True))


def _each[T: models.Model](rows: "models.QuerySet[T, T]", removed: Removed) -> None:
    for row in rows:
        try:
            with transaction.atomic():
                row.delete()
        except (ProtectedError, RestrictedError):
            name = row._meta.verbose_name
            removed.kept.append(f"the {name} “{row}”, which is in use")
        else:
            removed.count += 1


def _pictures(marks: RowOrigins, removed: Removed) -> None:
    for image in marks.rows(Image):
        try:
            library.delete_image(image)
        except library.StillUsed:
            removed.kept.append(f"the picture “{image}”, which is in use")
        else:
            removed.count += 1


def _publication(marks: RowOrigins, removed: Removed) -> None:
    for publication in marks.rows(Publication):
        if not is_as_loaded(publication):
            removed.kept.append("name and contact of the publication, which somebody has changed")
            continue
        publication.delete()
        removed.count += 1
