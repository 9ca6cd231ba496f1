"""The headers by which mail programs know a newsletter and let its reader leave."""

from email import policy as policies
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.utils import parseaddr
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from iria.kit.text import one_line
from iria.publication.models import Publication
from newsletter import composing
from newsletter.addresses import mailbox
from newsletter.composing import Letter
from newsletter.models import Newsletter


class WholeHeader(UnstructuredHeader):
    """A header that stands on one line as it is.

    Python would write a web address that is longer than a line as an encoded word, which no mail
    program takes for a way to leave.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_registry = HeaderRegistry()
for _name in ("list-unsubscribe", "list-archive"):
    _registry.map_to_type(_name, WholeHeader)  # type: ignore[arg-type]


class ListMail(EmailMultiAlternatives):
    """A mail whose list headers come out whole, whichever backend writes it."""

    def message(self, *, policy: Any = policies.default) -> EmailMessage:
        return super().message(policy=policy.clone(header_factory=_registry))


def one_header_line(words: str) -> str:
    """Words for a header: what would begin another header line is gone."""
    return one_line(words)


def sender(newsletter: Newsletter, publication: Publication) -> str:
    """The newsletter's name with the site's address."""
    name = newsletter.from_name or publication.name
    return mailbox(one_line(name), sender_address())


def sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or settings.DEFAULT_FROM_EMAIL


def answers_to(newsletter: Newsletter, publication: Publication) -> list[str]:
    answers = newsletter.reply_to or publication.contact_email
    return [answers] if answers else []


def mail_domain() -> str:
    """The domain that makes our identifiers unique in the world."""
    return sender_address().rpartition("@")[2] or settings.SITE_HOST


def list_id(newsletter: Newsletter) -> str:
    """RFC 2919: a name for people, then one for programs that never changes."""
    return f"{one_line(newsletter.name)} <{newsletter.slug}.{mail_domain()}>"


def message_to(
    address: str,
    letter: Letter,
    *,
    newsletter: Newsletter,
    publication: Publication,
    token: str,
    message_id: str,
) -> ListMail:
    """The mail of an issue to one recipient.

    `List-Unsubscribe` with `List-Unsubscribe-Post` is RFC 8058: a mail program leaves with one
    POST, without opening a page.
    """
    own = letter.addressed(token)
    message = ListMail(
        subject=one_header_line(own.subject),
        body=own.text,
        from_email=sender(newsletter, publication),
        to=[address],
        reply_to=answers_to(newsletter, publication),
        headers={
            "Message-ID": message_id,
            "List-Id": list_id(newsletter),
            "List-Unsubscribe": f"<{composing.leave_address(token)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Archive": f"<{composing.site_address('newsletter_issues')}>",
        },
    )
    message.attach_alternative(own.html, "text/html")
    return message


def new_message_id() -> str:
    return f"<{uuid4()}@{mail_domain()}>"
