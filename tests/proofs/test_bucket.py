"""Images in a bucket of moto's S3: stored, renewed, deleted, and what people see while the bucket fails.

moto has packages of its own (`moto/requirements.txt`), since its `boto3` cannot be installed beside ours.

make prove bucket
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.conf import settings as configured
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.images import renditions
from articles.images.library import editing, ingest
from articles.images.models import Image, OldRenditionName
from articles.images.processing.file_types import NOT_STORED
from iria.operations.doctor import files
from tests.newsletter.mailserver import free_port
from tests.newsroom import picture_file, published
from tests.proofs.size import PATIENCE

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

MOTO: Final = Path(__file__).parent / "moto"
NAME, REGION = "images-of-ours", "eu-central-1"
UNCHECKED: Final = 4
"""Requests that moto answers before it checks keys: those of `prepare.py`. Afterwards it knows headers only, and
answers signed URLs with 500."""
NEVER: Final = 1_000_000


@dataclass
class Moto:
    endpoint: str
    key: dict[str, str]
    process: "subprocess.Popen[bytes]"


@pytest.fixture(scope="module")
def packages() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="iria-moto-"))
    install = [sys.executable, "-m", "pip", "install", "--quiet", f"--target={folder}"]
    lock = ["--no-deps", "--require-hashes", f"--requirement={MOTO / 'requirements.txt'}"]
    try:
        if subprocess.run([*install, *lock]).returncode:
            pytest.skip("the packages of moto cannot be downloaded")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def moto(packages: Path, settings: Any, request: pytest.FixtureRequest) -> Iterator[Moto]:
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(packages),
        "INITIAL_NO_AUTH_ACTION_COUNT": str(getattr(request, "param", UNCHECKED)),
    }
    serve = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(
        serve, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(endpoint)
            prepare = [sys.executable, str(MOTO / "prepare.py"), endpoint, NAME, REGION]
            done = subprocess.run(prepare, env=environment, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            moto = Moto(endpoint, json.loads(done.stdout), process)
            settings.IMAGES_IN_BUCKET = True
            use(settings, moto.endpoint, moto.key)
            yield moto
        finally:
            process.kill()


def wait_for(endpoint: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            urlopen(f"{endpoint}/moto-api/", timeout=PATIENCE).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("moto does not answer")


def use(settings: Any, endpoint: str, key: dict[str, str], *, name: str = NAME) -> None:
    options = {"name": name, "region": REGION, "endpoint": endpoint, **key}
    backend = "articles.images.s3_storage.Bucket"
    settings.STORAGES = {
        **configured.STORAGES,
        "default": {"BACKEND": backend, "OPTIONS": options},
    }


def stored() -> set[str]:
    return {name for folder in renditions.FOLDERS for name, _ in renditions.files_below(folder)}


@pytest.mark.parametrize("moto", [NEVER], indirect=True)
def test_an_image_is_stored_renewed_and_deleted(moto: Moto, client: Client) -> None:
    image = ingest.ingest(picture_file(width=400, height=300), by=None, credit="Ines Faro")
    renditions.make(image)
    count = image.renditions.count()
    first = stored()
    assert len(first) == 1 + count > 5
    one = image.renditions.filter(format="avif").first() or pytest.fail("no AVIF was made")
    url = client.get(one.get_absolute_url())["Location"]
    with urlopen(url) as reply:
        assert (reply.headers["Content-Type"], len(reply.read())) == ("image/avif", one.bytes)
    # Nothing is available without a signature, above all no original.
    for path in (str(image.original.name), str(one.file.name)):
        with pytest.raises(HTTPError, match="403"):
            urlopen(f"{moto.endpoint}/{NAME}/{path}")
    # Another credit gives other names; the former ones redirect, and their files go later.
    Image.objects.update(credit="Teo Brandt")
    renditions.update_rights(image)
    assert client.get(one.get_absolute_url()).status_code == 301
    assert len(stored()) == 1 + 2 * count
    OldRenditionName.objects.update(replaced_at=timezone.now() - timedelta(hours=1))
    renditions.discard_former()
    assert len(stored() - first) == count
    assert len(stored()) == 1 + count
    image.refresh_from_db()
    editing.delete(image)
    assert stored() == set()


@contextmanager
def failing() -> Iterator[str]:
    """A bucket that answers every request with 500."""

    class Failing(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline()
            if self.raw_requestline and self.parse_request():
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_error(500)
            self.close_connection = True

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Failing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_bucket_that_fails_costs_no_reader_a_page(
    moto: Moto, client: Client, chief: User, settings: Any
) -> None:
    given: dict[str, Any] = {"credit": "Ines Faro", "alt_text": "A harbour"}
    image = ingest.ingest(picture_file(width=400, height=300), by=None, **given)
    renditions.make(image)
    paths = ["/", published("Quiet", lead_image=image).get_absolute_url()]
    before = stored()
    guessed = {**moto.key, "secret": "guessed"}
    with failing() as broken:
        cases = {
            "wrong secret": (moto.endpoint, guessed, NAME),
            "wrong key": (moto.endpoint, {"key_id": "AKIAGUESSED", "secret": "guessed"}, NAME),
            "no such bucket": (moto.endpoint, moto.key, "another"),
            "500": (broken, moto.key, NAME),
            "gone": (f"http://127.0.0.1:{free_port()}", moto.key, NAME),
        }
        for case, (endpoint, key, name) in cases.items():
            use(settings, endpoint, key, name=name)
            anonymous = Client()
            assert [anonymous.get(path).status_code for path in paths] == [200, 200], case
            client.force_login(chief)
            began = time.monotonic()
            page = client.post(
                reverse("admin:articles_image_add"),
                {"pictures": picture_file(colour="red", width=500, height=300)},
            )
            assert NOT_STORED in page.content.decode(), case
            [finding] = files.images()
            print(f"{case}: {time.monotonic() - began:.1f} s; doctor: {finding.problem}")
            assert "S3_SECRET_KEY" in finding.fix
    assert Image.objects.count() == 1
    use(settings, moto.endpoint, moto.key)
    assert list(files.images()) == []
    assert stored() == before
    assert default_storage.size(str(image.original.name)) > 0
