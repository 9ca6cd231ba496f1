"""Jobs of the picture room."""

import logging
from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from articles.images.library.decoder_client import Undecodable
from articles.images.models import Image, ImageQuerySet
from articles.images.renditions import orphans, rendition_files, renditions

AT_ONCE: Final = 50
_RETRY: Final = RetryStrategy(max_attempts=5, exponential_wait=4)

log = logging.getLogger(__name__)


@app.task(queue="pictures", retry=_RETRY)
def make_renditions(image_id: int) -> None:
    """Every size and shape of a picture; nothing for one that was deleted in the meantime."""
    _do(image_id, renditions.make)


@app.task(queue="pictures", retry=_RETRY)
def rewrite_rights(image_id: int) -> None:
    """The rights of today in every file of a picture."""
    _do(image_id, renditions.tell)


def soon(task: Any, image_id: int) -> None:
    """Has the worker do it, once: one that waits already will find the picture as it is then."""
    name = f"{task.name}.{image_id}"
    # One picture at a time: two jobs would make the same files, and throw half of them away.
    waiting = task.configure(queueing_lock=name, lock=f"picture.{image_id}")
    try:
        waiting.defer(image_id=image_id)
    except AlreadyEnqueued:
        log.info("%s is waiting already", name)


def bring_up_to_date(image_id: int) -> None:
    """Has the worker do what the files of a picture need since it was changed, if anything."""
    image = Image.objects.filter(pk=image_id)
    if image.outdated_crops().exists():
        soon(make_renditions, image_id)
    elif image.outdated_rights().exists():
        soon(rewrite_rights, image_id)


@app.task(queue="pictures", retry=_RETRY)
def bring_all_up_to_date(image_ids: list[int]) -> None:
    """The same for many pictures that were changed at once; each gets a job of its own."""
    for image_id in image_ids:
        bring_up_to_date(image_id)


@app.periodic(cron="*/15 * * * *")
@app.task(queue="pictures", queueing_lock="pictures.catch_up")
def catch_up(timestamp: int) -> None:
    """Clears away old files, then does what a killed server, a full disk or a lost job left out.

    In that order: on a full disk only what goes makes room for what is to come. Which pictures come
    first is left to chance, so that those that cannot be read never keep the others out.
    """
    rendition_files.discard_former()
    now = timezone.now()
    settled = Image.objects.filter(uploaded_at__lt=now - timedelta(minutes=15))
    recent = settled.filter(uploaded_at__gt=now - timedelta(days=7))
    for image_id in _some(recent.lacking_sizes()):
        _try(image_id, renditions.make)
    for image_id in _some(settled.outdated_crops()):
        _try(image_id, renditions.make)
    for image_id in _some(settled.outdated_rights()):
        _try(image_id, renditions.tell)


def _some(images: ImageQuerySet) -> QuerySet[Image, int]:
    return images.order_by("?").values_list("pk", flat=True)[:AT_ONCE]


@app.periodic(cron="50 2 * * *")
@app.task(queue="pictures", queueing_lock="pictures.sweep")
def sweep(timestamp: int) -> None:
    """Deletes files that no row names."""
    if count := orphans.delete_orphans():
        log.warning("%s files of pictures belonged to no row and were deleted", count)


def _try(image_id: int, verb: Any) -> None:
    """One picture whose files cannot be read or written keeps no other waiting."""
    try:
        _do(image_id, verb)
    except OSError:
        log.exception("The files of picture %s have to wait for the next time", image_id)


def _do(image_id: int, verb: Any) -> None:
    image = Image.objects.filter(pk=image_id).first()
    if image is None:
        return
    try:
        verb(image)
    except Undecodable as mistake:
        # Trying again would read the same bytes; the files there are stay in use.
        log.warning("Picture %s keeps the files it has: %s", image.pk, mistake)
