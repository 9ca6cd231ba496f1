"""What the desk does when others save what it points to.

Tags belong to taggit, and authors to `accounts`, which know nothing of articles. When one of them
gets another address, whoever saved it, the old one is made to lead to the new one here.
"""

from typing import Any

from django.db.models.signals import pre_save
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import redirecting, tagging


def connect() -> None:
    pre_save.connect(_tag_is_saved, sender=Tag, dispatch_uid="editorial.tag")
    pre_save.connect(_author_is_saved, sender=AuthorProfile, dispatch_uid="editorial.author")


def _tag_is_saved(instance: Tag, raw: bool = False, **signal: Any) -> None:
    if raw:
        return
    instance.slug = tagging.usable_slug(instance)
    before = _slug_before(Tag, instance)
    if before is not None and before != instance.slug:
        redirecting.leave(tagging.address(before), tagging.address(instance.slug), tag=instance)


def _author_is_saved(instance: AuthorProfile, raw: bool = False, **signal: Any) -> None:
    before = None if raw else _slug_before(AuthorProfile, instance)
    if before is not None and before != instance.slug:
        redirecting.leave(f"/author/{before}/", instance.get_absolute_url(), author=instance)


def _slug_before(model: Any, instance: Any) -> str | None:
    if instance._state.adding:
        return None
    slug: str | None = model.objects.filter(pk=instance.pk).values_list("slug", flat=True).first()
    return slug
