"""E-mail: internationalised addresses, a backend that writes files, and headers for unsubscribing.

An address such as `ola@bücher.example` also exists as `ola@xn--bcher-kva.example`. The newsletter stores the
second form, an account the one that was entered; compare addresses with `variants`.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email import policy as policies
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage as PlainMessage
from email.policy import Policy
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import idna
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from iria.core.text.validators import one_line


def domain_to_ascii(domain: str) -> str:
    """A domain in ASCII (IDNA 2008 with the mapping of UTS 46).

    Raises:
        UnicodeError: the domain is not valid.
    """
    if domain.isascii():
        return domain.lower()
    return idna.encode(domain, uts46=True).decode("ascii")


def to_ascii(address: str) -> str:
    """The address with its domain in ASCII; unchanged if the domain is not valid."""
    local, at, domain = address.strip().rpartition("@")
    try:
        return f"{local}{at}{domain_to_ascii(domain)}"
    except UnicodeError:
        return address.strip()


def to_unicode(address: str) -> str:
    """The address with its domain in Unicode, for people."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{'.'.join(map(_readable_label, domain.split('.')))}"


def variants(address: str) -> list[str]:
    """All forms in which the address may be stored, in lower case."""
    in_ascii = to_ascii(address)
    return sorted({address.strip().lower(), in_ascii.lower(), to_unicode(in_ascii).lower()})


def _readable_label(label: str) -> str:
    try:
        return idna.decode(label) if label.lower().startswith("xn--") else label
    except UnicodeError:
        return label


class FolderBackend(BaseEmailBackend):
    """Writes each message as one `.eml` file, whose name begins with the time it was sent."""

    def __init__(self, *, folder: str, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        # An e-mail may contain a sign-in code, so other users of this machine must not read it.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            timestamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
            path = self.folder / f"{timestamp}-{secrets.token_hex(3)}.eml"
            unfinished = path.with_suffix(".part")
            unfinished.touch(mode=0o600)
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(path)
        return len(email_messages)


class UnfoldedHeader(UnstructuredHeader):
    """A header that is not folded.

    Python would write a URL that is longer than a line as an encoded word, which no mail
    program recognises as an unsubscribe link.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_registry = HeaderRegistry()


def register_unfolded(names: Iterable[str]) -> None:
    """Registers headers that mail programs expect unfolded and unencoded."""
    for name in names:
        _registry.map_to_type(name.lower(), UnfoldedHeader)  # type: ignore[arg-type]


register_unfolded(["List-Unsubscribe", "List-Archive"])


class ListEmail(EmailMultiAlternatives):
    """An e-mail with unfolded list headers, with any backend."""

    def message(self, *, policy: Any = policies.default) -> PlainMessage:
        return super().message(policy=policy.clone(header_factory=_registry))


def list_unsubscribe_headers(address: str) -> dict[str, str]:
    """The headers for one-click unsubscribe (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def mailbox(name: str, address: str) -> str:
    """An address with a name, for a header."""
    local, _, domain = address.rpartition("@")
    return str(Address(header_text(name), local, domain))


def header_text(text: str) -> str:
    """Text for a header: on one line, and without anything that looks like an encoded word.

    A mail server would decode that, possibly into a line break.
    """
    return one_line(text).replace("=?", "= ?")


def default_sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or settings.DEFAULT_FROM_EMAIL


def mail_domain() -> str:
    """The domain of message ids."""
    return default_sender().rpartition("@")[2] or settings.SITE_HOST
