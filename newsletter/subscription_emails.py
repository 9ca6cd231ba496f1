"""E-mails about subscribing: confirmation, already subscribed, data link."""

from collections.abc import Hashable, Iterable
from datetime import timedelta
from itertools import islice
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Final

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from iria.core.text.language import direction_of, interface_language, use_language
from iria.publication.mail.branding import rules_of
from iria.publication.mail.rendering import inlined, surroundings
from iria.publication.models import current_publication
from newsletter.email import headers, rendering
from newsletter.email.plain_text import notice_as_text
from newsletter.models import Consent, ConsentedNewsletter, Newsletter, Subscriber, Subscription
from newsletter.subscriptions import data_requests, suppression
from newsletter.subscriptions.opt_in import confirmation_token

PAUSE_BETWEEN_LINKS: Final = timedelta(minutes=10)
LINKS_A_DAY: Final = 5
PAUSE_BETWEEN_REMINDERS: Final = timedelta(days=1)
ANSWERED_AT_ONCE: Final = 200
RETRY_EVERY_MINUTE_FOR: Final = timedelta(minutes=10)
RETRY_MINUTES: Final = 15

Answer = Consent.Answer


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
                if consent.answer == Answer.CONFIRM:
                    _send_confirmation(consent)
                elif consent.answer == Answer.KNOWN:
                    _send_already_subscribed(consent)
        except (SMTPRecipientsRefused, SMTPDataError) as error:
            if not _is_final(error):
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
    due = (pk for pk, asked_at in candidates.iterator() if _is_due(now - asked_at))
    return list(islice(due, ANSWERED_AT_ONCE))


def _is_due(age: timedelta) -> bool:
    return age < RETRY_EVERY_MINUTE_FOR or age // timedelta(minutes=1) % RETRY_MINUTES == 0


def _is_final(error: SMTPRecipientsRefused | SMTPDataError) -> bool:
    """Whether the mail server rejected the address or the e-mail permanently."""
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return all(code >= 500 for code, _ in error.recipients.values())


def _choose_answer(consent: Consent) -> Consent.Answer:
    subscriber, now = consent.subscriber, timezone.now()
    before = subscriber.consents.exclude(pk=consent.pk)
    if suppression.is_subscriber_suppressed(subscriber):
        return Answer.NONE
    requested = _choice_keys(consent.chosen_newsletters.all())
    received = _choice_keys(subscriber.subscriptions.all())
    same_language = consent.language in ("", subscriber.language)
    if subscriber.is_active and same_language and requested <= received:
        reminded = before.filter(answer=Answer.KNOWN, answered_at__gt=now - PAUSE_BETWEEN_REMINDERS)
        return Answer.NONE if reminded.exists() else Answer.KNOWN
    links = before.filter(answer=Answer.CONFIRM, answered_at__gt=now - timedelta(days=1))
    if links.count() >= LINKS_A_DAY:
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
    return (
        Answer.NONE if requested <= _choice_keys(last.chosen_newsletters.all()) else Answer.CONFIRM
    )


def _choice_keys(rows: Iterable[ConsentedNewsletter | Subscription]) -> set[Hashable]:
    """Returns newsletters with frequency and topics, for comparison."""
    return {
        (row.newsletter_id, row.frequency, None if row.topics is None else tuple(row.topics))
        for row in rows
    }


ASKING: Final = gettext_noop(
    "Someone, hopefully you, entered this address for the %(name)s newsletter. Open the link and confirm there to subscribe."
)
IF_NOT_YOU: Final = gettext_noop(
    "The link is valid for three days. If this was not you, do nothing: you will not be subscribed."
)
KNOWN_ALREADY: Final = gettext_noop(
    "This address was entered for the %(name)s newsletter again. You are already subscribed, so there is nothing to do."
)
LOOK_FOR_IT: Final = gettext_noop(
    "If our e-mails do not arrive, check your spam folder and mark them as not spam."
)
ASKED_FOR_DATA: Final = gettext_noop(
    "Someone, hopefully you, asked to see the personal data that the %(name)s newsletter stores for this address."
)
DATA_WORKS_FOR: Final = gettext_noop(
    "The link is valid for one day and shows your data to anyone who opens it, so do not share it. If this was not you, do nothing."
)


def _send_confirmation(consent: Consent) -> None:
    name = current_publication().name
    _send(
        consent,
        subject=gettext("Confirm your subscription to %(name)s") % {"name": name},
        before=[gettext(ASKING) % {"name": name}, consent.wording],
        button=gettext("Confirm"),
        button_url=rendering.site_url_of("newsletter_confirm", confirmation_token(consent)),
        after=[gettext(IF_NOT_YOU)],
    )


def _send_already_subscribed(consent: Consent) -> None:
    name = current_publication().name
    _send(
        consent,
        subject=gettext("You are already subscribed to %(name)s") % {"name": name},
        before=[gettext(KNOWN_ALREADY) % {"name": name}, gettext(LOOK_FOR_IT)],
        button=gettext("Manage preferences or unsubscribe"),
        button_url=rendering.preferences_url(consent.subscriber.token),
        after=[],
    )


def send_data_link(subscriber_id: int) -> None:
    """Sends a subscriber the link to their data."""
    subscriber = Subscriber.objects.filter(pk=subscriber_id).first()
    if subscriber is None or suppression.is_subscriber_suppressed(subscriber):
        return
    name = current_publication().name
    with use_language(subscriber.language or current_publication().language_codes[0]):
        _write(
            subscriber.email,
            subscriber.newsletters.order_by("position").first(),
            subject=gettext("Your personal data at %(name)s") % {"name": name},
            before=[gettext(ASKED_FOR_DATA) % {"name": name}],
            button=gettext("View or erase your data"),
            button_url=rendering.site_url_of("newsletter_data", data_requests.token_of(subscriber)),
            after=[gettext(DATA_WORKS_FOR)],
        )


def _send(consent: Consent, *, subject: str, **content: object) -> None:
    _write(consent.subscriber.email, consent.newsletters.first(), subject=subject, **content)


def _write(email: str, about: Newsletter | None, *, subject: str, **content: object) -> None:
    publication = current_publication()
    newsletter = about or Newsletter.objects.order_by("position").first()
    assert newsletter is not None  # noqa: S101 - the first one is made by a migration
    language = interface_language()
    context = {
        **surroundings(publication, language, direction_of(language)),
        "subject": subject,
        "stylesheet": rules_of(publication),
        **content,
    }
    html = inlined(render_to_string("newsletter/mail/notice.html", context))
    message = EmailMultiAlternatives(
        subject=headers.one_header_line(subject),
        body=notice_as_text(context),
        from_email=headers.sender(newsletter, publication),
        to=[email],
        reply_to=headers.reply_to_of(newsletter, publication),
        headers={
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            "List-Id": headers.list_id(newsletter),
        },
    )
    message.attach_alternative(html, "text/html")
    message.send(using="default")
