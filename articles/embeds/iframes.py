"""Embeds on a page: a card at first, a frame on a click, and a policy that names its origin.

A page without embeds asks nothing and keeps the policy of every page. A page with some asks once,
and its policy names the origins of its own frames and no others.
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
    """Where an embed's frame stands, whose it is, and its shape."""

    address: str
    origin: str
    provider: str
    shape: str


Frames = Mapping[str, Frame]
"""By the address of the page that is embedded."""
NO_FRAMES: Final[Frames] = MappingProxyType({})


def frames_of(body: str) -> dict[str, Frame]:
    """The frame of every embed in a body whose provider we know; asks nothing where there is none."""
    uses = embeds_in(body)
    if not uses:
        return {}
    providers = list(EmbedProvider.objects.filter(is_on=True))
    found = {use.address: _frame(use.address, providers) for use in uses}
    return {address: frame for address, frame in found.items() if frame is not None}


def _frame(address: str, providers: Iterable[EmbedProvider]) -> Frame | None:
    for provider in providers:
        at = provider.frame_of(address)
        if at is not None and _may_be_framed(at, provider.frame_origin):
            return Frame(at, provider.frame_origin, provider.name, provider.shape)
    return None


def _may_be_framed(address: str, origin: str) -> bool:
    """Our own pages never: a frame with scripts at our origin could do what its reader may."""
    own = settings.SITE_HOST.lower()
    host = urlsplit(address).netloc
    return address.startswith(f"{origin}/") and host != own and not host.endswith(f".{own}")


def draw(use: EmbedUse, frames: Frames) -> str:
    """The card, with what a script needs to put the frame in its place when somebody asks for it."""
    frame = frames.get(use.address)
    if frame is None:
        return card(use)
    provider = escape(frame.provider)
    show = escape(gettext("Show it here"))
    note = escape(
        gettext("%(provider)s will then know that you read this page.")
        % {"provider": frame.provider}
    )
    return (
        f'<figure class="embed embed-{escape(frame.shape)}">'
        f'<embed-frame data-frame="{escape(frame.address)}" data-title="{escape(use.name)}">'
        f'<p class="embed-card"><a href="{escape(use.address)}">{escape(use.name)}</a> '
        f'<span class="embed-provider">{provider}</span></p>'
        f'<p class="embed-ask" hidden><button class="button button-quiet" type="button">{show}</button> <small>{note}</small></p>'
        "</embed-frame></figure>"
    )


def allow(response: HttpResponse, frames: Frames) -> HttpResponse:
    """Lets the page's policy name the origins of its frames."""
    if frames:
        origins = sorted({frame.origin for frame in frames.values()})
        policy: dict[str, Any] = {**settings.SECURE_CSP}
        policy["frame-src"] = [*policy["frame-src"], *origins]
        response._csp_config = policy  # type: ignore[attr-defined]
    return response
