"""Files follow their rows: when a row is gone for good, so is its file."""

from typing import Any

from django.db import transaction

from articles.images.models import Image, Rendition
from articles.images.renditions import discard


def forget_original(sender: type[Image], instance: Image, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.original))


def forget_rendition(sender: type[Rendition], instance: Rendition, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.file))
