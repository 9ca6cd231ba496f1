"""Embeds on a page: a card first, a frame on a click, and a CSP that allows its origin.

A page without embeds makes no query and keeps the default policy. A page with embeds makes one query,
and its policy allows the origins of its own frames and no others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext

from articles.body.embeds import EmbedUse, card, embeds_in
from articles.embeds.models import EmbedProvider


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


def frames_of(body: str) -> dict[str, Frame]:
    """The frames of embeds in a body with a known provider; no query if there are none."""
    uses = embeds_in(body)
    if not uses:
        return {}
    providers = list(EmbedProvider.objects.filter(is_enabled=True))
    found = {use.url: _frame(use.url, providers) for use in uses}
    return {url: frame for url, frame in found.items() if frame is not None}


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


def draw(use: EmbedUse, frames: Frames) -> str:
    """The card, with the data for the script that loads the frame on a click."""
    frame = frames.get(use.url)
    if frame is None:
        return card(use)
    provider = escape(frame.provider)
    show = escape(gettext("Show embed"))
    note = escape(
        gettext("%(provider)s will know that you read this page.") % {"provider": frame.provider}
    )
    return (
        f'<figure class="embed embed-{escape(frame.shape)}">'
        f'<embed-frame data-frame="{escape(frame.url)}" data-title="{escape(use.name)}">'
        f'<p class="embed-card"><a href="{escape(use.url)}">{escape(use.name)}</a> '
        f'<span class="embed-provider">{provider}</span></p>'
        f'<p class="embed-ask" hidden><button class="button button-quiet" type="button">{show}</button> <small>{note}</small></p>'
        "</embed-frame></figure>"
    )


def allow(response: HttpResponse, frames: Frames) -> HttpResponse:
    """Adds the origins of the frames to the page's CSP."""
    if frames:
        origins = sorted({frame.origin for frame in frames.values()})
        policy: dict[str, Any] = {**settings.SECURE_CSP}
        policy["frame-src"] = [*policy["frame-src"], *origins]
        response._csp_config = policy  # type: ignore[attr-defined]
    return response
