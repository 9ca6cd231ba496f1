"""The webhook view. A call is verified before anything else."""

import logging
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import DataError, transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.views.decorators.cache import never_cache

from iria.core.http.csrf import open_to_other_sites
from newsletter.bounces.matching import Match, matches
from newsletter.bounces.parser import Kind
from newsletter.bounces.processing import handle_report
from newsletter.bounces.webhooks import verification
from newsletter.bounces.webhooks.events import parse_event
from newsletter.bounces.webhooks.providers import PROVIDERS, Provider
from newsletter.models import Delivery, MailboxStatus
from newsletter.subscriptions import opt_in

log = logging.getLogger(__name__)

MISTAKES: Final = (ArithmeticError, AttributeError, DataError, LookupError, TypeError, ValueError)
"""What a piece of news that makes no sense leads to."""


class StillSending(Exception):
    """The mail is being handed over at this moment; what became of it is not written down yet."""


def act(provider: Provider, events: list[Any]) -> bool:
    """Takes each piece of news for itself: one that makes no sense does not cost the others.

    Returns:
        Whether all of it was taken; else some came too early and is to be told once more.

    Raises:
        DatabaseError: the database is out of reach; the provider will tell it again, and what was done stays done.
    """
    too_early = 0
    for event in events:
        try:
            _take(provider, event)
        except StillSending:
            too_early += 1
        except MISTAKES as mistake:
            log.warning(
                "an event of %s could not be processed: %s", provider.name, type(mistake).__name__
            )
    _note(provider, len(events))
    return not too_early


def _take(provider: Provider, event: Any) -> None:
    news = parse_event(provider, event)
    if news is None:
        return
    found = matches(news.report)
    if news.report.kind is not Kind.NONE:
        if any(each.delivery and each.delivery.state == Delivery.State.SENDING for each in found):
            raise StillSending
        handle_report(news.report, found, key=news.key)
    if not news.leaves:
        return
    with transaction.atomic():
        # Without a time it cannot be seen whether they have come back since.
        if news.report.happened_at is None and not verification.is_first(news.key):
            return
        for match in found:
            _leave(match, news.report.happened_at)


def _leave(match: Match, at: datetime | None) -> None:
    """The same leaving as by the link in every mail."""
    subscriber = match.subscriber
    if subscriber is None:
        return
    if at and subscriber.confirmed_at and at < subscriber.confirmed_at:
        # Told late, or once more: they have come back since.
        return
    opt_in.unsubscribe(subscriber.token)


def _note(provider: Provider, count: int) -> None:
    """When the provider spoke last, beside the mailboxes that are read."""
    now = timezone.now()
    reading, _ = MailboxStatus.objects.get_or_create(
        mailbox=provider.name, defaults={"tried_at": now, "read_at": now}
    )
    MailboxStatus.objects.filter(pk=reading.pk).update(
        tried_at=now, read_at=now, messages=F("messages") + count
    )


def has_called(provider: Provider) -> bool:
    """Whether the provider has ever told us anything."""
    return MailboxStatus.objects.filter(mailbox=provider.name).exists()


@open_to_other_sites
@never_cache
def webhook(request: HttpRequest) -> HttpResponse:
    """Takes the provider's news; there is no such address where no provider is named.

    Any answer but 200 makes a provider call again, for hours or days. So what it says of somebody we do not know is
    taken, and what could not be written down is asked for once more.
    """
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    if provider is None:
        raise Http404
    if request.method == "HEAD":
        # So some look whether anybody is there when the address is entered.
        return HttpResponse()
    if request.method != "POST":
        return HttpResponseNotAllowed(["HEAD", "POST"])
    if _size(request) > verification.MOST_BYTES:
        return _said("Request too large.", status=413)
    try:
        events = verification.parse_call(provider, settings.MAIL_PROVIDER_SECRET, request)
    except verification.WebhookError:
        return _said(f"Not verified as a call from {provider.name}.", status=403)
    except verification.Unreadable as error:
        kind = type(error.__cause__ or error).__name__
        log.warning("invalid webhook call from %s: %s", provider.name, kind)
        return _said(f"Invalid webhook call from {provider.name}.", status=400)
    if not act(provider, events):
        return _said("Some events came too early. Send them again.", status=503)
    return _said("OK")


def _size(request: HttpRequest) -> int:
    """Of the body, before it is read."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _said(sentence: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
