"""Deletes a stored file after its row."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete

from articles.files.models import File
from articles.images.renditions.rendition_files import discard


def register() -> None:
    post_delete.connect(_delete_stored, File, dispatch_uid="files.stored")


def _delete_stored(instance: File, **signal: Any) -> None:
    transaction.on_commit(lambda: discard(instance.stored))
