"""Link cards of embedded pages: requested by editors, fetched by the worker, shown on pages.

Title and image come from oEmbed, Open Graph or the `<title>` of the page. None of that is trusted: texts are
shortened and become plain text on one line.
"""

import codecs
import hashlib
import json
import logging
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from articles.body.blocks.embeds import embeds_in
from articles.embeds.models import LinkCard
from articles.images.library import decoder_client
from articles.images.processing.file_types import HEAD_LENGTH, kind_of
from iria.core import hooks
from iria.core.http import safe_client
from iria.core.http.safe_client import RequestFailed
from iria.core.text.validators import INVISIBLE, one_line, storable

MAX_TITLE_LENGTH: Final = 200
MAX_TEXT_READ: Final = 4_000
"""Maximum characters of a text or URL that are read."""
CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([a-z0-9_.:-]{2,40})", re.IGNORECASE)
MAX_CHARSET_POSITION: Final = 2_048
"""Bytes in which a page declares its encoding; browsers look at half of that."""

OEMBED: Final = {
    "www.youtube.com": "https://www.youtube.com/oembed?format=json&url={url}",
    "youtube.com": "https://www.youtube.com/oembed?format=json&url={url}",
    "m.youtube.com": "https://www.youtube.com/oembed?format=json&url={url}",
    "youtu.be": "https://www.youtube.com/oembed?format=json&url={url}",
    "vimeo.com": "https://vimeo.com/api/oembed.json?url={url}",
    "soundcloud.com": "https://soundcloud.com/oembed?format=json&url={url}",
    "datawrapper.dwcdn.net": "https://api.datawrapper.de/v3/oembed/?format=json&url={url}",
}
"""The oEmbed endpoint by host, as documented by these sites. Of other sites the page itself is read."""


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says of itself; each may be empty."""

    title: str = ""
    image_url: str = ""


def oembed_url(url: str) -> str:
    """The URL with the oEmbed response for a page; empty if its site is not known to have one."""
    endpoint = OEMBED.get(urlsplit(url).netloc, "")
    return endpoint.format(url=quote(url, safe=""))


def from_oembed(content: bytes, url: str) -> PageMetadata:
    """The metadata in an oEmbed response (oembed.com, version 1.0).

    Raises:
        ValueError: it is not a JSON object.
    """
    try:
        found = json.loads(content)
    except RecursionError as error:
        raise ValueError(str(error)) from error
    if not isinstance(found, dict):
        raise ValueError("The oEmbed response is not a JSON object.")
    return PageMetadata(
        title=_clean(found.get("title")),
        image_url=_absolute(found.get("thumbnail_url"), url),
    )


def from_page(content: bytes, content_type: str, url: str) -> PageMetadata:
    """The metadata at the start of a page: of Open Graph (ogp.me), else of Twitter, else the `<title>`."""
    tree = _parse(_decode(content, content_type))
    if tree is None:
        return PageMetadata()
    named: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        if value := (meta.get("content") or "").strip():
            named.setdefault(name, value)
    titles = [named.get("og:title"), named.get("twitter:title"), _title_element(tree)]
    images = [named.get("og:image:secure_url"), named.get("og:image"), named.get("twitter:image")]
    return PageMetadata(
        title=next((text for each in titles if (text := _clean(each))), ""),
        image_url=next((found for each in images if (found := _absolute(each, url))), ""),
    )


def _title_element(tree: HtmlElement) -> str:
    return next((text for each in tree.iter("title") if (text := "".join(each.itertext()))), "")


def _decode(content: bytes, content_type: str) -> str:
    """Decodes as the header or the markup says, else as UTF-8; invalid bytes become replacement characters."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    head = content[:MAX_CHARSET_POSITION].decode("ascii", "replace")
    for text in (content_type, head):
        if declared := CHARSET.search(text):
            try:
                # For browsers, Latin-1 means Windows-1252 (WHATWG Encoding Standard).
                name = codecs.lookup(declared[1]).name
                return content.decode("cp1252" if name == "iso8859-1" else name, "replace")
            except (LookupError, ValueError):
                continue
    return content.decode("utf-8", "replace")


def _parse(text: str) -> HtmlElement | None:
    try:
        # As UTF-8: a string with an XML declaration would be refused.
        parser = lxml_html.HTMLParser(encoding="utf-8")
        return lxml_html.document_fromstring(storable(text).encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _clean(value: Any) -> str:
    """The value on one line, shortened if it is long; empty if it is not text."""
    if not isinstance(value, str):
        return ""
    text = INVISIBLE.sub("", one_line(storable(value[:MAX_TEXT_READ])))
    text = " ".join(text.replace("\ufffd", "").split())
    return text if len(text) <= MAX_TITLE_LENGTH else f"{text[: MAX_TITLE_LENGTH - 1].rstrip()}…"


def _absolute(value: Any, base: str) -> str:
    """The URL of an image; empty if it is not one that can be fetched."""
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT_READ:
        return ""
    try:
        url = urljoin(base, value.strip())
        return url if urlsplit(url).scheme in {"http", "https"} else ""
    except ValueError:
        return ""


LinkCards = Mapping[str, LinkCard]
"""Link cards by the URL of the page."""
NO_CARDS: Final[LinkCards] = MappingProxyType({})

MAX_PAGE_BYTES: Final = 512 * 1024
"""Metadata is at the start of a page; the rest is not read."""
MAX_IMAGE_BYTES: Final = 8 * 1024 * 1024
MAX_IMAGE_SIZE: Final = (640, 640)
"""Maximum width and height of the stored image."""
MIN_THUMBNAIL_SIDE: Final = 48
"""Pixels; smaller images are icons or trackers."""
TIMEOUT: Final = 10
"""Seconds for each request, so that a slow site does not block the worker."""
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
    """Requests the page of the other site and saves its title and image. A failure is saved and raised.

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
    """The metadata from the oEmbed of the site if it has any, else from the page itself."""
    if endpoint := oembed_url(url):
        try:
            content = safe_client.get_file(
                endpoint, agent=_agent(), most=MAX_PAGE_BYTES, seconds=TIMEOUT
            )
            found = from_oembed(content, url)
            if found.title:
                return found
        except (RequestFailed, ValueError) as error:
            log.info("No oEmbed response for %s: %s", url, error)
    page = safe_client.get_page(url, agent=_agent(), most=MAX_PAGE_BYTES, seconds=TIMEOUT)
    found = from_page(page.content, page.content_type, page.url)
    if not found.title:
        raise RequestFailed("The page has no title.")
    return found


def _set_thumbnail(card: LinkCard, url: str) -> None:
    """Sets the image, re-encoded in the decoder process as uploads are; none if anything is wrong with it."""
    card.thumbnail, card.thumbnail_name = b"", ""
    card.thumbnail_width = card.thumbnail_height = 0
    if not url:
        return
    try:
        file = safe_client.get_file(url, agent=_agent(), most=MAX_IMAGE_BYTES, seconds=TIMEOUT)
        if kind_of(file[:HEAD_LENGTH]) is None:
            return
        (image,) = decoder_client.fitted(file, [MAX_IMAGE_SIZE], "jpeg")
    except (RequestFailed, decoder_client.Undecodable, OSError) as error:
        log.info("No image for %s: %s", card.url, error)
        return
    if min(image.width, image.height) < MIN_THUMBNAIL_SIDE:
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
