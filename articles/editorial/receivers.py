"""Redirects for renamed tags and authors, and locks before categories are deleted.

Tags belong to taggit and authors to `accounts`, which do not depend on articles. When one of them
gets another slug, a redirect is added here.
"""

from typing import Any

from django.db.models.signals import pre_delete, pre_save
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import article_urls, category_tree, merging, tags
from articles.editorial.models import ArticleTag, Category


def register() -> None:
    pre_save.connect(_tag_is_saved, sender=Tag, dispatch_uid="editorial.tag")
    pre_save.connect(_author_is_saved, sender=AuthorProfile, dispatch_uid="editorial.author")
    pre_delete.connect(
        category_tree.lock_before_delete, sender=Category, dispatch_uid="editorial.category"
    )


def _tag_is_saved(instance: Tag, raw: bool = False, **signal: Any) -> None:
    if raw:
        return
    instance.slug = tags.usable_slug(instance)
    before = _before(Tag, instance)
    if before is None:
        return
    if before.slug != instance.slug:
        old, new = tags.url_of(before.slug), tags.url_of(instance.slug)
        article_urls.add_redirect(old, new, tag=instance)
    if before.name != instance.name:
        # The search index contains tag names.
        merging.enqueue_changed(merging.articles_of([instance], ArticleTag, "tag"), by=None)


def _author_is_saved(instance: AuthorProfile, raw: bool = False, **signal: Any) -> None:
    before = None if raw else _before(AuthorProfile, instance)
    if before is not None and before.slug != instance.slug:
        old = f"/author/{before.slug}/"
        article_urls.add_redirect(old, instance.get_absolute_url(), author=instance)


def _before(model: Any, instance: Any) -> Any:
    """The row as it is in the database; None for a new one."""
    return None if instance._state.adding else model.objects.filter(pk=instance.pk).first()
