"""Tags: merging, and URLs that keep working after a rename."""

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from taggit.models import Tag

from accounts.models import User
from articles.editorial import article_urls, merging
from articles.editorial.models import ArticleTag
from articles.editorial.models.taxonomy import tags_called
from iria.core.text.slugs import slug_from

RESERVED: Final = frozenset({"feed"})


def merge(tags: Iterable[Tag], *, into: Tag, by: User | None = None) -> None:
    """Replaces the tags by `into` everywhere; their URLs redirect to it.

    Raises:
        CannotMerge: one of them no longer exists; nothing was changed.
    """
    with transaction.atomic():
        sources, target = merging.lock_rows(tags, into)
        merging.enqueue_changed(merging.articles_of(sources, ArticleTag, "tag"), by=by)
        merging.repoint(sources, target)
        for tag in sources:
            old_path = url_of(tag.slug)
            tag.delete()
            article_urls.add_redirect(old_path, url_of(target.slug), tag=target)


def same_name(name: str, *, besides: Tag) -> Tag | None:
    """Another tag with this name, ignoring capitals and accents."""
    pk = tags_called([name]).get(name)
    return Tag.objects.filter(pk=pk).exclude(pk=besides.pk).first()


def url_of(slug: str) -> str:
    return f"/tag/{slug}/"


def usable_slug(tag: Tag) -> str:
    """The tag's slug, or another one if it cannot be used in a URL."""
    if tag.slug and tag.slug not in RESERVED:
        return tag.slug
    base = f"{slug_from(tag.name, fallback='tag', length=80)}-tag" if tag.slug else "tag"
    slug, number = base, 2
    while Tag.objects.filter(slug=slug).exclude(pk=tag.pk).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
