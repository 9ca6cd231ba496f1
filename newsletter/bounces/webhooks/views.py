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
from newsletter.bounces.parser import Kind
from newsletter.bounces.processing import Match, handle_report, matches
from newsletter.bounces.webhooks import verification
from newsletter.bounces.webhooks.events import parse_event
from newsletter.bounces.webhooks.providers import PROVIDERS, Provider
from newsletter.models import Delivery, MailboxStatus
from newsletter.subscriptions import opt_in

logger = logging.getLogger(__name__)

INVALID_EVENT_ERRORS: Final = (
    ArithmeticError,
    AttributeError,
    DataError,
    LookupError,
    TypeError,
    ValueError,
)
"""Exceptions that an invalid event may raise."""


class StillSending(Exception):
    """The e-mail is being submitted right now; its outcome is not stored yet."""


def act(provider: Provider, events: list[Any]) -> bool:
    """Processes each event on its own; an invalid one does not affect the others.

    Returns:
        Whether all were processed. If some came too early, the provider must send them again.
    Raises:
        DatabaseError: the provider will retry; events that were processed stay processed.
    """
    early_events = 0
    for event in events:
        try:
            _process_event(provider, event)
        except StillSending:
            early_events += 1
        except INVALID_EVENT_ERRORS as error:
            logger.warning(
                "an event of %s could not be processed: %s", provider.name, type(error).__name__
            )
    _save_status(provider, len(events))
    return not early_events


def _process_event(provider: Provider, event: Any) -> None:
    webhook_event = parse_event(provider, event)
    if webhook_event is None:
        return
    found = matches(webhook_event.report)
    if webhook_event.report.kind is not Kind.NONE:
        if any(
            match.delivery and match.delivery.state == Delivery.State.SENDING for match in found
        ):
            raise StillSending
        handle_report(webhook_event.report, found, key=webhook_event.key)
    if not webhook_event.is_unsubscribe:
        return
    with transaction.atomic():
        # Without a time, a later resubscription could not be detected.
        if webhook_event.report.happened_at is None and not verification.is_first(
            webhook_event.key
        ):
            return
        for match in found:
            _unsubscribe(match, webhook_event.report.happened_at)


def _unsubscribe(match: Match, at: datetime | None) -> None:
    """Unsubscribes, as the link in every e-mail does."""
    subscriber = match.subscriber
    if subscriber is None:
        return
    if at and subscriber.confirmed_at and at < subscriber.confirmed_at:
        # The event is late or repeated: they have subscribed again since.
        return
    opt_in.unsubscribe(subscriber.token)


def _save_status(provider: Provider, count: int) -> None:
    """Stores when the provider called last, in the table of mailboxes."""
    now = timezone.now()
    status, _ = MailboxStatus.objects.get_or_create(
        mailbox=provider.name, defaults={"tried_at": now, "read_at": now}
    )
    MailboxStatus.objects.filter(pk=status.pk).update(
        tried_at=now, read_at=now, messages=F("messages") + count
    )


def has_called(provider: Provider) -> bool:
    """Whether the provider has ever called the webhook."""
    return MailboxStatus.objects.filter(mailbox=provider.name).exists()


@open_to_other_sites
@never_cache
def webhook(request: HttpRequest) -> HttpResponse:
    """Processes events of the provider; returns 404 if no provider is configured.

    A provider retries for hours or days unless it gets 200. So events about unknown addresses are
    accepted, and only what could not be stored is requested again.
    """
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    if provider is None:
        raise Http404
    if request.method == "HEAD":
        # Some providers test the URL with a HEAD request when it is entered.
        return HttpResponse()
    if request.method != "POST":
        return HttpResponseNotAllowed(["HEAD", "POST"])
    if _size(request) > verification.MOST_BYTES:
        return _response("Request too large.", status=413)
    try:
        events = verification.parse_call(provider, settings.MAIL_PROVIDER_SECRET, request)
    except verification.WebhookError:
        return _response(f"Not verified as a call from {provider.name}.", status=403)
    except verification.Unreadable as error:
        kind = type(error.__cause__ or error).__name__
        logger.warning("invalid webhook call from %s: %s", provider.name, kind)
        return _response(f"Invalid webhook call from {provider.name}.", status=400)
    if not act(provider, events):
        return _response("Some events came too early. Send them again.", status=503)
    return _response("OK")


def _size(request: HttpRequest) -> int:
    """Returns the size of the body before it is read."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _response(message: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{message}\n", status=status, content_type="text/plain; charset=utf-8")
