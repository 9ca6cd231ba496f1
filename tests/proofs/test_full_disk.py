"""The disk of the media or of the page files is really full while readers load pages.

make prove full_disk
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from typing import Final

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from articles.editorial.models import Article
from articles.images.models import Image
from articles.images.processing.file_types import NO_ROOM
from iria.core.http.page_files import ABOUT, FORMS, PAGE
from tests import newsroom
from tests.bench.serving import Server, serving
from tests.proofs import machines
from tests.proofs.size import PATIENCE
from tests.proofs.test_outage import wait_until

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs"),
]

BOUNDARY: Final = "part"


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this user may not mount a file system: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Writes a file until the disk is full."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler


@contextmanager
def readers(server: Server, paths: list[str]) -> Iterator[list[int]]:
    """Requests pages one after another for the duration of the block; the statuses are added to the list."""
    statuses: list[int] = []
    over = Event()

    def read() -> None:
        while not over.is_set():
            statuses.extend(ask(server, path)[0] for path in paths)

    thread = Thread(target=read)
    thread.start()
    try:
        yield statuses
    finally:
        over.set()
        thread.join()


def ask(server: Server, path: str) -> tuple[int, str]:
    http = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    http.request("GET", path)
    response = http.getresponse()
    body = response.read().decode()
    http.close()
    return response.status, body


def upload(server: Server, session: str, picture: bytes) -> tuple[int, str]:
    """Uploads an image in the admin."""
    secret = "c" * 32
    name = 'Content-Disposition: form-data; name="pictures"; filename="large.jpg"'
    body = (
        f"--{BOUNDARY}\r\n{name}\r\nContent-Type: image/jpeg\r\n\r\n".encode()
        + picture
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    http = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    headers = {
        "Accept": "text/html",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={secret}",
        "Origin": f"http://127.0.0.1:{server.port}",
        "X-CSRFToken": secret,
    }
    http.request("POST", "/admin/articles/image/add/", body, headers)
    response = http.getresponse()
    text = response.read().decode()
    http.close()
    return response.status, text


def files_of(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_a_full_media_disk_refuses_an_upload_and_no_reader(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, client: Client
) -> None:
    machines.prepare(monkeypatch, tmp_path / "state")
    media = tmp_path / "state" / "media"
    client.force_login(User.objects.create_superuser("chief@readers.example", "secret"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    paths = ["/", "/feed/", newsroom.published("Quiet").get_absolute_url()]
    picture = newsroom.picture_file(width=400, height=300).read()
    with small_disk(media, 4_000), serving(page_store_mb=16) as server:
        filler = fill(media)
        before = files_of(media)
        with readers(server, paths) as statuses:
            status, page = upload(server, session, picture)
            assert NO_ROOM in page, (status, page)
            assert not Image.objects.exists()
            assert files_of(media) == before
            wait_until(lambda: len(statuses) > len(paths), PATIENCE)
            filler.unlink()
            status, page = upload(server, session, picture)
            assert Image.objects.count() == 1, (status, page)
        assert set(statuses) == {200}


def test_a_full_disk_of_page_files_leaves_no_part_of_a_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pages = tmp_path / "pages"
    machines.prepare(monkeypatch, tmp_path / "state", PAGE_DIRECTORY=str(pages))
    articles = [newsroom.published(f"Text number {number}.") for number in range(5)]
    paths = [article.get_absolute_url() for article in articles]
    with small_disk(pages, 2_000), serving(page_store_mb=16) as server:
        current = pages / "current" / "http" / "127.0.0.1"
        file = current / paths[0].strip("/") / PAGE
        wait_until(lambda: ask(server, paths[0])[0] == 200 and file.exists(), PATIENCE)
        filler = fill(pages)
        with readers(server, paths) as statuses:
            Article.objects.update(headline="Changed.")
            wait_until(lambda: all("Changed." in ask(server, path)[1] for path in paths), PATIENCE)
            wait_until(
                lambda: not any(is_outdated(current / path.strip("/")) for path in paths), PATIENCE
            )
            assert parts_of_pages(current) == []
            filler.unlink()
            wait_until(
                lambda: all((current / path.strip("/") / PAGE).exists() for path in paths), PATIENCE
            )
        assert "Changed." in file.read_text()
        assert parts_of_pages(current) == []
        assert set(statuses) == {200}


def is_outdated(page: Path) -> bool:
    with suppress(FileNotFoundError):
        return "Changed." not in (page / PAGE).read_text()
    return False


def parts_of_pages(current: Path) -> list[Path]:
    """Pages with a file missing or cut off."""
    return [
        page
        for page in current.rglob(PAGE)
        if not page.read_text().endswith("</html>\n")
        or not all((page.parent / name).stat().st_size for name in (*FORMS.values(), ABOUT))
    ]
