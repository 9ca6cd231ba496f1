"""The images of link cards, and the link cards for the editor.

The cards are JSON, for `static/iria_admin/editor/embed.js`. A POST makes this server connect to a URL that
somebody typed. So only people who may change texts can request cards, a limited number of times, and the worker
fetches them through `iria.core.http.safe_client`.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from articles.body.references import normalise_url
from articles.embeds.models import EmbedProvider, LinkCard
from articles.embeds.tasks import enqueue_fetch
from articles.images.views import FILE_HEADERS, FOR_EVER
from iria.core.security import count_and_allow


@require_safe
def thumbnail(request: HttpRequest, name: str) -> HttpResponse:
    """An image by the hash of its content, which never changes. One query."""
    found = LinkCard.objects.only("thumbnail").filter(thumbnail_name=name)[:1]
    card = get_object_or_404(found)
    headers = {**FILE_HEADERS, "Cache-Control": FOR_EVER}
    return HttpResponse(bytes(card.thumbnail), content_type="image/jpeg", headers=headers)


MAX_URLS: Final = 100
"""Maximum number of URLs of one request."""
MAX_REQUESTS: Final = 60
"""Pages that one user may request in `RATE_PERIOD`."""
RATE_PERIOD: Final = timedelta(hours=1)
RETRY_AFTER: Final = timedelta(hours=1)
"""After this time a page that was not fetched may be requested again."""
LIMITED: Final = "limited"
"""The state of a URL that was not requested, because the user reached the limit."""


def link_cards_view(request: HttpRequest) -> JsonResponse:
    """The cards by URL. POST requests those that are unknown; GET only reads."""
    if not any(request.user.has_perm(f"articles.change_{each}") for each in ("article", "page")):
        raise PermissionDenied
    is_post = request.method == "POST"
    sent = (request.POST if is_post else request.GET).getlist("url")[:MAX_URLS]
    urls = {text: url for text in sent if (url := normalise_url(text))}
    if is_post:
        request_cards(urls.values(), by=request.user)  # type: ignore[arg-type]
    cards = LinkCard.objects.filter(url__in=urls.values()).defer("thumbnail")
    known = {card.url: card for card in cards}
    providers = list(EmbedProvider.objects.filter(is_enabled=True))
    return JsonResponse(
        {"cards": {text: _serialize(url, known.get(url), providers) for text, url in urls.items()}}
    )


def request_cards(urls: Iterable[str], *, by: User) -> None:
    """Enqueues pages that were never fetched, or failed a while ago, up to the limit of the user."""
    wanted = dict.fromkeys(urls)
    known = {card.url: card for card in LinkCard.objects.filter(url__in=wanted).defer("thumbnail")}
    for url in wanted:
        card = known.get(url)
        if card is not None and not _may_be_retried(card):
            continue
        if not count_and_allow("link cards", str(by.pk), limit=MAX_REQUESTS, per=RATE_PERIOD):
            return
        if card is None:
            card, _ = LinkCard.objects.get_or_create(url=url)
        fetch_again(card)


def fetch_again(card: LinkCard) -> None:
    """Enqueues the card; what was fetched before stays until then."""
    card.requested_at = timezone.now()
    if card.state == LinkCard.State.FAILED:
        card.state = LinkCard.State.PENDING
    card.save(update_fields=["requested_at", "state"])
    enqueue_fetch(card)


def _may_be_retried(card: LinkCard) -> bool:
    """Whether it was not fetched for some time: it failed, or its job was lost."""
    fetched = card.state == LinkCard.State.FETCHED
    return not fetched and card.requested_at < timezone.now() - RETRY_AFTER


def _serialize(url: str, card: LinkCard | None, providers: list[EmbedProvider]) -> dict[str, str]:
    provider = next((each.name for each in providers if each.frame_of(url)), "")
    if card is None:
        return {"state": LIMITED, "provider": provider, "title": "", "thumbnail": ""}
    return {
        "state": card.state,
        "provider": provider,
        "title": card.title,
        "thumbnail": card.thumbnail_url,
    }
