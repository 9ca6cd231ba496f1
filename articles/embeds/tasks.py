"""Jobs for embeds."""

import logging
from typing import Final

from procrastinate import RetryStrategy

from articles.embeds import link_cards
from articles.embeds.models import LinkCard
from iria.core.http.safe_client import RequestFailed
from iria.core.jobs import enqueue, job

RETRY: Final = RetryStrategy(
    max_attempts=3, wait=60, linear_wait=600, retry_exceptions={RequestFailed}
)

log = logging.getLogger(__name__)


@job("articles.embeds.tasks.fetch_link_card", queue="link_cards", retry=RETRY)
def fetch_link_card(card_id: int) -> None:
    """Fetches title and image of a page, unless its card was deleted in the meantime."""
    card = LinkCard.objects.filter(pk=card_id).first()
    if card is not None:
        link_cards.fetch(card)


def enqueue_fetch(card: LinkCard) -> None:
    """Enqueues the job unless it is queued already."""
    enqueue("articles.embeds.tasks.fetch_link_card", once=True, card_id=card.pk)


@job("articles.embeds.tasks.delete_unused", cron="5 3 * * *", queue="link_cards")
def delete_unused() -> None:
    """Deletes cards of pages that no text embeds any more."""
    if count := link_cards.delete_unused():
        log.info("Deleted %s unused link cards", count)
