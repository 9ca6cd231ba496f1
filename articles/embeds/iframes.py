"""Embeds: made of URLs alone on a line when a text is saved; on a page a card, and a frame on a click.

A page without embeds makes no query and keeps the default policy. A page with embeds makes two queries,
and its policy allows the origins of its own frames and no others.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext

from articles.body.blocks.embeds import EmbedUse, embeds_in
from articles.body.references import normalise_url
from articles.embeds.link_cards import NO_CARDS, LinkCards, cards_for
from articles.embeds.models import EmbedProvider, LinkCard

LONE_URL: Final = re.compile(
    r'^<p(?: (?:dir|lang)="[^"]*")*>(?:<a href="(?P<href>https://[^"]+)">(?P<text>[^<>]+)</a>'
    r"|(?P<bare>https://[^\s<>]+))</p>$",
    re.MULTILINE,
)
"""A paragraph with only a URL. In a sanitised body every block has a line of its own."""


def autoembed(body: str) -> str:
    """The sanitised body with the URLs that are alone on a line as embeds; repeating it changes nothing."""
    if not LONE_URL.search(body):
        return body
    providers = list(EmbedProvider.objects.filter(is_enabled=True))

    def embed(found: re.Match[str]) -> str:
        url = normalise_url(unescape(found["href"] or found["bare"]))
        if url is None or not _has_no_link_text(found):
            return found[0]
        if not any(provider.frame_of(url) for provider in providers):
            return found[0]
        quoted = url.replace("&", "&amp;")
        return f'<figure data-embed="{quoted}"><figcaption></figcaption></figure>'

    return LONE_URL.sub(embed, body)


def _has_no_link_text(found: re.Match[str]) -> bool:
    """Whether it is not a link with a text of its own, which stays a link."""
    if found["href"] is None:
        return True
    href, text = unescape(found["href"]), unescape(found["text"]).strip()
    return _shortened(text) == _shortened(href)


def _shortened(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of an embed: URL, origin, provider and shape."""

    url: str
    origin: str
    provider: str
    shape: str


Frames = Mapping[str, Frame]
"""Frames by the URL of the embedded page."""
NO_FRAMES: Final[Frames] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Embeds:
    """What is known of the embedded pages of a text, by their URLs."""

    frames: Frames
    cards: LinkCards


NO_EMBEDS: Final = Embeds(NO_FRAMES, NO_CARDS)


def embeds_for(body: str) -> Embeds:
    """The frames and cards of the embeds in a body; no query if there are none, else two."""
    uses = embeds_in(body)
    if not uses:
        return NO_EMBEDS
    providers = list(EmbedProvider.objects.filter(is_enabled=True))
    found = {use.url: _frame(use.url, providers) for use in uses}
    frames = {url: frame for url, frame in found.items() if frame is not None}
    return Embeds(frames, cards_for(body))


def _frame(url: str, providers: Iterable[EmbedProvider]) -> Frame | None:
    """The frame of the first provider of this page; None if it has none."""
    for provider in providers:
        frame_url = provider.frame_of(url)
        if frame_url is not None and _may_be_framed(frame_url, provider.frame_origin):
            return Frame(frame_url, provider.frame_origin, provider.name, provider.shape)
    return None


def _may_be_framed(url: str, origin: str) -> bool:
    """Whether it is at the provider's origin, and not on this site: scripts in such a frame would have the
    reader's permissions."""
    own = settings.SITE_HOST.lower()
    host = urlsplit(url).netloc
    return url.startswith(f"{origin}/") and host != own and not host.endswith(f".{own}")


def draw_embed(use: EmbedUse, embeds: Embeds) -> str:
    """The card as HTML, with the data for the script that loads the frame on a click.

    The title that editors wrote comes before that of the page.
    """
    frame, card = embeds.frames.get(use.url), embeds.cards.get(use.url)
    use = use.or_title(card.title if card else "")
    site = frame.provider if frame else use.host
    site = "" if site in use.name else f' <span class="embed-provider">{escape(site)}</span>'
    link = f'<a href="{escape(use.url)}">{escape(use.name)}</a>'
    text = f'<p class="embed-card">{link}{site}</p>'
    image = _thumbnail(card) if card is not None else ""
    if frame is None:
        return f'<figure class="embed embed-link">{image}{text}</figure>'
    show = escape(gettext("Show embed"))
    note = escape(
        gettext("%(provider)s will know that you read this page.") % {"provider": frame.provider}
    )
    return (
        f'<figure class="embed embed-{escape(frame.shape)}">'
        f'<embed-frame data-frame="{escape(frame.url)}" data-title="{escape(use.name)}">'
        f"{image}{text}"
        f'<p class="embed-ask" hidden><button class="button button-quiet" type="button">{show}</button> <small>{note}</small></p>'
        "</embed-frame></figure>"
    )


def _thumbnail(card: LinkCard) -> str:
    if not card.thumbnail_name:
        return ""
    return (
        f'<img class="embed-image" src="{escape(card.thumbnail_url)}" alt="" loading="lazy"'
        f' width="{card.thumbnail_width}" height="{card.thumbnail_height}">'
    )


def allow_frames(response: HttpResponse, embeds: Embeds) -> HttpResponse:
    """The response, with the origins of the frames in its CSP."""
    if embeds.frames:
        origins = sorted({frame.origin for frame in embeds.frames.values()})
        policy: dict[str, Any] = {**settings.SECURE_CSP}
        policy["frame-src"] = [*policy["frame-src"], *origins]
        response._csp_config = policy  # type: ignore[attr-defined]
    return response
