"""The headers of newsletter e-mails, such as List-Unsubscribe, and an issue as bytes with placeholders for each recipient.

Rendering an e-mail takes milliseconds, filling in placeholders microseconds. They are e-mail address, token, Message-ID, name
(for the greeting) and delivery reference (for a provider).
"""

import re
from email.message import EmailMessage
from functools import lru_cache
from typing import Final, Self
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
from newsletter.bounces.providers import HEADERS, PROVIDERS, REF_PLACEHOLDER
from newsletter.bounces.verp import unsubscribe_email
from newsletter.email import rendering
from newsletter.email.rendering import IN_HTML, IN_TEXT, TOKEN, Greeting, RenderedEmail
from newsletter.email.smtp import SEVEN_BIT, to_smtp_data
from newsletter.models import Newsletter

register_unfolded(HEADERS)


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
        subject=header_text(personal.subject),
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


ADDRESS: Final = "recipient-address-stands-here@template.invalid"
MESSAGE_ID: Final = "<message-id-stands-here@template.invalid>"

PLACEHOLDERS: Final = re.compile(
    b"("
    + b"|".join(
        re.escape(placeholder.encode())
        for placeholder in (TOKEN, ADDRESS, MESSAGE_ID, REF_PLACEHOLDER, IN_HTML, IN_TEXT)
    )
    + b")"
)
MAX_LINE_LENGTH: Final = 76
TOKEN_LENGTH: Final = 40
"""The length reserved for a token when lines are broken."""
ATOMS: Final = re.compile(rf"{re.escape(TOKEN)}|{IN_HTML}|{IN_TEXT}|.", re.DOTALL)
LINE_BEGINS_WITH_DOT: Final = re.compile(rb"(?m)^\.")
MULTILINE: Final = frozenset({IN_HTML, IN_TEXT})
"""Placeholders of unlimited length; their value is on lines of its own."""


class EmailTemplate:
    """An e-mail, split at its placeholders."""

    def __init__(self, wire: bytes, greeting: Greeting) -> None:
        self._greeting = greeting
        self._pieces: list[bytes] = PLACEHOLDERS.split(wire)

    @classmethod
    def from_message(cls, message: ListEmail, greeting: Greeting) -> Self:
        """Creates a template from a message with `ADDRESS`, `MESSAGE_ID`, `rendering.TOKEN` and no
        greeting.
        """
        parsed = message.message(policy=SEVEN_BIT)
        for part in parsed.walk():
            if part.get_content_maintype() == "text":
                _set_quoted_printable(part)
        return cls(to_smtp_data(parsed.as_bytes()), greeting)

    def render_for(
        self, *, address: str, token: str, message_id: str, name: str = "", ref: str = ""
    ) -> bytes:
        """Returns the e-mail to one recipient as SMTP data.

        Raises:
            ValueError: a value contains a line break.
        """
        ascii_values = {
            TOKEN: token,
            ADDRESS: address,
            MESSAGE_ID: message_id,
            REF_PLACEHOLDER: ref,
        }
        for value in ascii_values.values():
            if not value.isascii() or not value.isprintable():
                raise ValueError("E-mails cannot be sent to this address.")
        values = {
            placeholder.encode(): value.encode() for placeholder, value in ascii_values.items()
        }
        values |= {
            placeholder.encode(): _encode_lines(text)
            for placeholder, text in self._greeting.values_for(name).items()
        }
        return b"".join(values.get(piece, piece) for piece in self._pieces)


@lru_cache(maxsize=64)
def _encode_lines(text: str) -> bytes:
    """Encodes text as quoted-printable between two soft line breaks; no line begins with a dot.

    Cached, because most greetings have no name.
    """
    lines = _quoted_printable(text).replace("\n", "\r\n").encode("ascii")
    return LINE_BEGINS_WITH_DOT.sub(b"=2E", lines)


def _set_quoted_printable(part: EmailMessage) -> None:
    """Encodes a part as quoted-printable without breaking a line inside a placeholder."""
    lines = str(part.get_content()).replace("\r\n", "\n").split("\n")
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload("\n".join(_quoted_printable(line) for line in lines))


def _quoted_printable(line: str) -> str:
    output, width = [], 0
    atoms = ATOMS.findall(line)
    for at, atom in enumerate(atoms):
        if atom in MULTILINE:
            output.append(f"=\n{atom}=\n")
            width = 0
            continue
        encoded = atom if atom == TOKEN else _atom(atom, last=at == len(atoms) - 1)
        length = TOKEN_LENGTH if atom == TOKEN else len(encoded)
        if width + length > MAX_LINE_LENGTH - 1:
            output.append("=\n")
            width = 0
        output.append(encoded)
        width += length
    return "".join(output)


def _atom(char: str, *, last: bool) -> str:
    if char == "=" or (char in " \t" and last) or not (" " <= char <= "~" or char == "\t"):
        return "".join(f"={byte:02X}" for byte in char.encode())
    return char
