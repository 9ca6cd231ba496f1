"""Originals and renditions in a private S3 bucket, with URLs that are valid for a minute.

The bucket is a small server that checks every signature and its time (`small_bucket`).
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from django.test import Client
from django.utils import timezone

from articles.images import renditions
from articles.images.library import ingest
from articles.images.models import Image, OldRenditionName
from articles.images.processing.file_types import NOT_STORED
from iria.environment import bucket_url
from tests.articles.images.small_bucket import NAME, SmallBucket, small_bucket
from tests.newsroom import picture_file


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
        assert server.rejected == [], "a test that expects rejections must clear the list"


@pytest.fixture
def objects(bucket: SmallBucket) -> dict[str, tuple[bytes, str]]:
    """The objects in the bucket."""
    return bucket.objects


def test_an_image_is_stored_in_a_bucket_from_upload_to_deletion(
    db: None, objects: dict[str, tuple[bytes, str]], client: Client, settings: Any
) -> None:
    image = ingest.ingest(picture_file(width=200, height=100), by=None, credit="Ines Faro")
    renditions.make(image)
    count = image.renditions.count()
    assert len(objects) == 1 + count > 5
    one = image.renditions.filter(format="avif").first()
    assert one is not None
    response = client.get(one.get_absolute_url())
    assert response.status_code == 302
    url = response["Location"]
    assert url.startswith(bucket_url(settings.STORAGES["default"]))
    assert opens_for(url) == 90
    assert response["Cache-Control"] == "public, max-age=60"
    with urlopen(url) as reply:
        assert reply.headers["Content-Type"] == "image/avif"
        assert len(reply.read()) == one.bytes
    Image.objects.update(credit="Teo Brandt")
    renditions.update_rights(image)
    assert client.get(one.get_absolute_url()).status_code == 301
    OldRenditionName.objects.update(replaced_at=timezone.now() - timedelta(hours=1))
    renditions.discard_former()
    assert len(objects) == 1 + count
    Image.objects.update(withdrawn_at=timezone.now())
    rendition = image.renditions.first()
    assert rendition is not None
    response = client.get(rendition.get_absolute_url())
    assert (response.status_code, "Location" in response) == (
        410,
        False,
    )


def test_a_signed_url_is_valid_for_a_minute_and_for_one_file_only(
    db: None, bucket: SmallBucket, client: Client
) -> None:
    image = ingest.ingest(picture_file(), by=None, credit="Ines Faro")
    url = client.get(image.renditions.get().get_absolute_url())["Location"]
    with urlopen(url) as reply:
        assert reply.status == 200
    plain = url.partition("?")[0]
    original = plain.replace(str(image.renditions.get().file.name), str(image.original.name))
    assert f"/{NAME}/{image.original.name}" in bucket.objects
    for refused in (
        plain,
        url.replace(plain, original),
        url.replace("X-Amz-Expires=90", "X-Amz-Expires=9000"),
        f"{url[:-1]}{'0' if url[-1] != '0' else '1'}",
    ):
        assert refused != url
        with pytest.raises(HTTPError, match="403"):
            urlopen(refused)
    bucket.clock_offset = timedelta(seconds=85)
    with urlopen(url) as reply:
        assert reply.status == 200
    bucket.clock_offset = timedelta(seconds=92)
    with pytest.raises(HTTPError, match="403"):
        urlopen(url)
    assert [reason[:12] for reason in bucket.rejected] == [
        "AccessDenied",
        *["SignatureDoe"] * 3,
        "AccessDenied",
    ]
    bucket.rejected.clear()


def test_an_upload_is_rejected_with_a_message_while_the_bucket_fails(
    db: None, bucket: SmallBucket, settings: Any
) -> None:
    options = {**bucket.options, "secret": "guessed"}
    default = {"BACKEND": "articles.images.s3_storage.Bucket", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    with pytest.raises(ingest.UploadRejected, match=re.escape(NOT_STORED)):
        ingest.ingest(picture_file(), by=None, credit="Ines Faro")
    assert not Image.objects.exists()
    bucket.rejected.clear()


def opens_for(url: str) -> int:
    return int(parse_qs(urlsplit(url).query)["X-Amz-Expires"][0])
