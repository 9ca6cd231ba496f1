"""Hostile requests to public URLs cause no server error and no redirect to another site."""

from itertools import product
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import User
from tests import newsroom
from tests.iria import hostile
from tests.iria.url_parts import values_for
from tests.iria.url_requests import errors_of, request_error, share_of, with_query

pytestmark = pytest.mark.proof

ADMIN = "/admin/"
SHARES = 10


def public_urls(parts: dict[str, str]) -> list[str]:
    """All URLs outside the admin, with existing objects."""
    found = []
    for name, route in hostile.routes():
        if not route.startswith(ADMIN):
            for part, value in values_for(name, route, parts).items():
                route = route.replace(f"<{part}>", value)
            found.append(route)
    article, tag = parts["article"], parts["tag"]
    return [*found, f"/comments/new/?article={article}", f"/newsletter/follow/?topic={tag}"]


def test_every_public_url_exists(anybody: Client, parts: dict[str, str]) -> None:
    """Otherwise the other tests would only request error pages."""
    missing = [a for a in public_urls(parts) if anybody.get(a).status_code == 404]
    # One is for an unconfirmed comment, the other requires sign-in.
    restricted = [f"/comments/confirm/{parts['link']}/", f"/comments/{parts['pk']}/yours/"]
    # A mail provider and a contact for security reports are not set.
    not_set = ["/newsletter/webhook/", "/newsletter/told/", "/.well-known/security.txt"]
    # The others are about an article or what can be followed, and exist with a query string.
    without_query = ["/newsletter/follow/", "/comments/recommended/"]
    without_query += [f"/comments/{name}/" for name in ("follow", "new", "token")]
    assert set(missing) == {"/api/nothing", *not_set, *without_query, *restricted}


def test_no_part_of_a_url_causes_an_error(anybody: Client, parts: dict[str, str]) -> None:
    urls = [
        url
        for turn, (name, route) in enumerate(hostile.routes())
        if not route.startswith(ADMIN)
        for value in share_of(hostile.VALUES, turn, SHARES)
        for url in hostile.filled_but_one(route, values_for(name, route, parts), value)
    ]
    urls += [f"/{value}{end}" for value in hostile.VALUES for end in ("", "/", "/feed/")]
    assert errors_of(request_error(anybody, "GET", url) for url in urls) == []


def test_no_query_string_causes_an_error_or_a_redirect_away(
    anybody: Client, parts: dict[str, str]
) -> None:
    assert (
        errors_of(
            request_error(anybody, "GET", with_query(url, query))
            for turn, url in enumerate(public_urls(parts))
            for query in share_of(hostile.queries(), turn, SHARES)
        )
        == []
    )


UNSUPPORTED_TYPES = (
    "image/x-nothing",
    "text/html;q=0, */*;q=0",
    "application/json;q=nought",
    "audio/*;q=1e999, ;;;,",
    ",".join(f"a/{number}" for number in range(500)),
    "text/html; level=\x00",
    "*",
    "é/ü",
)


def test_an_unsupported_accept_header_causes_no_error(
    anybody: Client, parts: dict[str, str]
) -> None:
    """Pages ignore the header (RFC 9110, section 12.1); the API responds with 406."""
    for turn, url in enumerate(public_urls(parts)):
        plain = anybody.get(url)
        for accept in share_of(UNSUPPORTED_TYPES, turn, 3):
            response = anybody.get(url, headers={"Accept": accept})
            if response.status_code != plain.status_code:
                assert url.startswith("/api/"), (url, accept, response.status_code)
                assert response.status_code == 406
                assert response["Content-Type"].startswith("application/problem+json")
                assert "json only" in response.json()["detail"]


def test_no_naughty_string_breaks_the_search(anybody: Client, db: None) -> None:
    newsroom.published()
    strings = share_of(hostile.naughty_strings(), 0, 1)
    urls = [f"/search/?q={quote(each.encode('utf-8', 'surrogatepass'))}" for each in strings]
    assert errors_of(request_error(anybody, "GET", url) for url in urls) == []


def test_no_request_body_causes_an_error_or_a_redirect_away(
    anybody: Client, parts: dict[str, str]
) -> None:
    for turn, url in enumerate(public_urls(parts)):
        found = errors_of(
            request_error(anybody, "POST", url, data=body.content, content_type=body.content_type)
            for body in share_of(hostile.bodies(), turn, SHARES)
        )
        assert found == []


def test_no_request_body_breaks_the_account_pages(anybody: Client, ola: User) -> None:
    anybody.force_login(ola)
    for turn, (_, route) in enumerate(hostile.routes("/accounts/")):
        found = errors_of(
            request_error(anybody, "POST", route, data=body.content, content_type=body.content_type)
            for body in share_of(hostile.bodies(), turn, SHARES)
        )
        found += errors_of(
            request_error(anybody, "GET", with_query(route, query))
            for query in share_of(hostile.queries(), turn, SHARES)
        )
        assert found == []


@pytest.mark.parametrize(
    "header",
    [
        "Origin",
        "Referer",
        "Sec-Fetch-Site",
        "Host",
        "Cookie",
        "If-None-Match",
        "If-Modified-Since",
        "Accept-Language",
        "X-Forwarded-For",
        "Range",
        "Content-Length",
        "Accept",
        "X-Requested-With",
    ],
)
def test_no_header_causes_an_error(anybody: Client, parts: dict[str, str], header: str) -> None:
    values = ["", "\x00", "http://[", "[::", "é\x80", "x" * 9000, "-1", "sessionid=\x00", "*", ","]
    urls = ["/", "/newsletter/", f"/comments/new/?article={parts['article']}", "/admin/login/"]
    assert (
        errors_of(
            request_error(anybody, method, url, headers={header: value})
            for method, url, value in share_of(product(("GET", "POST"), urls, values), 0, 1)
            if not (header == "Content-Length" and method == "GET")
        )
        == []
    )
