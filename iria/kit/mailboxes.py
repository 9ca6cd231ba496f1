"""E-mail addresses whose domain has letters beyond ASCII, as mail servers know them and as people write them.

One mailbox, two spellings: `ola@bücher.example` and `ola@xn--bcher-kva.example`. The newsletter keeps the second,
an account whichever was typed; whoever compares addresses of different rooms asks here.
"""

import idna


def domain_in_ascii(domain: str) -> str:
    """A domain as mail servers know it (IDNA 2008, read as UTS 46 says).

    Raises:
        UnicodeError: there can be no such domain.
    """
    if domain.isascii():
        return domain.lower()
    return idna.encode(domain, uts46=True).decode("ascii")


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


def _readable_label(label: str) -> str:
    try:
        return idna.decode(label) if label.lower().startswith("xn--") else label
    except UnicodeError:
        return label
