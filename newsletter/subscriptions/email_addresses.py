"""Validates e-mail addresses by their form, and suggests corrections for typos (gmial.com, hotmail.con).

No network look-ups: whether an address works is found out by the confirmation e-mail.
"""

import re
from email.headerregistry import AddressHeader
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from iria.core import mail
from iria.core.text.validators import validate_storable

PROVIDERS: Final = (
    "gmail.com hotmail.com yahoo.com outlook.com icloud.com aol.com live.com msn.com me.com mac.com "
    "googlemail.com ymail.com rocketmail.com mail.com email.com gmx.com gmx.net gmx.de gmx.at gmx.ch "
    "web.de t-online.de freenet.de posteo.de mailbox.org proton.me protonmail.com pm.me fastmail.com "
    "hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es outlook.fr outlook.de live.co.uk "
    "live.fr live.nl yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.co.in yahoo.co.jp "
    "yahoo.com.br yahoo.ca btinternet.com sky.com virginmedia.com orange.fr wanadoo.fr free.fr "
    "laposte.net sfr.fr bluewin.ch libero.it virgilio.it tiscali.it telenet.be skynet.be ziggo.nl "
    "comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net uol.com.br "
    "bol.com.br terra.com.br mail.ru yandex.ru rambler.ru qq.com 163.com 126.com naver.com"
)
"""Large providers, the most popular first: the first match is suggested."""
KNOWN: Final = tuple(PROVIDERS.split())

ENDINGS: Final = {
    **dict.fromkeys(
        ["con", "cmo", "ocm", "vom", "xom", "cpm", "comm", "coom", "ccom", "cim"], "com"
    ),
    **dict.fromkeys(["nte", "ney", "nett"], "net"),
    **dict.fromkeys(["ogr", "orgg", "rog"], "org"),
}
"""Endings that do not exist, and the probable ones."""

SHORTEST: Final = 7
"""Shorter names have too many neighbours: gmx.de and gmx.at, qq.com and me.com."""


def suggest_correction(typed: str) -> str:
    """Returns the probable address, normalised; empty if there is no typo."""
    local, at, domain = typed.strip().rpartition("@")
    if not at or not 0 < len(domain) < 254:
        return ""
    local = local.strip().lstrip("<").removeprefix("mailto:")
    found = _save_bounce(f"{local}@{_domain(domain.lower().strip('.,;:> '))}")
    return "" if found == _save_bounce(typed) else found


def _save_bounce(address: str) -> str:
    """Returns the normalised address, or an empty string if it is invalid."""
    try:
        return normal(address)
    except ValidationError:
        return ""


def _domain(typed: str) -> str:
    if typed in KNOWN:
        return typed
    name, dot, ending = typed.rpartition(".")
    if dot and ending in ENDINGS:
        typed = f"{name}.{ENDINGS[ending]}"
    for known in KNOWN:
        if typed == known or (
            min(len(typed), len(known)) >= SHORTEST
            and not _is_another_country(typed, known)
            and is_one_typo_apart(typed, known)
        ):
            return known
    return f"{typed}.com" if f"{typed}.com" in KNOWN else typed


def _is_another_country(typed: str, known: str) -> bool:
    """Whether it is the same name in another country: hotmail.se is no typo of hotmail.es."""
    (name, _, ending), (known_name, _, _) = typed.partition("."), known.partition(".")
    return name == known_name and len(ending) == 2 and ending not in {"co", "cm", "om"}


def is_one_typo_apart(one: str, other: str) -> bool:
    """Whether one inserted, missing, wrong or swapped character turns one text into the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    same = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    rest, of_other = one[same:], other[same:]
    return (
        rest[1:] == of_other[1:]
        or rest[1:] == of_other
        or rest == of_other[1:]
        or (rest[:2] == of_other[:2][::-1] and rest[2:] == of_other[2:])
    )


LOCAL_MAX_BYTES = 64
DOMAIN_MAX_BYTES = 253
ADDRESS_MAX_BYTES = 254

MISSING = gettext_lazy("Enter your e-mail address.")
NOT_IN_FORM = gettext_lazy("Enter a valid e-mail address, such as name@example.org.")
TOO_LONG = gettext_lazy(
    "This e-mail address is too long. It may have 64 characters before the @ and 254 in total."
)
ACCENTS = gettext_lazy("Accented letters are not supported before the @.")
UNUSUAL = gettext_lazy("This type of e-mail address is not supported. Use another one.")
NO_SERVER = gettext_lazy("The part after the @ is not a valid domain. Check it.")

PLAIN: Final = re.compile(
    r"[A-Za-z0-9_+]+(?:[.-][A-Za-z0-9_+]+)*@(?:(?![^.]{64})[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+"
    r"[A-Za-z]{2,24}\Z"
)
"""A common form that passes all other checks (a test compares both ways) and is a hundred times faster."""

_in_form = EmailValidator(
    message=NOT_IN_FORM,
    allowlist=[],
)


def normal(text: str) -> str:
    """Returns an address in its stored form: the domain in ASCII and lower case.

    The local part is kept as typed; the database compares it case-insensitively.

    Raises:
        ValidationError: with a message for the user.
    """
    address = text.strip()
    validate_storable(address)
    if not address:
        raise _validation_error(MISSING)
    if len(address.encode()) > 4 * ADDRESS_MAX_BYTES:
        raise _validation_error(TOO_LONG)
    local, _, domain = address.rpartition("@")
    if PLAIN.match(address) and _fits(local, domain):
        return f"{local}@{domain.lower()}"
    return _check_domain(address, local, domain)


def _check_domain(address: str, local: str, domain: str) -> str:
    """Normalises an address that does not match `PLAIN`."""
    if local and not local.isascii():
        raise _validation_error(ACCENTS)
    _in_form(address)
    if domain.startswith("[") or local.startswith('"'):
        raise _validation_error(UNUSUAL)
    domain = _ascii(domain).lower()
    if not _fits(local, domain):
        raise _validation_error(TOO_LONG)
    kept = f"{local}@{domain}"
    if not _survives_a_header(kept):
        raise _validation_error(UNUSUAL)
    return kept


def shown(address: str) -> str:
    """Returns the address for display: its domain in Unicode."""
    return mail.to_unicode(address)


def _fits(local: str, domain: str) -> bool:
    return (
        len(local) <= LOCAL_MAX_BYTES
        and len(domain) <= DOMAIN_MAX_BYTES
        and len(local) + 1 + len(domain) <= ADDRESS_MAX_BYTES
    )


def _validation_error(sentence: "str | Promise") -> ValidationError:
    return ValidationError(str(sentence), code="invalid")


def _ascii(domain: str) -> str:
    try:
        return mail.domain_to_ascii(domain)
    except UnicodeError as mistake:
        raise _validation_error(NO_SERVER) from mistake


def _survives_a_header(address: str) -> bool:
    """Whether a header with this address is parsed as exactly this address."""
    if not address.isascii() or not address.isprintable():
        return False
    parsed = AddressHeader.value_parser(address)
    boxes = parsed.all_mailboxes
    return not list(parsed.all_defects) and len(boxes) == 1 and boxes[0].addr_spec == address


def hidden(address: str) -> str:
    """Returns a masked address, for pages whose link may have been forwarded."""
    local, _, domain = shown(address).rpartition("@")
    return f"{local[0]}…@{domain}"
