"""Tags: one page each, whose address keeps leading somewhere."""

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from taggit.models import Tag

from articles.editorial import redirecting
from articles.editorial.models import ArticleTag, Redirect
from iria.kit.slugs import slug_from

RESERVED: Final = frozenset({"feed"})


def merge(tags: Iterable[Tag], *, into: Tag) -> None:
    """Puts `into` wherever one of the tags is, and lets their addresses lead to it."""
    with transaction.atomic():
        for tag in tags:
            if tag.pk == into.pk:
                continue
            there = ArticleTag.objects.filter(tag=into).values("content_object")
            ArticleTag.objects.filter(tag=tag).exclude(content_object__in=there).update(tag=into)
            Redirect.objects.filter(tag=tag).update(tag=into)
            old_path = address(tag.slug)
            tag.delete()
            redirecting.leave(old_path, address(into.slug), tag=into)


def address(slug: str) -> str:
    return f"/tag/{slug}/"


def usable_slug(tag: Tag) -> str:
    """The tag's slug, or another where an address cannot be made of it."""
    if tag.slug and tag.slug not in RESERVED:
        return tag.slug
    base = f"{slug_from(tag.name, fallback='tag', length=80)}-tag" if tag.slug else "tag"
    slug, number = base, 2
    while Tag.objects.filter(slug=slug).exclude(pk=tag.pk).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
