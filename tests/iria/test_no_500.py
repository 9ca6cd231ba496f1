"""Whatever is sent to whatever address: an answer in words, never a crash, never another site."""

from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import User
from tests import newsroom
from tests.iria import hostile
from tests.iria.places import fitting
from tests.iria.sweeping import dealt, sends, with_query, wrong
from tests.proofs.size import sized

DESK = "/admin/"
FEW = sized(5, 1)
"""Each address gets a fifth of what is sent, all addresses together get all; `make prove`: each all."""


def addresses_of_readers(parts: dict[str, str]) -> list[str]:
    """Every address outside the desk, leading to something that is there."""
    found = []
    for name, route in hostile.routes():
        if not route.startswith(DESK):
            for place, part in fitting(name, route, parts).items():
                route = route.replace(f"<{place}>", part)
            found.append(route)
    return [*found, f"/comments/new/?article={parts['article']}"]


def test_every_address_is_known_by_what_it_leads_to(anybody: Client, parts: dict[str, str]) -> None:
    """The other tests would prove little if their addresses led nowhere."""
    missing = [a for a in addresses_of_readers(parts) if anybody.get(a).status_code == 404]
    # The last two are for a writer who has not confirmed yet, and for one who is signed in.
    of_somebody = [f"/comments/confirm/{parts['link']}/", f"/comments/{parts['pk']}/yours/"]
    # The first is for a provider, and none is named.
    nowhere = [
        "/newsletter/webhook/",
        "/newsletter/told/",
        "/api/nothing",
        "/comments/follow/",
        "/comments/new/",
    ]
    nowhere.append("/comments/token/")
    assert missing == [*nowhere, *of_somebody]


def test_no_part_of_an_address_breaks_a_page(anybody: Client, parts: dict[str, str]) -> None:
    addresses = [
        address
        for turn, (name, route) in enumerate(hostile.routes())
        if not route.startswith(DESK)
        for value in dealt(hostile.VALUES, turn, FEW)
        for address in hostile.filled_but_one(route, fitting(name, route, parts), value)
    ]
    addresses += [f"/{value}{end}" for value in hostile.VALUES for end in ("", "/", "/feed/")]
    assert wrong(sends(anybody, "GET", address) for address in addresses) == []


def test_no_query_breaks_a_page_or_leads_away(anybody: Client, parts: dict[str, str]) -> None:
    assert (
        wrong(
            sends(anybody, "GET", with_query(address, query))
            for turn, address in enumerate(addresses_of_readers(parts))
            for query in dealt(hostile.queries(), turn, FEW)
        )
        == []
    )


IMPOSSIBLE = (
    "image/x-nothing",
    "text/html;q=0, */*;q=0",
    "application/json;q=nought",
    "audio/*;q=1e999, ;;;,",
    ",".join(f"a/{number}" for number in range(500)),
    "text/html; level=\x00",
    "*",
    "é/ü",
)


def test_what_cannot_be_had_is_answered_in_words_wherever_it_is_asked_for(
    anybody: Client, parts: dict[str, str]
) -> None:
    """Pages come as they are (RFC 9110, 12.1 allows it); the API says which form there is."""
    for turn, address in enumerate(addresses_of_readers(parts)):
        plain = anybody.get(address)
        for accept in dealt(IMPOSSIBLE, turn, sized(3, 1)):
            answer = anybody.get(address, headers={"Accept": accept})
            if answer.status_code != plain.status_code:
                assert address.startswith("/api/"), (address, accept, answer.status_code)
                assert answer.status_code == 406
                assert answer["Content-Type"].startswith("application/problem+json")
                assert "json only" in answer.json()["detail"]


def test_no_naughty_words_break_the_search(anybody: Client, db: None) -> None:
    newsroom.published()
    words = hostile.naughty_strings()
    addresses = [f"/search/?q={quote(each.encode('utf-8', 'surrogatepass'))}" for each in words]
    assert wrong(sends(anybody, "GET", address) for address in addresses) == []


def test_no_body_breaks_a_page_or_leads_away(anybody: Client, parts: dict[str, str]) -> None:
    for turn, address in enumerate(addresses_of_readers(parts)):
        found = wrong(
            sends(anybody, "POST", address, data=body.content, content_type=body.content_type)
            for body in dealt(hostile.bodies(), turn, FEW)
        )
        assert found == []


def test_no_body_breaks_the_pages_of_an_account(anybody: Client, ola: User) -> None:
    anybody.force_login(ola)
    for turn, (_, route) in enumerate(hostile.routes("/accounts/")):
        found = wrong(
            sends(anybody, "POST", route, data=body.content, content_type=body.content_type)
            for body in dealt(hostile.bodies(), turn, FEW)
        )
        found += wrong(
            sends(anybody, "GET", with_query(route, query))
            for query in dealt(hostile.queries(), turn, FEW)
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
def test_no_header_breaks_a_page(anybody: Client, parts: dict[str, str], header: str) -> None:
    values = ["", "\x00", "http://[", "[::", "é\x80", "x" * 9000, "-1", "sessionid=\x00", "*", ","]
    addresses = ["/", "/newsletter/", f"/comments/new/?article={parts['article']}", "/admin/login/"]
    assert (
        wrong(
            sends(anybody, method, address, headers={header: value})
            for value in values
            for address in addresses
            for method in ("GET", "POST")
            if not (header == "Content-Length" and method == "GET")
        )
        == []
    )
