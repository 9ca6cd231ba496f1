"""Jobs of the picture room."""

import logging

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from articles.images import renditions
from articles.images.decoding import Undecodable
from articles.images.models import Image

log = logging.getLogger(__name__)


@app.task(queue="pictures", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def make_renditions(image_id: int) -> None:
    """Every size of a picture; nothing for one that was deleted in the meantime."""
    image = Image.objects.filter(pk=image_id).first()
    if image is None:
        return
    try:
        renditions.make(image)
    except Undecodable as mistake:
        # Trying again would read the same bytes; the first rendition stays in use.
        log.warning("Picture %s keeps its first size only: %s", image_id, mistake)
