"""An issue as bytes with placeholders for what differs between recipients.

Rendering an e-mail takes milliseconds, filling in placeholders microseconds. They are e-mail address, token, Message-ID, name
(for the greeting) and delivery reference (for a provider).
"""

import re
from email.message import EmailMessage
from functools import lru_cache
from typing import Final, Self

from newsletter.bounces.webhooks.providers import REF_PLACEHOLDER
from newsletter.email.greeting import IN_HTML, IN_TEXT, Greeting
from newsletter.email.headers import ListEmail
from newsletter.email.rendering import TOKEN
from newsletter.email.smtp import SEVEN_BIT, ready_to_send

ADDRESS: Final = "recipient-address-stands-here@template.invalid"
MESSAGE_ID: Final = "<message-id-stands-here@template.invalid>"

PLACEHOLDERS: Final = re.compile(
    b"("
    + b"|".join(
        re.escape(x.encode())
        for x in (TOKEN, ADDRESS, MESSAGE_ID, REF_PLACEHOLDER, IN_HTML, IN_TEXT)
    )
    + b")"
)
LONGEST_LINE: Final = 76
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
        return cls(ready_to_send(parsed.as_bytes()), greeting)

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
                message = "E-mails cannot be sent to this address."
                raise ValueError(message)
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
        if width + length > LONGEST_LINE - 1:
            output.append("=\n")
            width = 0
        output.append(encoded)
        width += length
    return "".join(output)


def _atom(char: str, *, last: bool) -> str:
    if char == "=" or (char in " \t" and last) or not (" " <= char <= "~" or char == "\t"):
        return "".join(f"={byte:02X}" for byte in char.encode())
    return char
