"""URLs of other systems, which may be anything. Plain Python."""

from urllib.parse import urljoin, urlsplit


def join(base: str, url: str) -> str:
    """The absolute URL; empty if it cannot be one."""
    try:
        joined = urljoin(base, url.strip())
        urlsplit(joined)
    except ValueError:
        return ""
    return joined
