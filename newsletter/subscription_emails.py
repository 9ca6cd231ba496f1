"""E-mails about subscribing: confirmation, already subscribed, welcome, data link."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import timedelta
from itertools import islice
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from iria.core.jobs import job
from iria.core.text.language import interface_language, use_language
from iria.core.text.typography import comma
from iria.core.text.validators import one_line
from iria.publication.mail import send
from iria.publication.models import current_publication
from newsletter import personal_data
from newsletter.email import headers, rendering
from newsletter.models import (
    Consent,
    ConsentedNewsletter,
    Issue,
    Newsletter,
    Subscriber,
    Subscription,
)
from newsletter.subscriptions import follows, suppression
from newsletter.subscriptions.opt_in import confirmation_token

PAUSE_BETWEEN_LINKS: Final = timedelta(minutes=10)
MAX_LINKS_PER_DAY: Final = 5
PAUSE_BETWEEN_REMINDERS: Final = timedelta(days=1)
MAX_RETRIES: Final = 200
RETRY_EVERY_MINUTE_FOR: Final = timedelta(minutes=10)
RETRY_MINUTES: Final = 15

Answer = Consent.Answer


@job("newsletter.answer")
def answer(consent_id: int) -> None:
    """Sends the e-mail to somebody who entered an address, once per request.

    The row is locked while the e-mail is submitted, so that two workers cannot both send it. If the
    mail server rejects it for now, the row stays unanswered and is tried again.
    """
    with transaction.atomic():
        consent = (
            Consent.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("subscriber")
            .prefetch_related("newsletters", "chosen_newsletters")
            .filter(pk=consent_id, answered_at__isnull=True)
            .first()
        )
        if consent is None:
            return
        consent.answer = _choose_answer(consent)
        try:
            # The e-mail is in the language of the consent.
            with use_language(consent.language or current_publication().language_codes[0]):
                if consent.answer != Answer.NONE:
                    _send_answer(consent)
        except (SMTPRecipientsRefused, SMTPDataError) as error:
            if not is_rejected_for_good(error):
                raise
            consent.answer = Answer.NONE
        consent.answered_at = timezone.now()
        consent.save(update_fields=["answer", "answered_at"])


def unanswered(*, older_than: timedelta = timedelta(minutes=1)) -> list[int]:
    """Returns requests without an answer whose link is still useful.

    Their jobs were lost, or the mail server deferred the e-mail. It is retried every minute at
    first, because greylisting only delays the first attempt (RFC 6647), then four times an hour.
    """
    now = timezone.now()
    pending = Consent.objects.filter(
        answered_at__isnull=True,
        asked_at__lt=now - older_than,
        asked_at__gt=now - timedelta(days=1),
    )
    candidates = pending.order_by("asked_at").values_list("pk", "asked_at")
    due = (pk for pk, asked_at in candidates.iterator() if is_due(now - asked_at))
    return list(islice(due, MAX_RETRIES))


def is_due(age: timedelta) -> bool:
    """Whether an e-mail that should have been sent this long ago is tried again now."""
    return age < RETRY_EVERY_MINUTE_FOR or age // timedelta(minutes=1) % RETRY_MINUTES == 0


def is_rejected_for_good(error: SMTPRecipientsRefused | SMTPDataError) -> bool:
    """Whether the mail server rejected the address or the e-mail permanently."""
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return all(code >= 500 for code, _ in error.recipients.values())


def _choose_answer(consent: Consent) -> Consent.Answer:
    subscriber, now = consent.subscriber, timezone.now()
    before = subscriber.consents.exclude(pk=consent.pk)
    if suppression.is_subscriber_suppressed(subscriber):
        return Answer.NONE
    requested = _requested(consent)
    received = _choice_keys(subscriber.subscriptions.all()) | follows.followed_keys(subscriber)
    same_language = consent.language in ("", subscriber.language)
    if subscriber.is_active and same_language and requested <= received:
        reminded = before.filter(answer=Answer.KNOWN, answered_at__gt=now - PAUSE_BETWEEN_REMINDERS)
        return Answer.NONE if reminded.exists() else Answer.KNOWN
    links = before.filter(answer=Answer.CONFIRM, answered_at__gt=now - timedelta(days=1))
    if links.count() >= MAX_LINKS_PER_DAY:
        return Answer.NONE
    # A form submitted twice is one request; with another choice it is a new one, and the last one
    # counts. A link that was used or replaced is ignored.
    usable = links.filter(
        answered_at__gt=now - PAUSE_BETWEEN_LINKS,
        confirmed_at__isnull=True,
        asked_at__gt=subscriber.unsubscribed_at or now - timedelta(days=1),
    )
    last = usable.order_by("-asked_at", "-pk").first()
    if last is None or last.language != consent.language:
        return Answer.CONFIRM
    return Answer.NONE if requested <= _requested(last) else Answer.CONFIRM


def _requested(consent: Consent) -> set[Hashable]:
    """Returns the newsletters, and what the reader wants to follow."""
    return _choice_keys(consent.chosen_newsletters.all()) | set(follows.requested_keys(consent))


def _choice_keys(rows: Iterable[ConsentedNewsletter | Subscription]) -> set[Hashable]:
    """Returns newsletters with frequency and topics, for comparison."""
    return {
        (row.newsletter_id, row.frequency, None if row.topics is None else tuple(row.topics))
        for row in rows
    }


def _name_of(newsletters: Iterable[Newsletter]) -> str:
    """The names of the newsletters; that of the publication if somebody only follows its articles."""
    names = comma(interface_language()).join(newsletter.name for newsletter in newsletters)
    return names or current_publication().name


def _send_answer(consent: Consent) -> None:
    """Asks to confirm the subscription, or says that it exists already."""
    token = consent.subscriber.token
    _send(
        "confirm" if consent.answer == Answer.CONFIRM else "already_subscribed",
        consent.subscriber.email,
        consent.newsletters.first(),
        name=_name_of(consent.newsletters.order_by("position", "pk")),
        follows=consent.follows.exists(),
        wording=consent.wording,
        confirm_url=rendering.site_url_of("newsletter_confirm", confirmation_token(consent)),
        preferences_url=rendering.preferences_url(token),
    )


@job("newsletter.data_link")
def send_data_link(subscriber_id: int) -> None:
    """Sends a subscriber the link to their data."""
    subscriber = Subscriber.objects.filter(pk=subscriber_id).first()
    if subscriber is None or suppression.is_subscriber_suppressed(subscriber):
        return
    with use_language(subscriber.language or current_publication().language_codes[0]):
        _send(
            "data_link",
            subscriber.email,
            subscriber.newsletters.order_by("position").first(),
            name=current_publication().name,
            data_url=rendering.site_url_of("newsletter_data", personal_data.token_of(subscriber)),
        )


def _send(
    template: str,
    email: str,
    newsletter: Newsletter | None,
    list_headers: Mapping[str, str] | None = None,
    **context: Any,
) -> None:
    """Sends an e-mail in the name of a newsletter, by default the first one."""
    publication = current_publication()
    newsletter = newsletter or Newsletter.objects.order_by("position").first()
    assert newsletter is not None  # noqa: S101 - a migration creates the first one
    send(
        f"newsletter/mail/{template}",
        email,
        context,
        headers={"List-Id": headers.list_id(newsletter), **(list_headers or {})},
        from_email=headers.sender(newsletter, publication),
        reply_to=headers.reply_to_of(newsletter, publication),
    )


@job("newsletter.welcome")
def send_welcome(consent_id: int) -> None:
    """Sends the welcome e-mail of a consent, unless it was sent or they have unsubscribed since.

    As with the confirmation, the row is locked while the e-mail is submitted; if the mail server
    defers it, it stays due and is tried again.
    """
    with transaction.atomic():
        consent = (
            Consent.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("subscriber")
            .filter(pk=consent_id, welcome=Consent.Welcome.DUE)
            .first()
        )
        if consent is None:
            return
        newsletters = _welcoming_newsletters(consent)
        consent.welcome = Consent.Welcome.SENT if newsletters else ""
        if newsletters:
            with use_language(consent.language or current_publication().language_codes[0]):
                try:
                    _send_welcome(consent, newsletters)
                except (SMTPRecipientsRefused, SMTPDataError) as error:
                    if not is_rejected_for_good(error):
                        raise
                    consent.welcome = ""
        consent.save(update_fields=["welcome"])


def unsent_welcomes(*, older_than: timedelta = timedelta(minutes=1)) -> list[int]:
    """Returns consents of the last day whose welcome e-mail is due: lost jobs, deferred e-mails."""
    now = timezone.now()
    pending = Consent.objects.filter(
        welcome=Consent.Welcome.DUE,
        confirmed_at__lt=now - older_than,
        confirmed_at__gt=now - timedelta(days=1),
    )
    candidates = pending.order_by("confirmed_at").values_list("pk", "confirmed_at")
    due = (pk for pk, at in candidates.iterator() if at and is_due(now - at))
    return list(islice(due, MAX_RETRIES))


def _welcoming_newsletters(consent: Consent) -> list[Newsletter]:
    """Returns the newsletters of the consent that are still received and have a welcome e-mail."""
    if not consent.subscriber.is_active:
        return []
    received = consent.subscriber.subscriptions.values("newsletter")
    newsletters = consent.newsletters.filter(sends_welcome=True, pk__in=received)
    return list(newsletters.order_by("position", "pk"))


def _send_welcome(consent: Consent, newsletters: list[Newsletter]) -> None:
    """With the texts that editors wrote for the newsletters, and the last issue if there is one."""
    token, language = consent.subscriber.token, consent.language
    readable = Q(language="") | Q(language=language) if language else Q()
    _send(
        "welcome",
        consent.subscriber.email,
        newsletters[0],
        headers.unsubscribe_headers(token),
        name=_name_of(newsletters),
        paragraphs=[
            one_line(paragraph)
            for newsletter in newsletters
            for paragraph in newsletter.welcome_text.replace("\r\n", "\n").split("\n\n")
            if paragraph.strip()
        ],
        issue=Issue.objects.listed().filter(readable, newsletter__in=newsletters).first(),
        preferences_url=rendering.preferences_url(token),
        unsubscribe_url=rendering.unsubscribe_url(token),
    )
