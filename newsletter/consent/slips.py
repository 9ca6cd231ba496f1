"""Slips of the finger in an address, found by its form alone: gmial.com, hotmail.con, gmail,com.

Nothing is looked up anywhere, and nothing is corrected unasked: what was meant is a question to
whoever typed it (`newsletter.forms`).
"""

from typing import Final

from django.core.exceptions import ValidationError

from newsletter.consent.addresses import normal

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
"""Where most people have their mail, the commonest first: the first that fits is asked for."""
KNOWN: Final = tuple(PROVIDERS.split())

ENDINGS: Final = {
    **dict.fromkeys(
        ["con", "cmo", "ocm", "vom", "xom", "cpm", "comm", "coom", "ccom", "cim"], "com"
    ),
    **dict.fromkeys(["nte", "ney", "nett"], "net"),
    **dict.fromkeys(["ogr", "orgg", "rog"], "org"),
}
"""Endings that no address on earth has, and what was meant."""

SHORTEST: Final = 7
"""Below that, names that differ by one letter are too many: gmx.de and gmx.at, qq.com and me.com."""


def meant(typed: str) -> str:
    """The address that was probably meant, in its normal form; empty where nothing seems wrong."""
    local, at, domain = typed.strip().rpartition("@")
    if not at or not 0 < len(domain) < 254:
        return ""
    local = local.strip().lstrip("<").removeprefix("mailto:")
    found = _kept(f"{local}@{_domain(domain.lower().strip('.,;:> '))}")
    return "" if found == _kept(typed) else found


def _kept(address: str) -> str:
    """The normal form, or nothing for what is no address."""
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
            and one_slip_apart(typed, known)
        ):
            return known
    return f"{typed}.com" if f"{typed}.com" in KNOWN else typed


def _is_another_country(typed: str, known: str) -> bool:
    """hotmail.se is no slip of hotmail.es: the name is right and the ending is a country's."""
    (name, _, ending), (known_name, _, _) = typed.partition("."), known.partition(".")
    return name == known_name and len(ending) == 2 and ending not in {"co", "cm", "om"}


def one_slip_apart(one: str, other: str) -> bool:
    """Whether one letter too many, too few, wrong, or two of them swapped make one of the other."""
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
