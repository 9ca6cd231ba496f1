"""E-mail addresses as people type them, judged by their form alone.

No look-up on the network happens on the reader's path: whether an address works is found out by
the mail with the link to confirm.
"""

import re
from email.headerregistry import AddressHeader
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from iria.kit import mailboxes
from iria.kit.text import refuse_unstorable

LOCAL_MAX_BYTES = 64
DOMAIN_MAX_BYTES = 253
ADDRESS_MAX_BYTES = 254

MISSING = gettext_lazy("Please enter your e-mail address.")
NOT_IN_FORM = gettext_lazy(
    "This does not look like an e-mail address; it should be like name@example.org."
)
TOO_LONG = gettext_lazy(
    "An e-mail address has at most 64 characters before the @ and 254 in all; this is longer."
)
ACCENTS = gettext_lazy("Before the @, only letters without accents can be written to from here.")
UNUSUAL = gettext_lazy("This form of an address cannot be subscribed; please use another one.")
NO_SERVER = gettext_lazy("The part after the @ is not the name of a mail server; please check it.")

PLAIN: Final = re.compile(
    r"[A-Za-z0-9_+]+(?:[.-][A-Za-z0-9_+]+)*@(?:(?![^.]{64})[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+"
    r"[A-Za-z]{2,24}\Z"
)
"""What most addresses are made of; for those, all else that is asked here is known to be true (a
test holds the two ways together), and it takes a hundredth of the time."""

_in_form = EmailValidator(
    message=NOT_IN_FORM,
    allowlist=[],
)


def normal(text: str) -> str:
    """The one form in which an address is kept: its domain in ASCII and small letters.

    The part before the @ stays as typed; two addresses that differ only in capitals are one to
    the database all the same.

    Raises:
        ValidationError: with a sentence for whoever typed it.
    """
    address = text.strip()
    refuse_unstorable(address)
    if not address:
        raise _refusal(MISSING)
    if len(address.encode()) > 4 * ADDRESS_MAX_BYTES:
        raise _refusal(TOO_LONG)
    local, _, domain = address.rpartition("@")
    if PLAIN.match(address) and _fits(local, domain):
        return f"{local}@{domain.lower()}"
    return _judged(address, local, domain)


def _judged(address: str, local: str, domain: str) -> str:
    """The normal form of an address that is not plain."""
    if local and not local.isascii():
        raise _refusal(ACCENTS)
    _in_form(address)
    if domain.startswith("[") or local.startswith('"'):
        raise _refusal(UNUSUAL)
    domain = _ascii(domain).lower()
    if not _fits(local, domain):
        raise _refusal(TOO_LONG)
    kept = f"{local}@{domain}"
    if not _survives_a_header(kept):
        raise _refusal(UNUSUAL)
    return kept


def shown(address: str) -> str:
    """The address for people: the letters of its domain instead of their ASCII form."""
    return mailboxes.readable(address)


def _fits(local: str, domain: str) -> bool:
    return (
        len(local) <= LOCAL_MAX_BYTES
        and len(domain) <= DOMAIN_MAX_BYTES
        and len(local) + 1 + len(domain) <= ADDRESS_MAX_BYTES
    )


def _refusal(sentence: "str | Promise") -> ValidationError:
    return ValidationError(str(sentence), code="invalid")


def _ascii(domain: str) -> str:
    try:
        return mailboxes.domain_in_ascii(domain)
    except UnicodeError as mistake:
        raise _refusal(NO_SERVER) from mistake


def _survives_a_header(address: str) -> bool:
    """Whether a header with this address is read back as exactly this one address."""
    if not address.isascii() or not address.isprintable():
        return False
    parsed = AddressHeader.value_parser(address)
    boxes = parsed.all_mailboxes
    return not list(parsed.all_defects) and len(boxes) == 1 and boxes[0].addr_spec == address


def hidden(address: str) -> str:
    """The address as a hint to its owner, for pages whose link may have been passed on."""
    local, _, domain = shown(address).rpartition("@")
    return f"{local[0]}…@{domain}"
