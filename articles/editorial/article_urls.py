"""The URL of an article, assigned at its first publication, and redirects from old URLs."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import connection, transaction
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import signals
from articles.editorial.models import Article, Category, Redirect
from iria.core.text.slugs import slug_from
from iria.publication.models import current_publication


class Target(TypedDict, total=False):
    """What a redirect leads to; exactly one of these."""

    article: Article
    category: Category
    author: AuthorProfile
    tag: Tag


def add_redirect(old_path: str, new_path: str, **target: Unpack[Target]) -> None:
    """Redirects an old URL; repeating it changes nothing.

    A redirect from the new URL is deleted, so there are no redirect loops.
    """
    if old_path == new_path:
        return
    Redirect.objects.filter(old_path=new_path).delete()
    no_target: dict[str, None] = {"article": None, "category": None, "author": None, "tag": None}
    Redirect.objects.update_or_create(old_path=old_path, defaults={**no_target, **target})


def numbered(number: str) -> str:
    """The old path of a text that another system named by a number, as in `/?p=12`."""
    return f"/?p={number}"


RESERVED = frozenset({"feed"})


def assign_url(article: Article, moment: datetime) -> None:
    """Sets year, month and a slug that is free in that month; an existing URL is kept."""
    if article.year is not None:
        return
    local = current_publication().local(moment)
    article.year, article.month = local.year, local.month
    article.slug = free_slug(article, article.slug or article.headline)


def wished_slug(article: Article) -> str:
    """The slug for an article without a URL; the final one is known when it is published."""
    slug = article.slug or slug_from(article.headline, fallback="article")
    return f"{slug}-2" if slug in RESERVED else slug


def update_slug(article: Article) -> None:
    """Makes a changed slug unique in its month and redirects the old URL."""
    if article.year is None or article.month is None:
        return
    before = Article.objects.filter(pk=article.pk).values_list("slug", flat=True).first()
    wanted_slug = article.slug or before or article.headline
    article.slug = wanted_slug if wanted_slug == before else free_slug(article, wanted_slug)
    if before and before != article.slug:
        old_path = _path(article.year, article.month, before)
        add_redirect(old_path, article.get_absolute_url(), article=article)
        transaction.on_commit(lambda: signals.moved.send(sender=Article, article_id=article.pk))


def free_slug(article: Article, wanted_slug: str) -> str:
    """The slug, with a number if another article of the month has it or once had it.

    Call it inside the transaction that saves the article: it locks the month until the end of it,
    so that two articles published at the same moment cannot get the same slug.
    """
    assert article.year is not None and article.month is not None  # noqa: S101, PT018
    year, month = article.year, article.month
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ADDRESS_LOCK, year * 100 + month])
    slug = slug_from(wanted_slug, fallback="article")
    base, number = slug_from(wanted_slug, fallback="article", length=74), 2
    taken = RESERVED | _slugs_of_others(article, year, month, base)
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


ADDRESS_LOCK = 0x1A1A
"""Key of the advisory lock; any number that no other lock uses."""


def _slugs_of_others(article: Article, year: int, month: int, base: str) -> set[str]:
    articles_of_month = Article.objects.filter(year=year, month=month, slug__startswith=base)
    start = f"/{year:04}/{month:02}/"
    redirected = Redirect.objects.filter(old_path__startswith=start + base).exclude(
        article=article.pk
    )
    return set(articles_of_month.exclude(pk=article.pk).values_list("slug", flat=True)) | {
        path.removeprefix(start).strip("/")
        for path in redirected.values_list("old_path", flat=True)
    }


def _path(year: int, month: int, slug: str) -> str:
    return f"/{year:04}/{month:02}/{slug}/"
