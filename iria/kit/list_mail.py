"""Mail to many: who sends it, and the headers by which its reader leaves with one click."""

from collections.abc import Iterable
from email import policy as policies
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage as PlainMessage
from email.policy import Policy
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from iria.kit.text import one_line


class WholeHeader(UnstructuredHeader):
    """A header that stands on one line as it is.

    Python would write a web address that is longer than a line as an encoded word, which no mail
    program takes for a way to leave.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_registry = HeaderRegistry()


def on_one_line(names: Iterable[str]) -> None:
    """These headers are read by machines that expect them as they were written."""
    for name in names:
        _registry.map_to_type(name.lower(), WholeHeader)  # type: ignore[arg-type]


on_one_line(["List-Unsubscribe", "List-Archive"])


class ListMail(EmailMultiAlternatives):
    """A mail whose list headers come out whole, whichever backend writes it."""

    def message(self, *, policy: Any = policies.default) -> PlainMessage:
        return super().message(policy=policy.clone(header_factory=_registry))


def leaving(address: str) -> dict[str, str]:
    """The headers with which a mail program leaves by one POST, without opening a page (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def mailbox(name: str, address: str) -> str:
    """The address with a name, as it stands in a header."""
    local, _, domain = address.rpartition("@")
    return str(Address(header_words(name), local, domain))


def header_words(text: str) -> str:
    """Words for a header: on one line, and none of them read as something encoded.

    What looks like an encoded word would be decoded on the way, into a line break if it says so.
    """
    return one_line(text).replace("=?", "= ?")


def sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or settings.DEFAULT_FROM_EMAIL


def mail_domain() -> str:
    """The domain that makes our identifiers unique in the world."""
    return sender_address().rpartition("@")[2] or settings.SITE_HOST
