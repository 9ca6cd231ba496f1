"""Public pages go out compressed, and nothing with a secret in it does."""

import gzip

import pytest
from django.test import Client

from accounts.models import User
from articles.images.library import ingest
from tests import newsroom

pytestmark = pytest.mark.django_db

ACCEPTING = {"Accept-Encoding": "gzip, br"}


def test_a_public_page_is_compressed_for_somebody_who_can_read_it(client: Client) -> None:
    address = newsroom.published("Quiet").get_absolute_url()
    plain, packed = client.get(address), client.get(address, headers=ACCEPTING)
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert plain["ETag"] == packed["ETag"]


@pytest.mark.parametrize("weight", ["gzip;q=0", "br, gzip ; q=0.00", "gzip;q=0, *;q=0", "identity"])
def test_who_refuses_compressed_pages_gets_plain_ones(client: Client, weight: str) -> None:
    address = newsroom.published("Quiet").get_absolute_url()
    assert "Content-Encoding" not in client.get(address, headers={"Accept-Encoding": weight})
    scarcely = {"Accept-Encoding": "br;q=1.0, gzip;q=0.01"}
    assert client.get(address, headers=scarcely)["Content-Encoding"] == "gzip"


def test_two_readers_get_the_same_compressed_bytes(client: Client) -> None:
    address = newsroom.published("Quiet").get_absolute_url()
    first, second = (client.get(address, headers=ACCEPTING) for _ in range(2))
    assert first.content == second.content


def test_pages_with_a_token_or_a_name_go_out_as_they_are(client: Client, chief: User) -> None:
    client.force_login(chief)
    for path in ("/admin/", "/accounts/profile/", "/newsletter/"):
        answer = client.get(path, headers=ACCEPTING)
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer


@pytest.mark.parametrize("path", ["/feed/", "/feed/atom/", "/feed/json/", "/sitemap.xml"])
def test_feeds_and_sitemaps_are_text_too(client: Client, path: str) -> None:
    newsroom.published("Quiet")
    assert client.get(path, headers=ACCEPTING)["Content-Encoding"] == "gzip"


def test_an_image_is_not_compressed_once_more(client: Client) -> None:
    only = ingest.ingest(newsroom.picture_file(), by=None).renditions.get()
    answer = client.get(only.get_absolute_url(), headers=ACCEPTING)
    assert "Content-Encoding" not in answer
    assert "Vary" not in answer
