"""Which address of another site may stand in a body as an embed. Plain Python."""

import re
from typing import Final
from urllib.parse import quote, urlsplit

HOST: Final = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)
LONGEST: Final = 500
KEPT: Final = "/?#[]@!$&()*+,;=:%~-._"
"""Signs that stand in an address as they are; a quotation mark is not among them."""
UNSEEN: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff]")


def kept_address(text: str) -> str | None:
    """The address as it is kept, or None for one that may not stand in a body.

    Only `https`, a host by its name, nobody's password, no port: what a reader would see in a browser.
    """
    address = text.strip()
    if len(address) > LONGEST or UNSEEN.search(address) or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
        if parts.scheme.lower() != "https" or not HOST.fullmatch(parts.netloc.lower()):
            return None
        after = quote(address[address.index("//") + 2 + len(parts.netloc) :], safe=KEPT)
    except (ValueError, UnicodeError):
        return None
    whole = f"https://{parts.netloc.lower()}{after or '/'}"
    return whole if len(whole) <= LONGEST else None
