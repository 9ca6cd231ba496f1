"""Files follow their rows: when a row is gone for good, so is its file."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete

from articles.images.keeping import discard
from articles.images.models import FormerName, Image, Rendition


def connect() -> None:
    post_delete.connect(_forget_original, Image, dispatch_uid="images.original")
    post_delete.connect(_forget_rendition, Rendition, dispatch_uid="images.rendition")
    post_delete.connect(_forget_rendition, FormerName, dispatch_uid="images.former_name")


def _forget_original(instance: Image, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.original))


def _forget_rendition(instance: Rendition | FormerName, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.file))
