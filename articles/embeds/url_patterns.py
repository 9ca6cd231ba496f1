"""URL patterns of a provider's pages, and the URL of the frame. Plain Python.

A pattern is a URL with placeholders in braces: `https://www.youtube.com/watch?v={id}`. A placeholder
matches letters, digits, hyphen and underscore; host and path must match completely, and of the query
the parameters that the pattern has. So other parts of a URL cannot change the result, and values
cannot have a special meaning in the URL of the frame.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from articles.body.references import normalise_url

PLACEHOLDER: Final = re.compile(r"\{([a-z_]{1,20})\}")
VALUE: Final = r"[A-Za-z0-9_-]{1,120}"
PAGE_URL: Final = "address"
"""In a frame URL: the full URL of the page, as a query value."""


class InvalidPattern(Exception):
    """A pattern or a frame URL is invalid; the message is for the editor."""


def match(pattern: str, url: str) -> dict[str, str] | None:
    """The values of the placeholders in the URL; None if it does not match."""
    wanted, found = urlsplit(pattern), urlsplit(url)
    if normalise_url(url) != url or (wanted.scheme, wanted.netloc) != (
        found.scheme,
        found.netloc,
    ):
        return None
    values: dict[str, str] = {}
    if not _match_part(wanted.path.rstrip("/"), found.path.rstrip("/"), values):
        return None
    query_values = dict(parse_qsl(found.query))
    for key, value in parse_qsl(wanted.query, keep_blank_values=True):
        if not _match_part(value, query_values.get(key, ""), values):
            return None
    return values


def frame_url(template: str, values: dict[str, str], url: str) -> str | None:
    """The URL of the frame; None if it would not be a valid one."""
    by_name = {**values, PAGE_URL: quote(url, safe="")}
    return normalise_url(PLACEHOLDER.sub(lambda name: by_name.get(name[1], ""), template))


def origin_of(template: str) -> str:
    """The origin of the frame, for the CSP of pages."""
    return f"https://{urlsplit(template).netloc}"


def clean_pattern(pattern: str) -> str:
    """The normalised pattern.

    Raises:
        InvalidPattern: it is not a URL, or has placeholders in the host.
    """
    if "{" in pattern.partition("://")[2].partition("/")[0]:
        raise InvalidPattern(f"“{pattern}”: write the full host, as in https://vimeo.com/{{id}}.")
    return _normalised(pattern)


def clean_frame_url(template: str, patterns: Iterable[str], *, own_host: str) -> str:
    """The normalised URL of the frame.

    Raises:
        InvalidPattern: it is not a URL, has other placeholders than a pattern, or is on this site.
    """
    url = clean_pattern(template)
    host = urlsplit(url).netloc
    if host == own_host or host.endswith(f".{own_host}") or own_host.endswith(f".{host}"):
        raise InvalidPattern(
            "A frame of this site would have its users' permissions. Choose another site."
        )
    for pattern in patterns:
        for name in PLACEHOLDER.findall(url):
            if name not in {*PLACEHOLDER.findall(pattern), PAGE_URL}:
                raise InvalidPattern(
                    f"The frame uses {{{name}}}. Add it to “{pattern}” or remove it here."
                )
    return url


def _normalised(text: str) -> str:
    url = text.strip()
    filled = PLACEHOLDER.sub("x", url)
    if normalise_url(filled) is None or "{" in filled or "}" in filled or "#" in filled:
        raise InvalidPattern(
            f"“{url}” is not a valid pattern. Write https://, the host, and placeholders in braces "
            "such as {id}."
        )
    parts = urlsplit(url)
    return url.replace(parts.netloc, parts.netloc.lower(), 1)


def _match_part(wanted: str, found: str, values: dict[str, str]) -> bool:
    """Whether the text matches; adds the values of its placeholders."""
    regex = ""
    for index, part in enumerate(PLACEHOLDER.split(wanted)):
        if index % 2 == 0:
            regex += re.escape(part)
        elif part in values:
            regex += re.escape(values[part])
        else:
            regex += f"(?P={part})" if f"(?P<{part}>" in regex else f"(?P<{part}>{VALUE})"
    matched = re.fullmatch(regex, found)
    if matched is not None:
        values.update(matched.groupdict())
    return matched is not None
