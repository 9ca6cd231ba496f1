"""The rate limits of the search."""

from typing import Any

import pytest
from django.test import Client

from articles.search.views import TOO_OFTEN
from tests import newsroom

pytestmark = pytest.mark.django_db

ELSEWHERE = "192.0.2.7"


@pytest.fixture(autouse=True)
def low_limit(settings: Any) -> None:
    settings.SEARCH_RATE_LIMIT = 2
    newsroom.published("Barges wait at the lock")


@pytest.mark.parametrize("path", ["/search/?q=barges", "/search/feed/?q=barges"])
def test_too_many_searches_are_rejected(client: Client, path: str) -> None:
    assert [client.get(path).status_code for _ in range(3)] == [200, 200, 429]
    response = client.get(path)
    assert response.headers["Retry-After"] == "60"
    assert "no-store" in response.headers["Cache-Control"]
    assert TOO_OFTEN in response.content.decode()
    assert client.get(path, REMOTE_ADDR=ELSEWHERE).status_code == 200


def test_the_query_is_kept_in_the_form(client: Client) -> None:
    for _ in range(2):
        client.get("/search/?q=barges")
    page = client.get("/search/?q=barges").content.decode()
    assert 'value="barges"' in page
    assert "Barges wait" not in page


def test_the_empty_form_and_an_unchanged_page_are_not_counted(client: Client) -> None:
    response = client.get("/search/?q=barges")
    for _ in range(4):
        client.get("/search/")
        again = client.get("/search/?q=barges", headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304
    assert client.get("/search/?q=barges").status_code == 200


def test_suggestions_have_a_higher_limit(client: Client) -> None:
    responses = [client.get("/search/suggest/?q=bar") for _ in range(11)]
    assert [response.status_code for response in responses] == [200] * 10 + [429]
    assert responses[-1].headers["Retry-After"] == "60"
    assert responses[-1].json() == {"suggestions": []}
    assert client.get("/search/suggest/?q=bar", REMOTE_ADDR=ELSEWHERE).status_code == 200


def test_all_addresses_of_one_ipv6_network_count_as_one(client: Client) -> None:
    statuses = [
        client.get("/search/?q=barges", REMOTE_ADDR=f"2001:db8:1:2::{end}").status_code
        for end in range(3)
    ]
    assert statuses == [200, 200, 429]


def test_readers_without_an_ip_address_are_not_limited(client: Client) -> None:
    for path in ("/search/?q=barges", "/search/suggest/?q=bar"):
        statuses = {client.get(path, REMOTE_ADDR="").status_code for _ in range(12)}
        assert statuses == {200}


def test_clicks_beyond_the_limit_are_not_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr("articles.search.views.count_click", counted.append)
    for _ in range(4):
        assert client.post("/search/opened/?q=barges").status_code == 204
    assert counted == ["barges"] * 2


def test_the_default_limit_is_sufficient_for_an_office() -> None:
    from iria import settings as site

    assert site.SEARCH_RATE_LIMIT >= 60
