"""Validates e-mail addresses by their form, and suggests corrections for typos (gmial.com, hotmail.con).

No network look-ups: the confirmation e-mail shows whether an address works.
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
KNOWN_DOMAINS: Final = tuple(PROVIDERS.split())

TYPO_ENDINGS: Final = {
    **dict.fromkeys(
        ["con", "cmo", "ocm", "vom", "xom", "cpm", "comm", "coom", "ccom", "cim"], "com"
    ),
    **dict.fromkeys(["nte", "ney", "nett"], "net"),
    **dict.fromkeys(["ogr", "orgg", "rog"], "org"),
}
"""Endings that do not exist, and the probable ones."""

MIN_DOMAIN_LENGTH: Final = 7
"""Shorter names have too many neighbours: gmx.de and gmx.at, qq.com and me.com."""


def suggest_correction(text: str) -> str:
    """Returns the probable address, normalised; empty if there is no typo."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not 0 < len(domain) < 254:
        return ""
    local = local.strip().lstrip("<").removeprefix("mailto:")
    suggestion = _normalise_or_empty(f"{local}@{_correct_domain(domain.lower().strip('.,;:> '))}")
    return "" if suggestion == _normalise_or_empty(text) else suggestion


def _normalise_or_empty(address: str) -> str:
    """Returns the normalised address, or an empty string if it is invalid."""
    try:
        return normalise(address)
    except ValidationError:
        return ""


def _correct_domain(typed: str) -> str:
    if typed in KNOWN_DOMAINS:
        return typed
    name, dot, ending = typed.rpartition(".")
    if dot and ending in TYPO_ENDINGS:
        typed = f"{name}.{TYPO_ENDINGS[ending]}"
    for known in KNOWN_DOMAINS:
        if typed == known or (
            min(len(typed), len(known)) >= MIN_DOMAIN_LENGTH
            and not _is_another_country(typed, known)
            and is_one_typo_apart(typed, known)
        ):
            return known
    return f"{typed}.com" if f"{typed}.com" in KNOWN_DOMAINS else typed


def _is_another_country(typed: str, known: str) -> bool:
    """Whether it is the same name in another country: hotmail.se is no typo of hotmail.es."""
    (name, _, ending), (known_name, _, _) = typed.partition("."), known.partition(".")
    return name == known_name and len(ending) == 2 and ending not in {"co", "cm", "om"}


def is_one_typo_apart(one: str, other: str) -> bool:
    """Whether one inserted, missing, wrong or swapped character turns one text into the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    first_difference = next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    rest, other_rest = one[first_difference:], other[first_difference:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[:2][::-1] and rest[2:] == other_rest[2:])
    )


LOCAL_MAX_BYTES = 64
DOMAIN_MAX_BYTES = 253
ADDRESS_MAX_BYTES = 254

MISSING = gettext_lazy("Enter your e-mail address.")
INVALID = gettext_lazy("Enter a valid e-mail address, such as name@example.org.")
TOO_LONG = gettext_lazy(
    "This e-mail address is too long. It may have 64 characters before the @ and 254 in total."
)
ACCENTS = gettext_lazy("Accented letters are not supported before the @.")
UNUSUAL = gettext_lazy("This type of e-mail address is not supported. Use another one.")
INVALID_DOMAIN = gettext_lazy("The part after the @ is not a valid domain. Check it.")

PLAIN: Final = re.compile(
    r"[A-Za-z0-9_+]+(?:[.-][A-Za-z0-9_+]+)*@(?:(?![^.]{64})[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+"
    r"[A-Za-z]{2,24}\Z"
)
"""A common form that passes all other checks (a test compares both ways) and is a hundred times faster."""

_validate_email = EmailValidator(message=INVALID, allowlist=[])


def normalise(text: str) -> str:
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
    _validate_email(address)
    if domain.startswith("[") or local.startswith('"'):
        raise _validation_error(UNUSUAL)
    domain = _ascii(domain).lower()
    if not _fits(local, domain):
        raise _validation_error(TOO_LONG)
    normalised = f"{local}@{domain}"
    if not _round_trips_in_header(normalised):
        raise _validation_error(UNUSUAL)
    return normalised


def for_display(address: str) -> str:
    """Returns the address for display: its domain in Unicode."""
    return mail.to_unicode(address)


def _fits(local: str, domain: str) -> bool:
    return (
        len(local) <= LOCAL_MAX_BYTES
        and len(domain) <= DOMAIN_MAX_BYTES
        and len(local) + 1 + len(domain) <= ADDRESS_MAX_BYTES
    )


def _validation_error(message: "str | Promise") -> ValidationError:
    return ValidationError(str(message), code="invalid")


def _ascii(domain: str) -> str:
    try:
        return mail.domain_to_ascii(domain)
    except UnicodeError as error:
        raise _validation_error(INVALID_DOMAIN) from error


def _round_trips_in_header(address: str) -> bool:
    """Whether a header with this address is parsed as exactly this address."""
    if not address.isascii() or not address.isprintable():
        return False
    parsed = AddressHeader.value_parser(address)
    mailboxes = parsed.all_mailboxes
    return (
        not list(parsed.all_defects) and len(mailboxes) == 1 and mailboxes[0].addr_spec == address
    )


def mask(address: str) -> str:
    """Returns a masked address, for pages whose link may have been forwarded."""
    local, _, domain = for_display(address).rpartition("@")
    return f"{local[0]}…@{domain}"
