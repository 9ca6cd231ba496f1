"""E-mail addresses whose domain has letters beyond ASCII, as mail servers know them and as people write them.

One mailbox, two spellings: `ola@bücher.example` and `ola@xn--bcher-kva.example`. The newsletter keeps the second,
an account whichever was typed; whoever compares addresses of different rooms asks here.

Mail into a folder, as files a person can open, where no mail server is set.

Mail to many: who sends it, and the headers by which its reader leaves with one click.
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
    """A domain as mail servers know it (IDNA 2008, read as UTS 46 says).

    Raises:
        UnicodeError: there can be no such domain.
    """
    if domain.isascii():
        return domain.lower()
    return idna.encode(domain, uts46=True).decode("ascii")


def to_ascii(address: str) -> str:
    """The address with its domain as mail servers know it; as it is, where there can be no such domain."""
    local, at, domain = address.strip().rpartition("@")
    try:
        return f"{local}{at}{domain_to_ascii(domain)}"
    except UnicodeError:
        return address.strip()


def to_unicode(address: str) -> str:
    """The address for people: its domain in the letters it stands for."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{'.'.join(map(_readable_label, domain.split('.')))}"


def variants(address: str) -> list[str]:
    """Every way in which an address may have been kept, in small letters."""
    known = to_ascii(address)
    return sorted({address.strip().lower(), known.lower(), to_unicode(known).lower()})


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
        # A mail may hold a code to sign in with: nobody else on this machine may read it.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
            path = self.folder / f"{moment}-{secrets.token_hex(3)}.eml"
            unfinished = path.with_suffix(".part")
            unfinished.touch(mode=0o600)
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(path)
        return len(email_messages)


class UnfoldedHeader(UnstructuredHeader):
    """A header that stands on one line as it is.

    Python would write a web address that is longer than a line as an encoded word, which no mail
    program takes for a way to leave.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_registry = HeaderRegistry()


def register_unfolded(names: Iterable[str]) -> None:
    """These headers are read by machines that expect them as they were written."""
    for name in names:
        _registry.map_to_type(name.lower(), UnfoldedHeader)  # type: ignore[arg-type]


register_unfolded(["List-Unsubscribe", "List-Archive"])


class ListEmail(EmailMultiAlternatives):
    """A mail whose list headers come out whole, whichever backend writes it."""

    def message(self, *, policy: Any = policies.default) -> PlainMessage:
        return super().message(policy=policy.clone(header_factory=_registry))


def list_unsubscribe_headers(address: str) -> dict[str, str]:
    """The headers with which a mail program leaves by one POST, without opening a page (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def mailbox(name: str, address: str) -> str:
    """The address with a name, as it stands in a header."""
    local, _, domain = address.rpartition("@")
    return str(Address(header_text(name), local, domain))


def header_text(text: str) -> str:
    """Words for a header: on one line, and none of them read as something encoded.

    What looks like an encoded word would be decoded on the way, into a line break if it says so.
    """
    return one_line(text).replace("=?", "= ?")


def default_sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or settings.DEFAULT_FROM_EMAIL


def mail_domain() -> str:
    """The domain that makes our identifiers unique in the world."""
    return default_sender().rpartition("@")[2] or settings.SITE_HOST
