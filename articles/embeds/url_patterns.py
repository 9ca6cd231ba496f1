"""Addresses of a provider's pages as a pattern, and the frame that belongs to one. Plain Python.

A pattern is an address with names in braces: `https://www.youtube.com/watch?v={id}`. A name stands
for letters, digits, hyphen and underscore, nothing else; the host is compared whole, the path from
end to end, and of the query the parts that the pattern names. So a pattern cannot be fooled by what
stands around it, and what is put into a frame's address cannot mean anything there.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from articles.body.embed_urls import kept_address

NAME: Final = re.compile(r"\{([a-z_]{1,20})\}")
VALUE: Final = r"[A-Za-z0-9_-]{1,120}"
WHOLE: Final = "address"
"""In a frame's address: the page's whole address, written as a value of a query."""


class Unusable(Exception):
    """A pattern or a frame's address that cannot be; the message is a sentence for the editor."""


def match(pattern: str, address: str) -> dict[str, str] | None:
    """What the names of the pattern stand for in the address; None where it does not fit."""
    wanted, found = urlsplit(pattern), urlsplit(address)
    if kept_address(address) != address or (wanted.scheme, wanted.netloc) != (
        found.scheme,
        found.netloc,
    ):
        return None
    values: dict[str, str] = {}
    if not _take(wanted.path.rstrip("/"), found.path.rstrip("/"), values):
        return None
    given = dict(parse_qsl(found.query))
    for key, value in parse_qsl(wanted.query, keep_blank_values=True):
        if not _take(value, given.get(key, ""), values):
            return None
    return values


def frame_address(template: str, values: dict[str, str], address: str) -> str | None:
    """The address of the frame; None where it would be no address that may be framed."""
    known = {**values, WHOLE: quote(address, safe="")}
    return kept_address(NAME.sub(lambda name: known.get(name[1], ""), template))


def origin_of(template: str) -> str:
    return f"https://{urlsplit(template).netloc}"


def checked(pattern: str) -> str:
    """The pattern as it is kept.

    Raises:
        Unusable: it is no address, or has names where none may be.
    """
    if "{" in pattern.partition("://")[2].partition("/")[0]:
        sentence = f"“{pattern}”: the host must stand there whole, as in https://vimeo.com/{{id}}."
        raise Unusable(sentence)
    return _plain(pattern)


def checked_frame(template: str, patterns: Iterable[str], *, own_host: str) -> str:
    """The frame's address as it is kept.

    Raises:
        Unusable: it is no address, names what a pattern does not, or would frame our own site.
    """
    plain = checked(template)
    host = urlsplit(plain).netloc
    if host == own_host or host.endswith(f".{own_host}") or own_host.endswith(f".{host}"):
        sentence = (
            "A frame of our own site could do whatever its readers and editors may; choose another."
        )
        raise Unusable(sentence)
    for pattern in patterns:
        for name in NAME.findall(plain):
            if name not in {*NAME.findall(pattern), WHOLE}:
                sentence = f"The frame needs {{{name}}}, which “{pattern}” does not have."
                raise Unusable(sentence)
    return plain


def _plain(text: str) -> str:
    address = text.strip()
    filled = NAME.sub("x", address)
    if kept_address(filled) is None or "{" in filled or "}" in filled or "#" in filled:
        sentence = (
            f"“{address}” is no address of ours: write https://, the host, and names in braces "
            "such as {id}."
        )
        raise Unusable(sentence)
    parts = urlsplit(address)
    return address.replace(parts.netloc, parts.netloc.lower(), 1)


def _take(wanted: str, found: str, values: dict[str, str]) -> bool:
    """Whether the text fits, its names' values put among the values."""
    shape = ""
    for at, part in enumerate(NAME.split(wanted)):
        if at % 2 == 0:
            shape += re.escape(part)
        elif part in values:
            shape += re.escape(values[part])
        else:
            shape += f"(?P={part})" if f"(?P<{part}>" in shape else f"(?P<{part}>{VALUE})"
    fits = re.fullmatch(shape, found)
    if fits is not None:
        values.update(fits.groupdict())
    return fits is not None
