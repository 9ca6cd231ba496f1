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


def one_header_line(words: str) -> str:
    """Words for a header: what would begin another header line is gone."""
    return header_text(words)


def from_email(newsletter: Newsletter) -> str:
    """Where it comes from: an address of its own, or that of all mails of the site."""
    return newsletter.from_email or default_sender()


def sender(newsletter: Newsletter, publication: Publication) -> str:
    """The newsletter's name and address, or the site's."""
    return mailbox(newsletter.from_name or publication.name, from_email(newsletter))


def reply_to_of(newsletter: Newsletter, publication: Publication) -> list[str]:
    answers = newsletter.reply_to or publication.contact_email
    return [answers] if answers else []


def list_id(newsletter: Newsletter) -> str:
    """RFC 2919: a name for people, then one for programs that never changes."""
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
    """The mail of an issue to one recipient.

    Args:
        name: the recipient's, for the greeting.
        language: of the issue, where it is not the newsletter's own.
        campaign: what the mail belongs to, for the complaints of providers: an issue, or a test.
        mark: what a provider that sends it gives back with its news of it.
        automatic: whether nobody wrote it (RFC 3834).

    `List-Unsubscribe` with `List-Unsubscribe-Post` is RFC 8058: a mail program leaves with one
    POST, without opening a page.
    """
    own = rendered.addressed(token, name)
    message = ListEmail(
        subject=one_header_line(own.subject),
        body=own.text,
        from_email=sender(newsletter, publication),
        to=[address],
        reply_to=reply_to_of(newsletter, publication),
        headers={
            "Message-ID": message_id,
            "List-Id": list_id(newsletter),
            **list_unsubscribe_headers(rendering.unsubscribe_url(token)),
            **_unsubscribe_by_mail(token),
            **({"Auto-Submitted": "auto-generated"} if automatic else {}),
            "List-Archive": f"<{rendering.site_url_of('newsletter_issues')}>",
            "Feedback-ID": feedback_id(newsletter, campaign),
            "Content-Language": language or newsletter.language,
            # Programs that answer for somebody on holiday; reports of mail servers are welcome.
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            **_for_provider(ref),
        },
    )
    message.attach_alternative(own.html, "text/html")
    return message


def _unsubscribe_by_mail(token: str) -> dict[str, str]:
    """Beside the address of the page, one to write to, where mail to us is read."""
    by_mail = unsubscribe_email(token)
    if not by_mail:
        return {}
    page = rendering.unsubscribe_url(token)
    return {"List-Unsubscribe": f"<{page}>, <mailto:{by_mail}?subject=unsubscribe>"}


def _for_provider(ref: str) -> dict[str, str]:
    """What only the provider that sends the mail reads; some take it out, so our signature does not cover it."""
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    return provider.headers(ref) if provider and ref else {}


def feedback_id(newsletter: Newsletter, campaign: str) -> str:
    """By which providers count complaints: mailing, newsletter, kind, and last who sends.

    Gmail wants 5 to 15 letters and digits for the last, the same in every mail of a sender.
    """
    sender_id = re.sub(r"[^a-z0-9]", "", mail_domain().lower())[:15].ljust(5, "0")
    return f"{campaign}:{newsletter.slug}:newsletter:{sender_id}"


def new_message_id() -> str:
    return f"<{uuid4()}@{mail_domain()}>"
