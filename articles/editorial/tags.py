"""Tags: one page each, whose address keeps leading somewhere."""

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from taggit.models import Tag

from articles.editorial import article_urls, merging
from articles.editorial.models import ArticleTag
from articles.editorial.models.taxonomy import tags_called
from iria.core.text.slugs import slug_from

RESERVED: Final = frozenset({"feed"})


def merge(tags: Iterable[Tag], *, into: Tag) -> None:
    """Puts `into` wherever one of the tags is, and lets their addresses lead to it.

    Raises:
        CannotMerge: one of them is no longer there; nothing was changed.
    """
    with transaction.atomic():
        goes, stays = merging.hold(tags, into)
        merging.tell(merging.articles_of(goes, ArticleTag, "tag"))
        merging.repoint(goes, stays)
        for tag in goes:
            old_path = address(tag.slug)
            tag.delete()
            article_urls.add_redirect(old_path, address(stays.slug), tag=stays)


def the_same_word(name: str, *, besides: Tag) -> Tag | None:
    """Another tag that is this word but for capitals and accents."""
    pk = tags_called([name]).get(name)
    return Tag.objects.filter(pk=pk).exclude(pk=besides.pk).first()


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
