"""Jobs for embeds."""

import logging
from typing import Final

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from articles.embeds import link_cards
from articles.embeds.models import LinkCard
from iria.core.http.safe_client import RequestFailed

RETRY: Final = RetryStrategy(
    max_attempts=3, wait=60, linear_wait=600, retry_exceptions={RequestFailed}
)

log = logging.getLogger(__name__)


@app.task(queue="link_cards", retry=RETRY)
def fetch_link_card(card_id: int) -> None:
    """Fetches title and image of a page, unless its card was deleted in the meantime."""
    card = LinkCard.objects.filter(pk=card_id).first()
    if card is not None:
        link_cards.fetch(card)


def enqueue_fetch(card: LinkCard) -> None:
    """Enqueues the job unless it is queued already."""
    job = fetch_link_card.configure(queueing_lock=f"link_card.{card.pk}")
    try:
        with transaction.atomic():
            job.defer(card_id=card.pk)
    except AlreadyEnqueued:
        log.info("The link card %s is already queued", card.pk)


@app.periodic(cron="5 3 * * *")
@app.task(queue="link_cards", queueing_lock="link_cards.delete_unused")
def delete_unused(timestamp: int) -> None:
    """Deletes cards of pages that no text embeds any more."""
    if count := link_cards.delete_unused():
        log.info("Deleted %s unused link cards", count)
