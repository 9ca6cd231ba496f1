"""Tags: merging, and URLs that keep working after a rename."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from django.db import transaction
from taggit.models import Tag

from accounts.models import User
from articles.editorial import article_urls, merging
from articles.editorial.models import Article, ArticleTag
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


def set_all_tags(chosen: Mapping[Article, Collection[Tag]]) -> None:
    """Sets the tags of articles, as `article.tags.set` does for one."""
    wanted = {article.pk: {tag.pk for tag in tags} for article, tags in chosen.items()}
    before: dict[int, set[int]] = {pk: set() for pk in wanted}
    spare: list[int] = []
    rows = ArticleTag.objects.filter(content_object__in=wanted)
    for pk, article_id, tag_id in rows.values_list("pk", "content_object_id", "tag_id"):
        before[article_id].add(tag_id)
        if tag_id not in wanted[article_id]:
            spare.append(pk)
    if spare:
        ArticleTag.objects.filter(pk__in=spare).delete()
    ArticleTag.objects.bulk_create(
        ArticleTag(content_object_id=pk, tag_id=tag_id)
        for pk, tag_ids in wanted.items()
        for tag_id in sorted(tag_ids - before[pk])
    )


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
