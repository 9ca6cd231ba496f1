"""Hostile input for all URLs: values, query strings and request bodies."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from django.contrib.admindocs.utils import replace_named_groups, replace_unnamed_groups
from django.urls import URLPattern, URLResolver, get_resolver

from tests.shared import shared_data

ELSEWHERE = "elsewhere.example"

VALUES = [
    "%00",
    "a%00b",
    "%FF%FE",
    "%ED%A0%80",
    "x" * 3000,
    quote("é" * 400),
    quote("中文 страница ✓"),
    quote("‮مقال‬"),
    "..",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "0",
    "-1",
    "1" + "0" * 30,
    "0000",
    "9999",
    "13",
    quote("٣"),
    "None",
    quote("<script>'\"{{7*7}}%s%n"),
]
"""URL-encoded values for paths and query strings."""

NEXT = [
    f"https://{ELSEWHERE}/",
    f"//{ELSEWHERE}/",
    f"///{ELSEWHERE}/",
    f"/%5C{ELSEWHERE}/",
    f"%5C%5C{ELSEWHERE}/",
    f"http:///{ELSEWHERE}/",
    f"http:{ELSEWHERE}",
    f"/%09/{ELSEWHERE}/",
    "javascript:alert(1)",
    "http://[",
]
"""Targets for open redirects."""

PARAMETERS = [
    "page",
    "q",
    "article",
    "parent",
    "form",
    "name",
    "email",
    "text",
    "token",
    "in",
    "o",
    "p",
    "e",
    "all",
    "_popup",
    "_to_field",
    "_changelist_filters",
]


def queries() -> Iterator[str]:
    """Query strings for any page."""
    for value in [*VALUES, "", "abc", "1000000000", "1&page=2", "1.5", "1e9"]:
        yield "&".join(f"{name}={value}" for name in PARAMETERS)
    for url in NEXT:
        yield f"next={url}&page=1"
    yield "&".join(f"a{number}=1" for number in range(1500))
    yield "%"
    yield "&&==&;"


class Body(NamedTuple):
    """The body of a POST request."""

    content: bytes
    content_type: str


FORM = "application/x-www-form-urlencoded"
FIELDS = [
    "name",
    "email",
    "text",
    "parent",
    "token",
    "website",
    "newsletters",
    "choosing",
    "login",
    "password",
    "password1",
    "code",
    "display_name",
    "next",
    "reason",
    "tell",
    "seen",
    "look",
    "action",
    "index",
    "_selected_action",
    "_save",
    "headline",
    "slug",
    "body",
    "form-TOTAL_FORMS",
    "form-INITIAL_FORMS",
]


def _part(head: str, content: bytes = b"x") -> bytes:
    return f"--edge\r\n{head}\r\n\r\n".encode() + content + b"\r\n--edge--\r\n"


def bodies() -> Iterator[Body]:
    """Bodies that are empty, hostile, malformed, of the wrong type or encoding, or too large."""
    yield Body(b"", FORM)
    for value in [*VALUES, "", *NEXT]:
        yield Body("&".join(f"{name}={value}" for name in FIELDS).encode(), FORM)
    yield Body(b"\xff\xfe\x00=\x00&text=\xed\xa0\x80&email=\x80\x81", FORM)
    for charset in ("utf-16", "no-such-thing", "utf-7", "%00"):
        yield Body(b"email=a&text=b", f"{FORM}; charset={charset}")
    yield Body(json.dumps({"email": "\x00"}).encode(), "application/json")
    yield Body(b"email=a", "")
    yield Body(b"\x00" * 100, "application/octet-stream")
    multipart = "multipart/form-data; boundary=edge"
    yield Body(b"no parts at all", multipart)
    yield Body(_part('Content-Disposition: form-data; name="text"'), "multipart/form-data")
    yield Body(b"x", "multipart/form-data; boundary=" + "e" * 300)
    yield Body(_part('Content-Disposition: form-data; name="text"')[:60], multipart)
    yield Body(_part('Content-Disposition: form-data; name="text"', b"\xff\x00"), multipart)
    yield Body(_part('Content-Disposition: form-data; name="f"; filename="\x00../a"'), multipart)
    encoded = 'Content-Disposition: form-data; name="text"\r\nContent-Transfer-Encoding: base64'
    yield Body(_part(encoded, b"!!!"), multipart)
    files = (
        f'--edge\r\nContent-Disposition: form-data; name="f"; filename="{n}"\r\n\r\nx\r\n'
        for n in range(150)
    )
    yield Body("".join(files).encode() + b"--edge--\r\n", multipart)
    yield Body("&".join(f"a{number}=1" for number in range(1500)).encode(), FORM)


def routes(start: str = "") -> list[tuple[str, str]]:
    """The name and route of every URL of the site, such as /tag/<slug>/."""
    found = list(_walk(get_resolver(), "/"))
    return [(name, route) for name, route in found if route.startswith(start)]


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, str]]:
    for each in resolver.url_patterns:
        route = prefix + _simple(str(each.pattern))
        if isinstance(each, URLPattern):
            yield each.name or route, route
        else:
            yield from _walk(each, route)


def _simple(pattern: str) -> str:
    """A route or regular expression with plain names in angle brackets."""
    if re.search(r"[\^$\\(]", pattern):
        pattern = replace_unnamed_groups(replace_named_groups(pattern))
        pattern = re.sub(r"\\([./-])|[\^$?]", r"\1", pattern)
    return re.sub(r"<\w+:(\w+)>", r"<\1>", pattern)


def filled(route: str, value: str) -> str:
    """The URL with the same value for every part."""
    return re.sub(r"<\w+>", lambda _: value, route)


def filled_but_one(route: str, values: dict[str, str], hostile: str) -> Iterator[str]:
    """The URL with valid values, each in turn replaced by a hostile one."""
    names = re.findall(r"<(\w+)>", route)
    for chosen in names:
        url = route
        for name in names:
            url = url.replace(f"<{name}>", hostile if name == chosen else values[name])
        yield url


def naughty_strings() -> list[str]:
    """The Big List of Naughty Strings."""
    strings: list[str] = json.loads(shared_data("naughty", "blns.json").read_text())
    return strings
