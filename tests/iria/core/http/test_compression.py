"""Public pages are compressed, pages with secrets are not."""

import gzip
from collections.abc import Callable

import brotli
import pytest
import zstandard
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.models import User
from articles.images.library import ingest
from iria.core.http.headers import Compression
from tests import newsroom

pytestmark = pytest.mark.django_db

ACCEPTING = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize(
    ("accepted", "coding", "decompress"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("gzip, deflate, br, zstd", "zstd", zstandard.decompress),
        ("gzip, br;q=1.0", "br", brotli.decompress),
        ("GZIP, br;q=0", "gzip", gzip.decompress),
    ],
)
def test_a_public_page_is_compressed_if_the_client_accepts_it(
    client: Client, accepted: str, coding: str, decompress: Callable[[bytes], bytes]
) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    plain, compressed = client.get(url), client.get(url, headers={"Accept-Encoding": accepted})
    assert compressed["Content-Encoding"] == coding
    assert decompress(compressed.content) == plain.content
    assert "Content-Encoding" not in plain
    assert plain["Vary"] == compressed["Vary"] == "Accept-Encoding"
    assert plain["ETag"] == compressed["ETag"]


def test_a_request_for_the_headers_gets_the_length_without_the_page(rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("Quiet. " * 100, headers={"Cache-Control": "public"})

    page, headers = (
        Compression(view)(method("/", headers=ACCEPTING)) for method in (rf.get, rf.head)
    )
    assert isinstance(page, HttpResponse)
    assert isinstance(headers, HttpResponse)
    assert headers.content == b""
    assert dict(headers.headers) == dict(page.headers)
    assert headers["Content-Length"] == str(len(page.content))


@pytest.mark.parametrize(
    "weight", ["gzip;q=0", "br;q=0.0, gzip ; q=0.00", "gzip;q=0, *;q=0", "identity"]
)
def test_a_page_is_not_compressed_if_the_client_rejects_it(client: Client, weight: str) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    assert "Content-Encoding" not in client.get(url, headers={"Accept-Encoding": weight})
    low_weight = {"Accept-Encoding": "deflate;q=1.0, gzip;q=0.01"}
    assert client.get(url, headers=low_weight)["Content-Encoding"] == "gzip"


def test_two_readers_get_the_same_compressed_bytes(client: Client) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    first, second = (client.get(url, headers=ACCEPTING) for _ in range(2))
    assert first.content == second.content


def test_a_stored_page_is_sent_in_its_smallest_form(client: Client, settings: Settings) -> None:
    settings.PAGE_STORE_MB = 1
    url = newsroom.published("Quiet").get_absolute_url()
    rendered, stored = (
        client.get(url, headers={"Accept-Encoding": "gzip, br, zstd"}) for _ in range(2)
    )
    assert (rendered["Content-Encoding"], stored["Content-Encoding"]) == ("zstd", "br")
    assert zstandard.decompress(rendered.content) == brotli.decompress(stored.content)


def test_private_pages_are_not_compressed(client: Client, chief: User) -> None:
    client.force_login(chief)
    for path in ("/admin/", "/accounts/profile/"):
        response = client.get(path, headers=ACCEPTING)
        assert response.status_code == 200
        assert "Content-Encoding" not in response


@pytest.mark.parametrize("path", ["/feed/", "/feed/atom/", "/feed/json/", "/sitemap.xml"])
def test_feeds_and_sitemaps_are_compressed(client: Client, path: str) -> None:
    newsroom.published("Quiet")
    assert client.get(path, headers=ACCEPTING)["Content-Encoding"] == "br"


def test_an_image_is_not_compressed(client: Client) -> None:
    rendition = ingest.ingest(newsroom.picture_file(), by=None).renditions.get()
    response = client.get(rendition.get_absolute_url(), headers=ACCEPTING)
    assert "Content-Encoding" not in response
    assert "Vary" not in response
