"""Embeds: URLs alone on a line when a text is saved; on a page a card first, and a frame on a click.

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

from articles.body.figures import EmbedUse, embeds_in
from articles.body.references import normalise_url
from articles.embeds.link_cards import NO_CARDS, LinkCards, cards_for
from articles.embeds.models import EmbedProvider, LinkCard

ALONE: Final = re.compile(
    r'^<p(?: (?:dir|lang)="[^"]*")*>(?:<a href="(?P<href>https://[^"]+)">(?P<text>[^<>]+)</a>'
    r"|(?P<bare>https://[^\s<>]+))</p>$",
    re.MULTILINE,
)
"""In a sanitised body every block has a line of its own."""


def autoembed(body: str) -> str:
    """The sanitised body with such URLs as embeds; repeating it changes nothing."""
    if not ALONE.search(body):
        return body
    providers = list(EmbedProvider.objects.filter(is_enabled=True))

    def replace(found: re.Match[str]) -> str:
        url = normalise_url(unescape(found["href"] or found["bare"]))
        if url is None or not _has_no_link_text(found):
            return found[0]
        if not any(provider.frame_of(url) for provider in providers):
            return found[0]
        quoted = url.replace("&", "&amp;")
        return f'<figure data-embed="{quoted}"><figcaption></figcaption></figure>'

    return ALONE.sub(replace, body)


def _has_no_link_text(found: re.Match[str]) -> bool:
    """A link with other text than its URL stays a link."""
    if found["href"] is None:
        return True
    href, text = unescape(found["href"]), unescape(found["text"]).strip()
    return _bare(text) == _bare(href)


def _bare(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of an embed: URL, origin, provider and shape."""

    url: str
    origin: str
    provider: str
    shape: str


Frames = Mapping[str, Frame]
"""By the URL of the embedded page."""
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
    for provider in providers:
        frame_url = provider.frame_of(url)
        if frame_url is not None and _may_be_framed(frame_url, provider.frame_origin):
            return Frame(frame_url, provider.frame_origin, provider.name, provider.shape)
    return None


def _may_be_framed(url: str, origin: str) -> bool:
    """Never our own pages: scripts in a frame of our origin would have the reader's permissions."""
    own = settings.SITE_HOST.lower()
    host = urlsplit(url).netloc
    return url.startswith(f"{origin}/") and host != own and not host.endswith(f".{own}")


def draw(use: EmbedUse, embeds: Embeds) -> str:
    """The card, with the data for the script that loads the frame on a click.

    The title that editors wrote comes before that of the page.
    """
    frame, known = embeds.frames.get(use.url), embeds.cards.get(use.url)
    use = use.or_title(known.title if known else "")
    site = frame.provider if frame else use.host
    site = "" if site in use.name else f' <span class="embed-provider">{escape(site)}</span>'
    link = f'<a href="{escape(use.url)}">{escape(use.name)}</a>'
    text = f'<p class="embed-card">{link}{site}</p>'
    image = _image(known) if known is not None else ""
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


def _image(known: LinkCard) -> str:
    if not known.thumbnail_name:
        return ""
    return (
        f'<img class="embed-image" src="{escape(known.thumbnail_url)}" alt="" loading="lazy"'
        f' width="{known.thumbnail_width}" height="{known.thumbnail_height}">'
    )


def allow(response: HttpResponse, embeds: Embeds) -> HttpResponse:
    """Adds the origins of the frames to the page's CSP."""
    if embeds.frames:
        origins = sorted({frame.origin for frame in embeds.frames.values()})
        policy: dict[str, Any] = {**settings.SECURE_CSP}
        policy["frame-src"] = [*policy["frame-src"], *origins]
        response._csp_config = policy  # type: ignore[attr-defined]
    return response
