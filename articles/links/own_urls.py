"""URLs of this site as references, so that links follow their targets."""

from itertools import batched
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings

from articles.body.references import REST, Reference, hrefs_in, with_references
from articles.links.kinds import LOCATED, link_kinds
from articles.links.targets import united

MOST: Final = 500
"""URLs of a text that are looked up."""


def refer(body: str) -> str:
    """The sanitised body with references instead of URLs of known rows; repeating it changes nothing.

    Former URLs count too.
    """
    return refer_all(body)[0]


def refer_all(*bodies: str) -> list[str]:
    """`refer` for several bodies or captions, in one query for every five hundred URLs; of each the first are
    looked up."""
    paths: set[str] = set()
    for body in bodies:
        paths.update(sorted({path for href in hrefs_in(body) if (path := _own_path(href))})[:MOST])
    if not paths:
        return list(bodies)
    found: dict[str, Reference] = {}
    for some in batched(sorted(paths), MOST):
        found |= _located(list(some))

    def find(href: str) -> str | None:
        path = _own_path(href)
        reference = found.get(path) if path else None
        rest = _rest(href)
        return f"{reference}{rest}" if reference and REST.fullmatch(rest) else None

    return [with_references(body, find) for body in bodies]


def _own_path(href: str) -> str:
    """The path with slashes at both ends; empty for other sites and for what is no page."""
    try:
        url = urlsplit(href.strip())
        own = urlsplit(settings.SITE_URL)
        if url.scheme not in ("", "http", "https") or (url.scheme and not url.netloc):
            return ""
        if url.netloc and url.netloc.lower() != own.netloc.lower():
            return ""
        path = unquote(url.path)
    except ValueError:
        return ""
    if not path.startswith("/") or path == "/" or "\x00" in path:
        return ""
    return path if path.endswith("/") else f"{path}/"


def _rest(href: str) -> str:
    """Query and anchor, as written."""
    url = urlsplit(href.strip())
    return (f"?{url.query}" if url.query else "") + (f"#{url.fragment}" if url.fragment else "")


def _located(paths: list[str]) -> dict[str, Reference]:
    """Path → row, in one query."""
    querysets = [rows for kind in link_kinds for rows in kind.at_paths(paths)]
    return {unquote(path): Reference(kind, pk) for kind, pk, path in united(querysets, LOCATED)}
