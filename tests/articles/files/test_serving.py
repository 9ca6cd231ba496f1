"""How files are served."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.files.models import File
from tests.articles.files import samples
from tests.articles.images.small_bucket import SmallBucket, small_bucket

pytestmark = pytest.mark.django_db


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_file_is_saved_and_never_opened_as_a_page(client: Client) -> None:
    file = samples.file(title="Tides & storms")
    response: HttpResponseBase = client.get(file.get_absolute_url())
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="tides-storms.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "immutable" in response["Cache-Control"]
    assert body(response) == file.stored.read()


def test_a_known_file_is_not_sent_again(client: Client) -> None:
    url = samples.file().get_absolute_url()
    tag = client.get(url)["ETag"]
    assert client.get(url, headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-10", 206, slice(-10, None)),
        ("bytes=5-999999999", 206, slice(5, None)),
        ("bytes=0-1,5-6", 200, slice(None)),
        ("bytes=9-2", 200, slice(None)),
        ("pages=1-2", 200, slice(None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=-0", 416, slice(0, 0)),
    ],
)
def test_a_player_gets_the_requested_range(
    client: Client, wanted: str, status: int, part: slice
) -> None:
    content = samples.mp3(100)
    file = samples.file(content)
    response = client.get(file.get_absolute_url(), headers={"range": wanted})
    assert response.status_code == status
    assert body(response) == content[part]
    assert response["Accept-Ranges"] == "bytes"
    if status == 206:
        assert int(response["Content-Length"]) == len(content[part])


def test_an_invalid_range_is_not_cached(client: Client) -> None:
    file = samples.file(samples.mp3())
    response = client.get(file.get_absolute_url(), headers={"range": "bytes=99999999-"})
    assert not response.has_header("Cache-Control")


def test_a_range_of_a_changed_file_gets_the_whole_file(client: Client) -> None:
    file = samples.file(samples.mp3())
    headers = {"range": "bytes=0-9", "if-range": '"another"'}
    assert client.get(file.get_absolute_url(), headers=headers).status_code == 200


def test_a_file_without_credit_or_after_its_licence_is_gone(client: Client, edna: User) -> None:
    file = samples.file(credit="")
    ended = samples.file(samples.mp3(), licence_until=timezone.now() - timedelta(hours=1))
    for each in (file, ended):
        response = client.get(each.get_absolute_url())
        assert response.status_code == 410
        assert "immutable" not in response["Cache-Control"]
    client.force_login(edna)
    for each in (file, ended):
        url = reverse("admin:articles_file_download", args=[each.name])
        assert client.get(url).status_code == 200


def test_caches_keep_a_file_no_longer_than_its_licence(client: Client) -> None:
    file = samples.file(licence_until=timezone.now() + timedelta(seconds=20))
    lifetime = client.get(file.get_absolute_url())["Cache-Control"].removeprefix("public, max-age=")
    assert 0 < int(lifetime) < 20


def test_nginx_sends_the_file_if_it_may(client: Client, settings: Any) -> None:
    settings.IMAGE_ACCEL_LOCATION = "/kept-pictures/"
    file = samples.file()
    response = client.get(file.get_absolute_url())
    assert response["X-Accel-Redirect"] == f"/kept-pictures/{file.stored.name}"
    assert response["Content-Disposition"].startswith("attachment")
    assert response.content == b""


@pytest.fixture
def bucket(settings: Any) -> Iterator[SmallBucket]:
    with small_bucket() as server:
        default = {
            "BACKEND": "articles.images.s3_storage.Bucket",
            "OPTIONS": server.options,
        }
        settings.STORAGES = {**settings.STORAGES, "default": default}
        settings.IMAGES_IN_BUCKET = True
        yield server


@pytest.mark.usefixtures("bucket")
def test_a_bucket_sends_the_file_with_its_type_as_a_download(client: Client) -> None:
    content = samples.m4a()
    response = client.get(samples.file(content).get_absolute_url())
    assert (response.status_code, response["Cache-Control"]) == (302, "public, max-age=60")
    # While somebody listens, the player asks the bucket for more.
    assert int(parse_qs(urlsplit(response["Location"]).query)["X-Amz-Expires"][0]) > 3600
    with urlopen(response["Location"]) as reply:
        assert reply.headers["Content-Type"] == "audio/mp4"
        assert reply.read() == content
    ending = samples.file(licence_until=timezone.now() + timedelta(seconds=30))
    url = client.get(ending.get_absolute_url())["Location"]
    assert int(parse_qs(urlsplit(url).query)["X-Amz-Expires"][0]) <= 30


def test_unknown_and_missing_files_are_not_found(client: Client) -> None:
    assert client.get("/files/abc.pdf").status_code == 404
    assert client.get("/files/../settings.pdf").status_code == 404
    file = samples.file()
    file.stored.storage.delete(str(file.stored.name))
    assert client.get(file.get_absolute_url()).status_code == 404


def test_only_staff_get_files_through_the_admin(client: Client, ola: User) -> None:
    file = samples.file()
    url = reverse("admin:articles_file_download", args=[file.name])
    client.force_login(ola)
    assert client.get(url).status_code in (302, 403)


def test_the_name_of_a_download_is_safe_whatever_the_title(client: Client) -> None:
    for title in ('a"b/../c\\d', "…", "潮汐 表"):
        File.objects.all().delete()
        response = client.get(samples.file(title=title).get_absolute_url())
        assert response.status_code == 200
        assert "/" not in response["Content-Disposition"]
