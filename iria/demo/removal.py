"""Removes the demo content: rows with its origin, and nothing an editor created.

Rows that somebody other than the demo editor has edited stay, with the rows they
need; so do rows that content of editors uses (docs/decisions/export.md).
"""

from dataclasses import dataclass, field

from django.db import models, transaction
from django.db.models import ProtectedError, Q, RestrictedError
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.editorial.models import Article, ArticleTag, Category, Series, TranslationGroup
from articles.images.library import editing
from articles.images.models import Image
from articles.pages.models import Page
from iria.demo.loading import is_as_loaded
from iria.publication.models import Publication
from iria.transfer.models import RowOrigins
from newsletter.models import Delivery, Issue, Newsletter, Subscriber
from newsletter.subscriptions import opt_in


@dataclass(slots=True)
class Removed:
    """The number of deleted rows, and the rows that stay because they are in use or were edited."""

    count: int = 0
    kept: list[str] = field(default_factory=list)


def remove(origins: RowOrigins) -> Removed:
    """Removes every row of the demo, and then its origins; idempotent."""
    removed = Removed()
    with transaction.atomic():
        _remove_newsletters(origins, removed)
        _remove_articles(origins, removed)
        for model in (Page, AuthorProfile):
            _delete_each(origins.rows(model), removed)
        _delete_each(origins.rows(Category).order_by("-path"), removed)
        _remove_images(origins, removed)
        _remove_publication(origins, removed)
        _delete_each(origins.rows(User), removed)
        origins.delete()
    return removed


def _remove_newsletters(origins: RowOrigins, removed: Removed) -> None:
    for subscriber in origins.rows(Subscriber):
        opt_in.erase(subscriber, keep_hash=False)
        removed.count += 1
    for issue in origins.rows(Issue):
        # An issue that was sent to real subscribers stays, with its statistics.
        if issue.deliveries.filter(subscriber__isnull=False).exists():
            removed.kept.append(f"the issue “{issue}”, which was sent to your own subscribers")
            continue
        Delivery.objects.filter(issue=issue).delete()
        issue.delete()
        removed.count += 1
    # A newsletter with other subscribers stays.
    _delete_each(origins.rows(Newsletter).filter(subscriptions=None), removed)


def _remove_articles(origins: RowOrigins, removed: Removed) -> None:
    edited = _edited_by_others(origins)
    used = ArticleTag.objects.filter(content_object__in=origins.rows(Article))
    tags = set(used.values_list("tag_id", flat=True))
    for article in origins.rows(Article):
        if article.pk in edited:
            removed.kept.append(f"the article “{article}”, which was edited")
            continue
        article.delete()
        removed.count += 1
    # A series with other parts stays.
    _delete_each(origins.rows(Series).filter(parts=None), removed)
    # Translation groups without articles are not used.
    TranslationGroup.objects.filter(articles=None).delete()
    Tag.objects.filter(pk__in=tags).exclude(pk__in=ArticleTag.objects.values("tag_id")).delete()


def _edited_by_others(origins: RowOrigins) -> set[int]:
    """Ids of demo articles that another account has edited."""
    others = Q(revisions__created_by__isnull=False) & ~Q(
        revisions__created_by__in=origins.rows(User)
    )
    return set(origins.rows(Article).filter(others).values_list("pk", flat=True))


def _delete_each[T: models.Model](rows: "models.QuerySet[T, T]", removed: Removed) -> None:
    for row in rows:
        try:
            with transaction.atomic():
                row.delete()
        except (ProtectedError, RestrictedError):
            name = row._meta.verbose_name
            removed.kept.append(f"the {name} “{row}”, which is in use")
        else:
            removed.count += 1


def _remove_images(origins: RowOrigins, removed: Removed) -> None:
    for image in origins.rows(Image):
        try:
            editing.delete(image)
        except editing.StillUsed:
            removed.kept.append(f"the image “{image}”, which is in use")
        else:
            removed.count += 1


def _remove_publication(origins: RowOrigins, removed: Removed) -> None:
    for publication in origins.rows(Publication):
        if not is_as_loaded(publication):
            removed.kept.append(
                "the name and contact details of the publication, which were edited"
            )
            continue
        publication.delete()
        removed.count += 1
