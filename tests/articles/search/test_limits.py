"""One network cannot keep search busy, and a reader is told when to come again."""

from typing import Any

import pytest
from django.test import Client

from articles.search.limits import TOO_OFTEN
from tests import newsroom

pytestmark = pytest.mark.django_db

ELSEWHERE = "192.0.2.7"


@pytest.fixture(autouse=True)
def few(settings: Any) -> None:
    settings.SEARCH_RATE_LIMIT = 2
    newsroom.published("Barges wait at the lock")


@pytest.mark.parametrize("path", ["/search/?q=barges", "/search/feed/?q=barges"])
def test_who_searches_too_often_is_asked_to_wait(client: Client, path: str) -> None:
    assert [client.get(path).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get(path)
    assert refused.headers["Retry-After"] == "60"
    assert "no-store" in refused.headers["Cache-Control"]
    assert TOO_OFTEN in refused.content.decode()
    assert client.get(path, REMOTE_ADDR=ELSEWHERE).status_code == 200


def test_the_words_are_still_in_the_field(client: Client) -> None:
    for _ in range(2):
        client.get("/search/?q=barges")
    page = client.get("/search/?q=barges").content.decode()
    assert 'value="barges"' in page
    assert "Barges wait" not in page


def test_the_empty_form_and_an_unchanged_page_are_not_counted(client: Client) -> None:
    answer = client.get("/search/?q=barges")
    for _ in range(4):
        client.get("/search/")
        again = client.get("/search/?q=barges", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304
    assert client.get("/search/?q=barges").status_code == 200


def test_suggestions_come_more_often_and_end_as_a_list_without_any(client: Client) -> None:
    answers = [client.get("/search/suggest/?q=bar") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert answers[-1].json() == {"suggestions": []}
    assert client.get("/search/suggest/?q=bar", REMOTE_ADDR=ELSEWHERE).status_code == 200


def test_all_addresses_of_one_ipv6_network_count_as_one(client: Client) -> None:
    statuses = [
        client.get("/search/?q=barges", REMOTE_ADDR=f"2001:db8:1:2::{end}").status_code
        for end in range(3)
    ]
    assert statuses == [200, 200, 429]


def test_readers_whose_address_is_unknown_are_not_counted_as_one(client: Client) -> None:
    for path in ("/search/?q=barges", "/search/suggest/?q=bar"):
        statuses = {client.get(path, REMOTE_ADDR="").status_code for _ in range(12)}
        assert statuses == {200}


def test_openings_beyond_the_limit_are_not_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr("articles.search.views.count_click", counted.append)
    for _ in range(4):
        assert client.post("/search/opened/?q=barges").status_code == 204
    assert counted == ["barges"] * 2


def test_as_it_is_set_an_office_behind_one_address_can_search() -> None:
    from iria import settings as site

    assert site.SEARCH_RATE_LIMIT >= 60
