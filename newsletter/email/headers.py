"""The headers of newsletter e-mails, such as List-Unsubscribe."""

import re
from uuid import uuid4

from django.conf import settings

from iria.core.mail import ListEmail as ListEmail
from iria.core.mail import (
    default_sender,
    header_text,
    list_unsubscribe_headers,
    mailbox,
    register_unfolded,
)
from iria.core.mail import mail_domain as mail_domain
from iria.publication.models import Publication
from newsletter.bounces.verp import unsubscribe_email
from newsletter.bounces.webhooks.providers import HEADERS, PROVIDERS
from newsletter.email import rendering
from newsletter.email.rendering import RenderedEmail
from newsletter.models import Newsletter

register_unfolded(HEADERS)


def one_header_line(value: str) -> str:
    """Removes line breaks, so that a value cannot start another header."""
    return header_text(value)


def from_email(newsletter: Newsletter) -> str:
    """Returns the sender address of the newsletter, or that of the site."""
    return newsletter.from_email or default_sender()


def sender(newsletter: Newsletter, publication: Publication) -> str:
    """Returns the name and address of the newsletter, or those of the site."""
    return mailbox(newsletter.from_name or publication.name, from_email(newsletter))


def reply_to_of(newsletter: Newsletter, publication: Publication) -> list[str]:
    reply_to = newsletter.reply_to or publication.contact_email
    return [reply_to] if reply_to else []


def list_id(newsletter: Newsletter) -> str:
    """Returns a List-Id (RFC 2919): a display name and an ID that never changes."""
    return f"{header_text(newsletter.name)} <{newsletter.slug}.{mail_domain()}>"


def message_to(
    address: str,
    rendered: RenderedEmail,
    *,
    newsletter: Newsletter,
    publication: Publication,
    token: str,
    message_id: str,
    name: str = "",
    language: str = "",
    campaign: str = "test",
    ref: str = "",
    automatic: bool = False,
) -> ListEmail:
    """Returns the e-mail of an issue to one recipient.

    Args:
        name: the recipient's name, for the greeting.
        language: of the issue, if it is not that of the newsletter.
        campaign: what complaints are counted by: an issue, or a test.
        ref: the delivery reference that a provider returns with its events.
        automatic: whether it was sent without a person (RFC 3834).

    `List-Unsubscribe` with `List-Unsubscribe-Post` is RFC 8058: an e-mail program unsubscribes with
    one POST, without opening a page.
    """
    personal = rendered.addressed(token, name)
    message = ListEmail(
        subject=one_header_line(personal.subject),
        body=personal.text,
        from_email=sender(newsletter, publication),
        to=[address],
        reply_to=reply_to_of(newsletter, publication),
        headers={
            "Message-ID": message_id,
            "List-Id": list_id(newsletter),
            **unsubscribe_headers(token),
            **({"Auto-Submitted": "auto-generated"} if automatic else {}),
            "List-Archive": f"<{rendering.site_url_of('newsletter_issues')}>",
            "Feedback-ID": feedback_id(newsletter, campaign),
            "Content-Language": language or newsletter.language,
            # Suppresses automatic replies, but not bounces.
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            **_for_provider(ref),
        },
    )
    message.attach_alternative(personal.html, "text/html")
    return message


def unsubscribe_headers(token: str) -> dict[str, str]:
    """Returns the headers to unsubscribe with one click, and by e-mail if the bounce mailbox is read."""
    url, email = rendering.unsubscribe_url(token), unsubscribe_email(token)
    one_click = list_unsubscribe_headers(url)
    if not email:
        return one_click
    return {**one_click, "List-Unsubscribe": f"<{url}>, <mailto:{email}?subject=unsubscribe>"}


def _for_provider(ref: str) -> dict[str, str]:
    """Headers for the provider only; it may remove them, so they are not signed."""
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    return provider.headers(ref) if provider and ref else {}


def feedback_id(newsletter: Newsletter, campaign: str) -> str:
    """Returns a Feedback-ID: campaign, newsletter, type and sender.

    Gmail requires 5 to 15 letters and digits for the sender, the same in every e-mail.
    """
    sender_id = re.sub(r"[^a-z0-9]", "", mail_domain().lower())[:15].ljust(5, "0")
    return f"{campaign}:{newsletter.slug}:newsletter:{sender_id}"


def new_message_id() -> str:
    return f"<{uuid4()}@{mail_domain()}>"
