"""Originals and renditions in a bucket: kept there privately, handed out for a minute.

The bucket is a small one of this test: it keeps what is put, gives what is asked for with a
signature, and knows nothing else of S3.
"""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import urlopen

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.images import ingest, keeping, renditions, sweeping
from articles.images.models import FormerName, Image
from iria.environment import bucket_address
from tests.newsroom import picture_file


class _S3(BaseHTTPRequestHandler):
    kept: ClassVar[dict[str, tuple[bytes, str]]] = {}

    def _answer(self, status: int, body: bytes = b"", kind: str = "application/xml") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", "Wed, 25 Nov 2026 20:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    @property
    def _key(self) -> str:
        return unquote(urlsplit(self.path).path)

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.kept[self._key] = content, self.headers["Content-Type"]
        self._answer(200)

    def do_GET(self) -> None:
        signed = "X-Amz-Signature" in self.path or "Authorization" in self.headers
        if signed and "list-type=2" in self.path:
            self._answer(200, self._listed().encode())
            return
        if self._key not in self.kept or not signed:
            self._answer(404 if signed else 403)
        else:
            self._answer(200, *self.kept[self._key])

    def _listed(self) -> str:
        (prefix,) = parse_qs(urlsplit(self.path).query)["prefix"]
        keys = [key.removeprefix(f"{self._key}/") for key in self.kept]
        return "".join(
            (
                "<ListBucketResult><IsTruncated>false</IsTruncated>",
                *(
                    f"<Contents><Key>{key}</Key><Size>1</Size>"
                    "<LastModified>2026-11-01T20:00:00.000Z</LastModified></Contents>"
                    for key in keys
                    if key.startswith(prefix)
                ),
                "</ListBucketResult>",
            )
        )

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.kept.pop(self._key, None)
        self._answer(204)

    def do_POST(self) -> None:
        """Several are deleted at once."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = [part.partition("<")[0] for part in body.split("<Key>")[1:]]
        for key in keys:
            self.kept.pop(f"/pictures-of-ours/{key}", None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def kept(settings: Any) -> Iterator[dict[str, tuple[bytes, str]]]:
    """What lies in the bucket."""
    _S3.kept = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _S3)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    options = {
        "name": "pictures-of-ours",
        "region": "eu-central-1",
        "endpoint": f"http://127.0.0.1:{server.server_port}",
        "key_id": "key",
        "secret": "secret",
    }
    default = {"BACKEND": "articles.images.bucket.Bucket", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    settings.PICTURES_FROM_BUCKET = True
    yield _S3.kept
    server.shutdown()
    server.server_close()


def test_a_picture_lives_in_a_bucket_from_its_upload_to_its_end(
    db: None, kept: dict[str, tuple[bytes, str]], client: Client, settings: Any
) -> None:
    image = ingest.take_in(picture_file(width=200, height=100), by=None, credit="Ines Faro")
    renditions.make(image)
    count = image.renditions.count()
    assert len(kept) == 1 + count > 5
    one = image.renditions.filter(format="avif").first()
    assert one is not None
    response = client.get(one.get_absolute_url())
    assert response.status_code == 302
    address = response["Location"]
    assert address.startswith(bucket_address(settings.STORAGES["default"]))
    assert opens_for(address) == 90
    assert response["Cache-Control"] == "public, max-age=60"
    with urlopen(address) as answer:
        assert answer.headers["Content-Type"] == "image/avif"
        assert len(answer.read()) == one.bytes
    Image.objects.update(credit="Teo Brandt")
    renditions.tell(image)
    assert client.get(one.get_absolute_url()).status_code == 301
    FormerName.objects.update(left_at=timezone.now() - timedelta(hours=1))
    keeping.discard_former()
    assert len(kept) == 1 + count
    Image.objects.update(withdrawn_at=timezone.now())
    now = image.renditions.first()
    assert now is not None
    gone = client.get(now.get_absolute_url())
    assert (gone.status_code, "Location" in gone) == (410, False)


def test_a_redirect_is_kept_and_opens_no_longer_than_the_licence_lasts(
    db: None, kept: dict[str, tuple[bytes, str]], client: Client
) -> None:
    only = ingest.take_in(picture_file(), by=None, credit="Ines Faro").renditions.get()
    Image.objects.update(licence_until=timezone.now() + timedelta(seconds=20))
    response = client.get(only.get_absolute_url())
    assert int(response["Cache-Control"].removeprefix("public, max-age=")) <= 20
    assert 1 <= opens_for(response["Location"]) <= 20


def test_the_desk_may_look_at_a_picture_after_the_end_of_its_licence(
    db: None, kept: dict[str, tuple[bytes, str]], client: Client, edna: User
) -> None:
    only = ingest.take_in(picture_file(), by=None, credit="Ines Faro").renditions.get()
    Image.objects.update(licence_until=timezone.now() - timedelta(days=1))
    client.force_login(edna)
    response = client.get(reverse("admin:articles_image_file", args=[only.name]))
    assert opens_for(response["Location"]) == 90


def opens_for(address: str) -> int:
    return int(parse_qs(urlsplit(address).query)["X-Amz-Expires"][0])


def test_files_in_the_bucket_that_no_row_names_are_swept(
    db: None, kept: dict[str, tuple[bytes, str]]
) -> None:
    image = ingest.take_in(picture_file(), by=None, credit="Ines Faro")
    before = set(kept)
    for name in ("originals/2026/10/left.jpeg", "renditions/2026/10/left.avif"):
        default_storage.save(name, picture_file())
    assert sweeping.sweep(before=timezone.now() - timedelta(days=9999)) == 0
    assert sweeping.sweep(before=timezone.now() + timedelta(days=9999)) == 2
    assert set(kept) == before
    assert image.renditions.count() == 1


def test_what_is_missing_fails_as_files_do(kept: dict[str, tuple[bytes, str]]) -> None:
    assert not default_storage.exists("nothing.jpeg")
    with pytest.raises(FileNotFoundError):
        default_storage.open("nothing.jpeg")
    default_storage.save("some.jpeg", picture_file())
    assert default_storage.size("some.jpeg") == len(kept["/pictures-of-ours/some.jpeg"][0])
