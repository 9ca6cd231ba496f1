"""Files follow their rows: when a row is gone for good, so is its file."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete

from articles.images.models import Image, Rendition
from articles.images.renditions import discard


def connect() -> None:
    post_delete.connect(_forget_original, Image, dispatch_uid="images.original")
    post_delete.connect(_forget_rendition, Rendition, dispatch_uid="images.rendition")


def _forget_original(instance: Image, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.original))


def _forget_rendition(instance: Rendition, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.file))
