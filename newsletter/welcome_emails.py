"""The welcome e-mail after a subscription was confirmed, once for each confirmed consent."""

from datetime import timedelta
from itertools import islice
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from iria.core.text.language import interface_language, use_language
from iria.core.text.typography import comma
from iria.core.text.validators import one_line
from iria.publication.mail import (
    Block,
    Button,
    EmailContent,
    FooterLink,
    Heading,
    Paragraph,
)
from iria.publication.models import current_publication
from newsletter.email import headers, rendering
from newsletter.models import Consent, Issue, Newsletter
from newsletter.subscription_emails import (
    ANSWERED_AT_ONCE,
    is_due,
    is_rejected_for_good,
)
from newsletter.subscription_emails import send as send_for_newsletter

SUBSCRIBED: Final = gettext_noop(
    "Your subscription is confirmed: %(newsletters)s. The next issue will be sent to this address."
)
LATEST: Final = gettext_noop("Until then, this is the latest issue:")
REASON: Final = gettext_noop(
    "You receive “%(name)s” because you subscribed to it and confirmed this address."
)


def send(consent_id: int) -> None:
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
                    _send(consent, newsletters)
                except (SMTPRecipientsRefused, SMTPDataError) as error:
                    if not is_rejected_for_good(error):
                        raise
                    consent.welcome = ""
        consent.save(update_fields=["welcome"])


def unsent(*, older_than: timedelta = timedelta(minutes=1)) -> list[int]:
    """Returns consents of the last day whose welcome e-mail is due: lost jobs, deferred e-mails."""
    now = timezone.now()
    pending = Consent.objects.filter(
        welcome=Consent.Welcome.DUE,
        confirmed_at__lt=now - older_than,
        confirmed_at__gt=now - timedelta(days=1),
    )
    candidates = pending.order_by("confirmed_at").values_list("pk", "confirmed_at")
    due = (pk for pk, at in candidates.iterator() if at and is_due(now - at))
    return list(islice(due, ANSWERED_AT_ONCE))


def _welcoming_newsletters(consent: Consent) -> list[Newsletter]:
    """Returns the newsletters of the consent that are still received and have a welcome e-mail."""
    if not consent.subscriber.is_active:
        return []
    received = consent.subscriber.subscriptions.values("newsletter")
    newsletters = consent.newsletters.filter(sends_welcome=True, pk__in=received)
    return list(newsletters.order_by("position", "pk"))


def _send(consent: Consent, newsletters: list[Newsletter]) -> None:
    publication, token = current_publication(), consent.subscriber.token
    names = comma(interface_language()).join(newsletter.name for newsletter in newsletters)
    content = EmailContent(
        subject=gettext("Welcome to %(name)s") % {"name": publication.name},
        blocks=(
            *_text(newsletters, names),
            *_latest_issue(newsletters, consent.language),
            Button(gettext("Manage preferences"), rendering.preferences_url(token)),
        ),
        reason=gettext(REASON) % {"name": names},
        links=(FooterLink(gettext("Unsubscribe"), rendering.unsubscribe_url(token)),),
    )
    send_for_newsletter(
        content,
        consent.subscriber.email,
        newsletters[0],
        headers.unsubscribe_headers(token),
    )


def _text(newsletters: list[Newsletter], names: str) -> list[Block]:
    """Returns the texts that editors wrote for these newsletters, or one sentence."""
    paragraphs = [
        one_line(paragraph)
        for newsletter in newsletters
        for paragraph in newsletter.welcome_text.replace("\r\n", "\n").split("\n\n")
        if paragraph.strip()
    ]
    return [
        Paragraph(text) for text in paragraphs or [gettext(SUBSCRIBED) % {"newsletters": names}]
    ]


def _latest_issue(newsletters: list[Newsletter], language: str) -> list[Block]:
    """Returns the headline of the last issue, with its link; nothing before the first issue."""
    readable = Q(language="") | Q(language=language) if language else Q()
    issue = Issue.objects.listed().filter(readable, newsletter__in=newsletters).first()
    if issue is None:
        return []
    blocks: list[Block] = [
        Paragraph(gettext(LATEST)),
        Heading(one_line(issue.subject), f"{settings.SITE_URL}{issue.get_absolute_url()}"),
    ]
    return [*blocks, Paragraph(one_line(issue.preheader))] if issue.preheader else blocks
