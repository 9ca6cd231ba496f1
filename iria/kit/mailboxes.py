"""E-mail addresses whose domain has letters beyond ASCII, as mail servers know them and as people write them.

One mailbox, two spellings: `ola@bücher.example` and `ola@xn--bcher-kva.example`. The newsletter keeps the second,
an account whichever was typed; whoever compares addresses of different rooms asks here.
"""

import re
import unicodedata
from typing import Final

DOTS: Final = re.compile("[.\u3002\uff0e\uff61]")
OWN_LETTERS: Final = frozenset("ßς")
"""Python's codec is of 2003, when these were written as ss and σ. Since 2008 they are letters of their own:
straße.example and strasse.example belong to different people."""
MOST_OF_LABEL: Final = 63


def domain_in_ascii(domain: str) -> str:
    """A domain as mail servers know it.

    Raises:
        UnicodeError: there can be no such domain.
    """
    return ".".join(_label_in_ascii(label) for label in DOTS.split(domain))


def in_ascii(address: str) -> str:
    """The address with its domain as mail servers know it; as it is, where there can be no such domain."""
    local, at, domain = address.strip().rpartition("@")
    try:
        return f"{local}{at}{domain_in_ascii(domain)}"
    except UnicodeError:
        return address.strip()


def readable(address: str) -> str:
    """The address for people: its domain in the letters it stands for."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{'.'.join(map(_readable_label, domain.split('.')))}"


def spellings(address: str) -> list[str]:
    """Every way in which an address may have been kept, in small letters."""
    known = in_ascii(address)
    return sorted({address.strip().lower(), known.lower(), readable(known).lower()})


def _label_in_ascii(label: str) -> str:
    if label.isascii():
        return label.lower()
    small = unicodedata.normalize("NFKC", label.lower())
    if OWN_LETTERS.isdisjoint(small):
        return label.encode("idna").decode("ascii").lower()
    if not all(sign == "-" or unicodedata.category(sign)[0] in "LMN" for sign in small):
        sentence = "a sign that no name of a server holds"
        raise UnicodeError(sentence)
    written = "xn--" + small.encode("punycode").decode("ascii")
    if len(written) > MOST_OF_LABEL:
        sentence = "label too long"
        raise UnicodeError(sentence)
    return written


def _readable_label(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        meant = label[4:].encode("ascii").decode("punycode")
        return meant if _label_in_ascii(meant) == label.lower() else label
    except UnicodeError:
        return label
