"""References in a body: links to a row of this site by its id, such as `internal:article/12#votes`; URLs of embeds.

References stand in `href`, where every editor and the normaliser keep them. Rendering replaces them with
the URL that the target has at that moment.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from typing import Final
from urllib.parse import quote, urlsplit

from lxml.html import HtmlElement

from articles.body.tree import inner_html, parse, text_of, unwrap

SCHEME: Final = "internal"
REFERENCE: Final = re.compile(
    rf"{SCHEME}:(?P<kind>[a-z]{{1,16}})/(?P<id>[1-9][0-9]{{0,17}})(?P<rest>[?#][^\s\"'<>]*)?"
)
REST: Final = re.compile(r"(?:[?#][^\s\"'<>]*)?")
"""Query and anchor, which are stored as they were written."""

LINK: Final = re.compile(r'<a href="(?P<href>[^"]*)"')
"""In a sanitised body or caption `href` is the only attribute of a link."""

IGNORED_BY_BROWSERS: Final = re.compile("[\x00-\x20]+")


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A row that a link leads to."""

    kind: str
    """The name under which `articles.links` knows its kind, such as `article`."""
    id: int

    def __str__(self) -> str:
        return f"{SCHEME}:{self.kind}/{self.id}"


Urls = Mapping[Reference, str]
"""The URLs of the targets that readers may open; a link to any other becomes text."""

NO_URLS: Final[Urls] = {}


def read(href: str) -> tuple[Reference, str] | None:
    """The reference of a link, with its query and anchor; None if it has another form."""
    found = REFERENCE.fullmatch(href)
    if found is None:
        return None
    return Reference(found["kind"], int(found["id"])), found["rest"] or ""


def has_scheme(href: str) -> bool:
    """Whether a browser would see the scheme of references, in any spelling."""
    return IGNORED_BY_BROWSERS.sub("", href).lower().startswith(f"{SCHEME}:")


def may_contain_references(body: str) -> bool:
    """False for most bodies, which then need neither parsing nor a query."""
    return f"{SCHEME}:" in body


def links_in(body: str) -> Iterator[tuple[Reference, str]]:
    """Every reference in the body with its link text, in text order."""
    if not may_contain_references(body):
        return
    for link in parse(body).iter("a"):
        if found := read(link.get("href", "")):
            yield found[0], text_of(link)


def references_in(*bodies: str) -> list[Reference]:
    """The references in these bodies, each once, in text order."""
    return list(dict.fromkeys(reference for body in bodies for reference, _ in links_in(body)))


def hrefs_in(*bodies: str) -> list[str]:
    """The URLs and references of the links of sanitised bodies and captions."""
    found = (match["href"] for body in bodies for match in LINK.finditer(body))
    return [unescape(href) for href in found if href]


def with_references(body: str, find: Callable[[str], str | None]) -> str:
    """The sanitised body or caption with other links.

    Args:
        find: URL → the reference that replaces it, or None.
    """

    def replace(found: re.Match[str]) -> str:
        reference = find(unescape(found["href"]))
        return found[0] if reference is None else f'<a href="{escape(reference)}"'

    return LINK.sub(replace, body)


def resolve(tree: HtmlElement, urls: Urls) -> None:
    """Replaces every reference by its URL, or the link by its text if readers may not open it."""
    unknown = []
    for link in tree.iter("a"):
        href = link.get("href", "")
        if not has_scheme(href):
            continue
        found = read(href)
        url = urls.get(found[0]) if found else None
        if found is None or not url:
            unknown.append(link)
        else:
            link.set("href", url + found[1])
    unwrap(tree, unknown)


def with_urls(text: str, urls: Urls) -> str:
    """The caption or short text with URLs instead of references; see `resolve`."""
    if not may_contain_references(text):
        return text
    tree = parse(text)
    resolve(tree, urls)
    return inner_html(tree)


def within(body: str, urls: Urls) -> tuple[tuple[Reference, str], ...]:
    """The URLs that this body needs, as a key of a cache."""
    return tuple(_known(references_in(body), urls))


def _known(references: Iterable[Reference], urls: Urls) -> Iterator[tuple[Reference, str]]:
    for reference in references:
        if url := urls.get(reference):
            yield reference, url


HOST: Final = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)
MAX_URL_LENGTH: Final = 500
SAFE: Final = "/?#[]@!$&()*+,;=:%~-._"
"""Characters of a URL that are not quoted; a quotation mark is not among them."""
INVISIBLE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff]")


def normalise_url(text: str) -> str | None:
    """The normalised URL, or None if it may not be embedded.

    Only `https` and a host name, without credentials and port.
    """
    url = text.strip()
    if len(url) > MAX_URL_LENGTH or INVISIBLE.search(url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() != "https" or not HOST.fullmatch(parts.netloc.lower()):
            return None
        after = quote(url[url.index("//") + 2 + len(parts.netloc) :], safe=SAFE)
    except (ValueError, UnicodeError):
        return None
    normalised = f"https://{parts.netloc.lower()}{after or '/'}"
    return normalised if len(normalised) <= MAX_URL_LENGTH else None
