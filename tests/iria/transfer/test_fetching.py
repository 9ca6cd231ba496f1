"""Images are fetched from the old site, slowly, again after a failure, and only once."""

import http.client
import io
import json
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from articles.editorial.models import Article
from articles.images.models import Image as ImageRow
from iria.core.http import safe_client
from iria.core.http.safe_client import RequestFailed, TemporarilyFailed
from iria.transfer.writer import images
from iria.transfer.writer.images import MAX_SILENT, PAUSE, Fetcher
from tests.iria.transfer import wxr
from tests.newsroom import picture_file

UPLOADS = "https://old.example/wp-content/uploads/"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """URL → content; another one is not found. `asked` has every request."""
    files: dict[str, bytes] = {}

    def get_file(url: str, **_options: Any) -> bytes:
        asked.append(url)
        if url not in files:
            raise RequestFailed("Status 404")
        return files[url]

    asked.clear()
    monkeypatch.setattr(safe_client, "get_file", get_file)
    monkeypatch.setattr(images, "PAUSE", 0)
    return files


asked: list[str] = []


@pytest.mark.django_db
def test_images_are_fetched_once_and_a_second_run_continues(
    served: dict[str, bytes], tmp_path: Path
) -> None:
    served[f"{UPLOADS}2020/05/quay.jpg"] = picture_file(colour="red").read()
    served[f"{UPLOADS}2020/05/page.jpg"] = b"<html>not an image</html>"
    (tmp_path / "ferry.jpg").write_bytes(picture_file(colour="teal").read())
    file = wxr.write(
        tmp_path,
        wxr.attachment(21, "2020/05/quay.jpg"),
        wxr.attachment(22, "ferry.jpg"),
        wxr.attachment(23, "2020/05/page.jpg"),
        wxr.attachment(24, "2020/05/gone.jpg"),
        wxr.item(7, body=f'<img class="wp-image-21" src="{UPLOADS}2020/05/quay.jpg">'),
    )

    def run(status: int = 1, **options: Any) -> dict[str, int]:
        report = tmp_path / "report.json"
        with pytest.raises(SystemExit) if status else nullcontext():
            call_command(
                "import_wordpress",
                file,
                fetch=True,
                media=tmp_path,
                report=report,
                verbosity=0,
                **options,
            )
        counts: dict[str, int] = json.loads(report.read_text())["counts"]["images"]
        return counts

    assert run(status=0, dry_run=True)["created"] == 4
    assert not asked
    counts = run()
    assert (counts["created"], counts["failed"]) == (2, 2)
    assert f'data-image="{ImageRow.objects.order_by("pk")[0].pk}"' in Article.objects.get().body
    assert len(asked) == 3
    served[f"{UPLOADS}2020/05/gone.jpg"] = picture_file(colour="navy").read()
    asked.clear()
    counts = run()
    assert (counts["unchanged"], counts["created"], counts["failed"]) == (2, 1, 1)
    assert sorted(asked) == [f"{UPLOADS}2020/05/gone.jpg", f"{UPLOADS}2020/05/page.jpg"]


@pytest.mark.django_db
def test_nothing_is_fetched_unless_asked_for(served: dict[str, bytes], tmp_path: Path) -> None:
    file = wxr.write(tmp_path, wxr.attachment(21, "2020/05/quay.jpg"))
    call_command("import_wordpress", file, verbosity=0)
    assert not asked


def _failing(monkeypatch: pytest.MonkeyPatch, failures: int) -> list[str]:
    requests: list[str] = []

    def get_file(url: str, **_options: Any) -> bytes:
        requests.append(url)
        if len(requests) <= failures:
            raise TemporarilyFailed("Status 503")
        return b"content"

    monkeypatch.setattr(safe_client, "get_file", get_file)
    return requests


def test_a_busy_server_is_asked_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = _failing(monkeypatch, 2)
    pauses: list[float] = []
    fetcher = Fetcher(sleep=pauses.append)
    assert fetcher.fetch("https://old.example/a.jpg") == b"content"
    assert len(requests) == 3
    assert pauses[0] >= images.WAITS[0]


def test_a_server_gets_pauses_between_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    _failing(monkeypatch, 0)
    pauses: list[float] = []
    fetcher = Fetcher(sleep=pauses.append)
    fetcher.fetch("https://old.example/a.jpg")
    fetcher.fetch("https://other.example/a.jpg")
    assert not pauses
    fetcher.fetch("https://old.example/b.jpg")
    assert 0 < pauses[0] <= PAUSE


def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = _failing(monkeypatch, 10_000)
    fetcher = Fetcher(sleep=lambda _seconds: None)
    for number in range(MAX_SILENT + 3):
        with pytest.raises(RequestFailed):
            fetcher.fetch(f"https://old.example/{number}.jpg")
    assert len(requests) == MAX_SILENT * 3


class _Response(io.BytesIO):
    def __init__(self, content: bytes, media_type: str, status: int) -> None:
        super().__init__(content)
        self.status, self.length = status, len(content)
        self.headers = http.client.HTTPMessage()
        self.headers["Content-Type"] = media_type


def _answer(media_type: str, status: int = 200) -> Callable[..., Any]:
    @contextmanager
    def response(*_arguments: Any, **_options: Any) -> Any:
        yield _Response(b"x" * 100, media_type, status)

    return response


@pytest.mark.parametrize(
    ("media_type", "status", "most", "error"),
    [
        ("image/jpeg", 200, 1000, None),
        ("text/html", 200, 1000, RequestFailed),
        ("image/jpeg", 200, 50, RequestFailed),
        ("image/jpeg", 404, 1000, RequestFailed),
        ("image/jpeg", 503, 1000, TemporarilyFailed),
    ],
)
def test_only_files_of_the_right_type_and_size_are_read(
    monkeypatch: pytest.MonkeyPatch,
    media_type: str,
    status: int,
    most: int,
    error: type[Exception] | None,
) -> None:
    monkeypatch.setattr(safe_client, "_response", _answer(media_type, status))
    with pytest.raises(error) if error else nullcontext() as raised:
        safe_client.get_file("https://a.example/", agent="x", most=most, media_types=("image/",))
    assert raised is None or raised.type is error


def test_the_private_network_is_never_asked() -> None:
    for url in ("http://127.0.0.1/a.jpg", "http://[::1]/a.jpg", "http://169.254.169.254/a.jpg"):
        with pytest.raises(RequestFailed, match="private"):
            Fetcher(sleep=lambda _seconds: None).fetch(url)
