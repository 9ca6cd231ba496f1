"""The URL of an article, assigned at its first publication, and redirects from old URLs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack

from django.db import connection, transaction
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import signals
from articles.editorial.models import Article, Category, Redirect
from iria.core.text.names import slug_from
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


def numbered_path(number: str) -> str:
    """The old path of a text that another system named by a number, as in `/?p=12`."""
    return f"/?p={number}"


RESERVED = frozenset({"feed"})


def assign_urls(moments: Sequence[tuple[Article, datetime]]) -> None:
    """Sets year, month and a slug that is free in that month; existing URLs are kept."""
    publication = current_publication()
    new = [(article, moment) for article, moment in moments if article.year is None]
    for article, moment in new:
        local = publication.local(moment)
        article.year, article.month = local.year, local.month
        article.slug = slug_from(article.slug or article.headline, fallback="article")
    _lock_months({(article.year or 0, article.month or 0) for article, _ in new})
    taken = _taken([article for article, _ in new])
    for article, _ in new:
        path = _path_of(article)
        if path in taken or article.slug in RESERVED:
            article.slug = _numbered(article, article.slug, taken)
        taken.add(_path_of(article))


def proposed_slug(article: Article) -> str:
    """The slug for an article without a URL; the final one is known when it is published."""
    slug = article.slug or slug_from(article.headline, fallback="article")
    return f"{slug}-2" if slug in RESERVED else slug


def update_slug(article: Article) -> None:
    """Makes a changed slug unique in its month and redirects the old URL."""
    if article.year is None or article.month is None:
        return
    before = Article.objects.filter(pk=article.pk).values_list("slug", flat=True).first()
    change_slug(article, before or "")


def change_slug(article: Article, before: str) -> None:
    """`update_slug` for an article whose current slug the caller has read."""
    if article.year is None or article.month is None:
        return
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
    _lock_months({(article.year, article.month)})
    return _numbered(article, wanted_slug, set())


def _numbered(article: Article, wanted_slug: str, taken_paths: set[str]) -> str:
    """`free_slug` for a locked month; `taken_paths` are taken besides those in the database."""
    assert article.year is not None and article.month is not None  # noqa: S101, PT018
    slug = slug_from(wanted_slug, fallback="article")
    base, number = slug_from(wanted_slug, fallback="article", length=74), 2
    taken = RESERVED | _slugs_of_others(article, article.year, article.month, base)
    while slug in taken or _path(article.year, article.month, slug) in taken_paths:
        slug, number = f"{base}-{number}", number + 1
    return slug


MONTH_LOCK = 0x1A1A
"""Key of the advisory lock; any number that no other lock uses."""


def _lock_months(months: Collection[tuple[int, int]]) -> None:
    """In one order, so that two imports cannot deadlock."""
    numbers = sorted(year * 100 + month for year, month in months)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, month) FROM unnest(%s::int[]) AS month",
            [MONTH_LOCK, numbers],
        )


TAKEN: Final = """
SELECT old_path FROM articles_redirect JOIN unnest(%(ids)s::bigint[], %(paths)s::text[]) AS wanted (id, path)
    ON old_path = path AND article_id IS DISTINCT FROM wanted.id
UNION ALL
SELECT path FROM articles_article AS article
JOIN unnest(%(ids)s::bigint[], %(years)s::int[], %(months)s::int[], %(slugs)s::text[], %(paths)s::text[])
    AS wanted (id, year, month, slug, path)
    ON article.year = wanted.year AND article.month = wanted.month AND article.slug = wanted.slug
    AND article.id <> wanted.id
"""


def _taken(articles: Sequence[Article]) -> set[str]:
    """Which of their paths others have or had, in one query that reads no other slugs of the months."""
    if not articles:
        return set()
    wanted: dict[str, list[Any]] = {
        "ids": [each.pk for each in articles],
        "years": [each.year for each in articles],
        "months": [each.month for each in articles],
        "slugs": [each.slug for each in articles],
        "paths": [_path_of(each) for each in articles],
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, wanted)
        return {path for (path,) in cursor.fetchall()}


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


def _path_of(article: Article) -> str:
    return _path(article.year or 0, article.month or 0, article.slug)


def _path(year: int, month: int, slug: str) -> str:
    return f"/{year:04}/{month:02}/{slug}/"
