"""Jobs of the picture room."""

import logging
from datetime import timedelta
from typing import Final

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from articles.images import renditions
from articles.images.decoding import Undecodable
from articles.images.models import Image

AT_ONCE: Final = 50

log = logging.getLogger(__name__)


@app.task(queue="pictures", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def make_renditions(image_id: int) -> None:
    """Every size of a picture; nothing for one that was deleted in the meantime."""
    image = Image.objects.filter(pk=image_id).first()
    if image is not None:
        _make(image)


@app.periodic(cron="*/15 * * * *")
@app.task(queue="pictures", queueing_lock="pictures.catch_up")
def catch_up(timestamp: int) -> None:
    """Makes what a killed server, a full disk or a lost job left out, for pictures of the last week."""
    now = timezone.now()
    recent = Image.objects.filter(
        uploaded_at__gt=now - timedelta(days=7), uploaded_at__lt=now - timedelta(minutes=15)
    )
    for image in recent.lacking_sizes()[:AT_ONCE]:
        _make(image)


def _make(image: Image) -> None:
    try:
        renditions.make(image)
    except Undecodable as mistake:
        # Trying again would read the same bytes; the first rendition stays in use.
        log.warning("Picture %s keeps its first size only: %s", image.pk, mistake)
