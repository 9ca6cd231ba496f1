"""Jobs for images, and what starts them: rows that were deleted or changed."""

import logging
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from procrastinate import RetryStrategy

from articles.images import renditions
from articles.images.library.decoder_client import Undecodable
from articles.images.models import Image, ImageQuerySet, OldRenditionName, Rendition
from articles.images.renditions import discard
from iria.core.jobs import enqueue, job

MAX_PER_RUN: Final = 50
_RETRY: Final = RetryStrategy(max_attempts=5, exponential_wait=4)

log = logging.getLogger(__name__)


@job("articles.images.tasks.make_renditions", queue="pictures", retry=_RETRY)
def make_renditions(image_id: int) -> None:
    """Creates all renditions of an image, unless it was deleted in the meantime."""
    _do(image_id, renditions.make)


@job("articles.images.tasks.rewrite_rights", queue="pictures", retry=_RETRY)
def rewrite_rights(image_id: int) -> None:
    """Writes the current rights into every file of an image."""
    _do(image_id, renditions.update_rights)


def enqueue_renditions(image_id: int) -> None:
    """Queues the job unless it is queued already; it reads the image when it runs."""
    _enqueue("articles.images.tasks.make_renditions", image_id)


def _enqueue(name: str, image_id: int) -> None:
    # One job per image at a time: two would create the same files.
    enqueue(name, once=True, lock=f"picture.{image_id}", image_id=image_id)


def enqueue_updates(image_id: int) -> None:
    """Enqueues what the files of a changed image need, if anything."""
    image = Image.objects.filter(pk=image_id)
    if image.outdated_crops().exists():
        enqueue_renditions(image_id)
    elif image.outdated_rights().exists():
        _enqueue("articles.images.tasks.rewrite_rights", image_id)


@job("articles.images.tasks.update_all_renditions", queue="pictures", retry=_RETRY)
def update_all_renditions(image_ids: list[int]) -> None:
    """The same for many images; each gets a job of its own."""
    for image_id in image_ids:
        enqueue_updates(image_id)


@job("articles.images.tasks.catch_up", cron="*/15 * * * *", queue="pictures")
def catch_up() -> None:
    """Deletes old files, then creates files that are missing after a crash, full disk or lost job.

    In that order, so that deleting makes room. Images are taken in random order, so that unreadable
    ones cannot block the others.
    """
    renditions.discard_former()
    now = timezone.now()
    processed = Image.objects.filter(uploaded_at__lt=now - timedelta(minutes=15))
    recent = processed.filter(uploaded_at__gt=now - timedelta(days=7))
    for image_id in _sample(recent.lacking_sizes()):
        _try(image_id, renditions.make)
    for image_id in _sample(processed.outdated_crops()):
        _try(image_id, renditions.make)
    for image_id in _sample(processed.outdated_rights()):
        _try(image_id, renditions.update_rights)


def _sample(images: ImageQuerySet) -> QuerySet[Image, int]:
    return images.order_by("?").values_list("pk", flat=True)[:MAX_PER_RUN]


@job("articles.images.tasks.sweep", cron="50 2 * * *", queue="pictures")
def sweep() -> None:
    """Deletes files that no row names."""
    if count := renditions.delete_files(renditions.orphaned_files()):
        log.warning("Deleted %s image files without a row", count)


def _try(image_id: int, action: Any) -> None:
    """An image whose files cannot be read or written does not stop the others."""
    try:
        _do(image_id, action)
    except OSError:
        log.exception(
            "The files of image %s could not be updated; next try in 15 minutes", image_id
        )


def _do(image_id: int, action: Any) -> None:
    image = Image.objects.filter(pk=image_id).first()
    if image is None:
        return
    try:
        action(image)
    except Undecodable as error:
        # A retry would read the same bytes; the existing files stay in use.
        log.warning("Image %s keeps its current files: %s", image.pk, error)


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
