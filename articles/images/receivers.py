"""Deletes files after their rows, and updates them after changes."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from articles.images.models import Image, OldRenditionName, Rendition
from articles.images.renditions.renditions import discard
from articles.images.tasks import enqueue_updates


def register() -> None:
    post_delete.connect(_delete_original, Image, dispatch_uid="images.original")
    post_delete.connect(_delete_rendition, Rendition, dispatch_uid="images.rendition")
    post_delete.connect(_delete_rendition, OldRenditionName, dispatch_uid="images.former_name")
    post_save.connect(_update_files, Image, dispatch_uid="images.follow")


def _update_files(instance: Image, created: bool, **signal: Any) -> None:
    if not created:
        transaction.on_commit(lambda: enqueue_updates(instance.pk), robust=True)


def _delete_original(instance: Image, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.original))


def _delete_rendition(instance: Rendition | OldRenditionName, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.file))
