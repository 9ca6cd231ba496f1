"""URLs that may be embedded in a body. Plain Python."""

import re
from typing import Final
from urllib.parse import quote, urlsplit

HOST: Final = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)
LONGEST: Final = 500
SAFE: Final = "/?#[]@!$&()*+,;=:%~-._"
"""Characters of a URL that are not quoted; a quotation mark is not among them."""
INVISIBLE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff]")


def normalise_url(text: str) -> str | None:
    """The normalised URL, or None if it may not be embedded.

    Only `https` and a host name, without credentials and port.
    """
    url = text.strip()
    if len(url) > LONGEST or INVISIBLE.search(url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() != "https" or not HOST.fullmatch(parts.netloc.lower()):
            return None
        after = quote(url[url.index("//") + 2 + len(parts.netloc) :], safe=SAFE)
    except (ValueError, UnicodeError):
        return None
    normalised = f"https://{parts.netloc.lower()}{after or '/'}"
    return normalised if len(normalised) <= LONGEST else None
