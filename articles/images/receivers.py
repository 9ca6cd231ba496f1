"""Files follow their rows: when a row is gone for good, so is its file; when it changes, they do."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from articles.images.models import FormerName, Image, Rendition
from articles.images.renditions.rendition_files import discard
from articles.images.tasks import bring_up_to_date


def register() -> None:
    post_delete.connect(_forget_original, Image, dispatch_uid="images.original")
    post_delete.connect(_forget_rendition, Rendition, dispatch_uid="images.rendition")
    post_delete.connect(_forget_rendition, FormerName, dispatch_uid="images.former_name")
    post_save.connect(_follow_saved, Image, dispatch_uid="images.follow")


def _follow_saved(instance: Image, created: bool, **signal: Any) -> None:
    if not created:
        transaction.on_commit(lambda: bring_up_to_date(instance.pk), robust=True)


def _forget_original(instance: Image, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.original))


def _forget_rendition(instance: Rendition | FormerName, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.file))
