"""Link cards of embedded pages: asked for by editors, fetched by the worker, read for pages."""

import hashlib
import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from articles.body.embeds import embeds_in
from articles.embeds import page_metadata
from articles.embeds.models import LinkCard
from articles.embeds.page_metadata import PageMetadata
from articles.images.library import decoder_client
from articles.images.processing.file_types import HEAD_LENGTH, kind_of
from iria.core import hooks
from iria.core.http import safe_client
from iria.core.http.safe_client import RequestFailed

LinkCards = Mapping[str, LinkCard]
"""By the URL of the page."""
NO_CARDS: Final[LinkCards] = MappingProxyType({})

PAGE_BYTES: Final = 512 * 1024
"""Of a page, whose metadata is at its start; the rest is not read."""
IMAGE_BYTES: Final = 8 * 1024 * 1024
BOX: Final = (640, 640)
"""Maximum size of the stored image."""
SMALLEST: Final = 48
"""Pixels; smaller images are icons or trackers."""
SECONDS: Final = 10
"""For each request: a slow site must not keep the worker."""
UNUSED_AFTER: Final = timedelta(days=30)

log = logging.getLogger(__name__)


def cards_for(*bodies: str) -> dict[str, LinkCard]:
    """The fetched cards of the embeds in these texts; no query if there are none."""
    return _cards_of(urls_in(bodies))


def titles_of(urls: Collection[str]) -> dict[str, str]:
    """The titles of the fetched cards of these pages, by URL."""
    return {url: card.title for url, card in _cards_of(urls).items()}


def _cards_of(urls: Collection[str]) -> dict[str, LinkCard]:
    if not urls:
        return {}
    known = LinkCard.objects.filter(url__in=urls, state=LinkCard.State.FETCHED)
    return {card.url: card for card in known.defer("thumbnail")}


def titles_for(*bodies: str) -> dict[str, str]:
    """The titles of the fetched cards of the embeds in these texts, by URL."""
    return titles_of(urls_in(bodies))


def fetch(card: LinkCard) -> None:
    """Asks the other site, and saves what it says. A failure is saved and raised.

    Raises:
        RequestFailed: the page could not be read.
    """
    try:
        found = _metadata(card.url)
    except RequestFailed as error:
        failed = LinkCard.objects.filter(pk=card.pk).exclude(state=LinkCard.State.FETCHED)
        failed.update(state=LinkCard.State.FAILED, error=str(error)[:200])
        raise
    card.title = found.title
    _set_thumbnail(card, found.image_url)
    card.state, card.error, card.fetched_at = LinkCard.State.FETCHED, "", timezone.now()
    card.save()


def _metadata(url: str) -> PageMetadata:
    """From the site's oEmbed if it has any, else from the page itself."""
    if endpoint := page_metadata.oembed_url(url):
        try:
            content = safe_client.get_file(
                endpoint, agent=_agent(), most=PAGE_BYTES, seconds=SECONDS
            )
            found = page_metadata.from_oembed(content, url)
            if found.title:
                return found
        except (RequestFailed, ValueError) as error:
            log.info("No oEmbed response for %s: %s", url, error)
    page = safe_client.get_page(url, agent=_agent(), most=PAGE_BYTES, seconds=SECONDS)
    found = page_metadata.from_page(page.content, page.content_type, page.url)
    if not found.title:
        message = "The page has no title."
        raise RequestFailed(message)
    return found


def _set_thumbnail(card: LinkCard, url: str) -> None:
    """Re-encoded in the decoder process, as uploads are; without an image if anything is wrong with it."""
    card.thumbnail, card.thumbnail_name = b"", ""
    card.thumbnail_width = card.thumbnail_height = 0
    if not url:
        return
    try:
        file = safe_client.get_file(url, agent=_agent(), most=IMAGE_BYTES, seconds=SECONDS)
        if kind_of(file[:HEAD_LENGTH]) is None:
            return
        (image,) = decoder_client.fitted(file, [BOX], "jpeg")
    except (RequestFailed, decoder_client.Undecodable, OSError) as error:
        log.info("No image for %s: %s", card.url, error)
        return
    if min(image.width, image.height) < SMALLEST:
        return
    card.thumbnail = image.content
    card.thumbnail_name = hashlib.blake2b(image.content, digest_size=10).hexdigest()
    card.thumbnail_width, card.thumbnail_height = image.width, image.height


def _agent() -> str:
    return f"IRIA/1.0 ({settings.SITE_URL})"


def delete_unused() -> int:
    """Deletes cards of pages that no text embeds any more, and returns how many."""
    old = LinkCard.objects.filter(requested_at__lt=timezone.now() - UNUSED_AFTER)
    if not old.exists():
        return 0
    used = {url for find in hooks.embedded_urls for url in find()}
    deleted, _ = old.exclude(Q(url__in=used)).delete()
    return deleted


def urls_in(bodies: Iterable[str]) -> set[str]:
    """The URLs of all embeds in these texts."""
    return {use.url for body in bodies for use in embeds_in(body)}
