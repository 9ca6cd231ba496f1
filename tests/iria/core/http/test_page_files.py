"""Files of stored pages: sent without the application, and gone once what they show has changed."""

import gzip
import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import brotli
import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Article
from iria.core.http import page_files
from iria.core.http.change_listener import listener
from iria.core.http.page_files import Keeper, path_of
from iria.core.http.page_store import StoredPages, pages
from tests import newsroom
from tests.iria.core.http import test_page_store
from tests.iria.core.http.test_page_store import EDITS, rendered, settle

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

HOST = "testserver"
listening = test_page_store.listening


@pytest.fixture
def keeper(listening: None, settings: Any, tmp_path: Path) -> Iterator[Keeper]:
    """The keeper of this machine; it does something only when a test calls `tick`."""
    settings.PAGE_DIRECTORY = str(tmp_path / "pages")
    settings.SITE_HOST = HOST
    page_files._offered.clear()
    created = Keeper()
    created.tick()
    assert created.is_active
    yield created
    created.stop()


def file_of(url: str, folder: str = "current") -> Path:
    return Keeper().folder / folder / f"http/{HOST}{url}" / "index.html"


def files() -> list[Path]:
    """Everything that may be a page, whatever its folder."""
    return [each for each in Keeper().folder.rglob("*") if each.suffix in {".html", ".br", ".gz"}]


def read(keeper: Keeper, *urls: str) -> None:
    """Readers get these pages, and their files are there."""
    settle()
    for url in urls:
        Client().get(url)
    keeper.tick()
    for url in urls:
        assert file_of(url).exists(), url


def offer_again() -> None:
    """From now on a page in memory counts as valid although it was rendered a moment ago."""
    page_files._offered.clear()
    now = time.monotonic()
    test_page_store.wait_for(lambda: listener.known_at > now)


def test_a_file_has_the_page_and_its_compressed_forms(keeper: Keeper) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    read(keeper, url, "/")
    page, content = file_of(url), Client().get(url).content
    assert page.read_bytes() == content
    assert gzip.decompress(page.with_name("index.html.gz").read_bytes()) == content
    assert brotli.decompress(page.with_name("index.html.br").read_bytes()) == content
    assert {each.stat().st_mode & 0o777 for each in page.parent.iterdir()} == {0o644}
    assert {each.stat().st_mode & 0o777 for each in page.parents[:3]} == {0o755}


def test_two_versions_of_the_same_length_have_different_times(keeper: Keeper) -> None:
    """Web servers make the ETag from the time and the length."""
    article = newsroom.published("Version 1")
    url = article.get_absolute_url()
    read(keeper, url)
    first = file_of(url).stat()
    Article.objects.filter(pk=article.pk).update(headline="Version 2")
    settle()
    keeper.tick()
    page_files._offered.clear()
    read(keeper, url)
    second = file_of(url).stat()
    assert first.st_size == second.st_size
    assert first.st_mtime != second.st_mtime


def test_an_edit_deletes_the_files_of_the_pages_that_show_it(keeper: Keeper) -> None:
    article, other = newsroom.published("Quiet"), newsroom.published("Alone", language="fr")
    read(keeper, url := article.get_absolute_url(), "/", kept := other.get_absolute_url())
    Article.objects.filter(pk=article.pk).update(headline="Loud")
    settle()
    keeper.tick()
    assert not file_of(url).exists()
    assert not file_of("/").exists()
    assert file_of(kept).exists()
    page_files._offered.clear()
    read(keeper, url)
    assert b"Loud" in file_of(url).read_bytes()


def test_many_outdated_files_are_deleted_at_once(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_files, "MAX_SINGLE_DELETIONS", 1)
    urls = [newsroom.published(f"Article {number}").get_absolute_url() for number in range(3)]
    read(keeper, *urls)
    newsroom.published("Another")
    settle()
    keeper.tick()
    assert not any(file_of(url).exists() for url in urls)


def test_a_page_that_changed_before_it_had_a_file_gets_none(keeper: Keeper) -> None:
    article = newsroom.published("Quiet")
    url = article.get_absolute_url()
    settle()
    Client().get(url)
    Article.objects.filter(pk=article.pk).update(headline="Loud")
    settle()
    keeper.tick()
    assert not file_of(url).exists()
    assert not files()


def test_a_page_in_memory_gets_a_file_again(keeper: Keeper) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    read(keeper, url)
    keeper._move_away()
    offer_again()
    read(keeper, url)


def test_a_file_is_deleted_before_a_scheduled_change(keeper: Keeper) -> None:
    end = timezone.now() + timedelta(hours=1)
    newsroom.published("Quiet", lead_image=newsroom.picture(licence_until=end))
    read(keeper, "/")
    early = end - timedelta(seconds=0.5)
    with mock.patch("django.utils.timezone.now", return_value=early):
        keeper.tick()
        assert not file_of("/").exists()
        page_files._offered.clear()
        Client().get("/")
        keeper.tick()
    assert not files()


def test_each_file_is_deleted_before_its_own_change(keeper: Keeper) -> None:
    ends = [timezone.now() + timedelta(hours=hours) for hours in (3, 1, 2)]
    urls = [f"/{number}/" for number in range(len(ends))]
    for url, end in zip(urls, ends, strict=True):
        keeper._add({"path": url, "scopes": ["all"], "until": end.isoformat(), "bytes": 1})
    for hours, left in ((0.9, urls), (1, ["/0/", "/2/"]), (1.5, ["/0/", "/2/"]), (2, ["/0/"])):
        with mock.patch(
            "django.utils.timezone.now", return_value=ends[1] + timedelta(hours=hours - 1)
        ):
            keeper._drop_due()
        assert list(keeper._pages) == left


def test_no_page_is_looked_at_while_none_is_due(keeper: Keeper) -> None:
    end = timezone.now() + timedelta(hours=1)
    keeper._add({"path": "/", "scopes": ["all"], "until": end.isoformat(), "bytes": 1})
    keeper._pages = mock.Mock(wraps=keeper._pages)
    keeper._drop_due()
    assert not keeper._pages.mock_calls


def test_nothing_for_one_reader_has_a_file(keeper: Keeper, edna: User) -> None:
    article = newsroom.published("Quiet")
    url = article.get_absolute_url()
    editor = Client()
    editor.force_login(edna)
    settle()
    for path in (url, "/", "/admin/", "/accounts/login/", "/accounts/profile/"):
        editor.get(path)
    reader = Client()
    for path in (
        f"{url}?page=2",
        "/search/?q=quiet",
        "/no-such-page/",
        "/preview/a-token/",
        "/newsletter/confirm/a-token/",
        f"/comments/new/?article={article.pk}",
        "/feed/",
    ):
        reader.get(path)
    reader.post("/newsletter/", {"email": "not an e-mail"})
    reader.post("/comments/new/", {"article": article.pk})
    reader.get(url, headers={"Host": "other.example"})
    reader.get(url, secure=True)
    keeper.tick()
    assert not files()
    read(keeper, url)


@pytest.mark.parametrize(
    "headers",
    [
        {"Set-Cookie": "a=b"},
        {"Content-Security-Policy": "frame-src https://video.example"},
        {"X-Robots-Tag": "noindex"},
        {"CDN-Cache-Control": "max-age=600"},
        {"Content-Type": "application/json"},
    ],
)
def test_a_page_with_headers_of_its_own_has_no_file(
    keeper: Keeper, headers: dict[str, str]
) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    settle()
    response = Client().get(url)
    request, freshness = response.wsgi_request, next(iter(pages._pages.values())).freshness
    keeper.tick()
    keeper._move_away()
    pages.clear()
    page_files._offered.clear()

    def answer(request_for_page: HttpRequest) -> HttpResponse:
        found = HttpResponse(response.content, headers=dict(response.headers) | headers)
        found.freshness = freshness  # type: ignore[attr-defined]
        if "Set-Cookie" in headers:
            del found.headers["Set-Cookie"]
            found.set_cookie("a", "b")
        return found

    StoredPages(answer)(request)
    assert not list((keeper.folder / "offers").iterdir())


@pytest.mark.parametrize(
    ("path", "has_file"),
    [
        ("/", True),
        ("/2026/11/a-slug_2/", True),
        ("/a/b/", True),
        ("/a", False),
        ("/../etc/", False),
        ("/a//b/", False),
        ("/A/", False),
        ("/東京/", False),
        ("/feed.xml/", False),
        ("/a/index.html", False),
        (f"/{'a' * 201}/", False),
        ("/a" * 600 + "/", False),
    ],
)
def test_only_plain_paths_have_a_file(
    path: str, has_file: bool, settings: Any, rf: RequestFactory
) -> None:
    settings.PAGE_DIRECTORY, settings.SITE_HOST, settings.SECURE = "/nowhere", HOST, False
    assert path_of(rf.get(path)) == (f"http/{HOST}{path}" if has_file else None)
    assert path_of(rf.get(path, {"q": "1"})) is None
    assert path_of(rf.get(path, secure=True)) is None


def test_a_site_with_https_has_files_for_https_only(settings: Any, rf: RequestFactory) -> None:
    settings.PAGE_DIRECTORY, settings.SITE_HOST, settings.SECURE = "/nowhere", HOST, True
    assert path_of(rf.get("/", secure=True)) == f"{HOST}/"
    assert path_of(rf.get("/")) is None


def unavailable(request: HttpRequest) -> HttpResponse:
    request.is_unavailable = True  # type: ignore[attr-defined]
    return HttpResponse(status=503)


def test_without_the_listener_files_are_set_aside_and_sent_in_an_outage(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, withdrawn = newsroom.published("Kept"), newsroom.published("Withdrawn", language="fr")
    urls = [each.get_absolute_url() for each in (kept, withdrawn)]
    read(keeper, *urls)
    answers = [Client().get(url) for url in urls]
    Article.objects.filter(pk=withdrawn.pk).update(headline="Wrong")
    settle()
    listener.stop()
    keeper.tick()
    pages.clear()
    assert not file_of(urls[0]).exists()
    assert file_of(urls[0], "stale").exists()
    current, outdated = (StoredPages(unavailable)(each.wsgi_request) for each in answers)
    assert (current.status_code, current.getvalue()) == (200, answers[0].content)
    assert outdated.status_code == 503

    listener.start()
    test_page_store.wait_for(listener.is_current)
    keeper.tick()
    assert file_of(urls[0], "stale").exists(), "for processes that cannot reach the database yet"
    Article.objects.filter(pk=kept.pk).update(headline="Changed")
    settle()
    monkeypatch.setattr(page_files, "CHANGED_SECONDS", 0)
    keeper.tick()
    assert not file_of(urls[0], "stale").exists()


def test_a_process_that_notices_an_outage_later_keeps_the_files_set_aside(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(keeper, "/")
    later = Keeper()
    with mock.patch.object(listener, "is_current", return_value=False):
        keeper.tick()
    later.tick()
    with mock.patch.object(listener, "is_current", return_value=False):
        later.tick()
        assert file_of("/", "stale").exists()
        # One that stays without the database leaves the lock to others.
        monkeypatch.setattr(keeper, "_aside_until", time.monotonic() - 1)
        keeper.tick()
    later.tick()
    assert later.is_active
    later.stop()


def test_the_keeper_goes_on_after_an_outage(keeper: Keeper) -> None:
    read(keeper, "/")
    with mock.patch.object(listener, "is_current", return_value=False):
        keeper.tick()
        keeper.tick()
    offer_again()
    Client().get("/")
    keeper.tick()
    assert file_of("/").exists()


def test_a_successor_keeps_only_files_that_it_knows_to_be_current(keeper: Keeper) -> None:
    article, other = newsroom.published("Quiet"), newsroom.published("Alone", language="fr")
    urls = [each.get_absolute_url() for each in (article, other)]
    read(keeper, *urls)
    successor = Keeper()
    successor.tick()
    assert not successor.is_active
    keeper.stop()
    Article.objects.filter(pk=article.pk).update(headline="Loud")
    settle()
    successor.tick()
    assert [file_of(url).exists() for url in urls] == [False, True]
    successor.stop()

    # This one begins to listen only now: it does not know what changed before.
    listener.stop()
    listener.start()
    test_page_store.wait_for(listener.is_current)
    starting = Keeper()
    starting.tick()
    assert not files()
    starting.stop()


def test_a_page_that_a_killed_process_left_unfinished_does_not_keep_others(keeper: Keeper) -> None:
    articles = [newsroom.published(headline) for headline in ("One", "Two", "Three")]
    urls = [each.get_absolute_url() for each in articles]
    read(keeper, *urls)
    keeper.stop()
    file_of(urls[0]).unlink()
    # What another release knows about a page.
    file_of(urls[1]).with_name(page_files.ABOUT).write_text('{"release": "next"}')
    successor = Keeper()
    successor.tick()
    assert [file_of(url).exists() for url in urls] == [False, False, True]
    Article.objects.filter(pk=articles[2].pk).update(headline="Changed")
    settle()
    successor.tick()
    assert not file_of(urls[2]).exists()
    successor.stop()


def test_files_of_a_keeper_that_hangs_are_deleted(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(keeper, "/")
    other = Keeper()
    other.tick()
    assert file_of("/").exists()
    # The listener keeps the limit that it has.
    monkeypatch.setattr("iria.core.http.change_listener.SILENCE_SECONDS", 0)
    monkeypatch.setattr(listener, "is_current", lambda: True)
    other.tick()
    assert not file_of("/").exists()


def test_pages_of_another_release_are_deleted(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(keeper, "/")
    keeper.stop()
    monkeypatch.setattr(page_files, "release", lambda: "next")
    successor = Keeper()
    successor.tick()
    assert not files()
    successor.stop()


def test_the_oldest_files_make_room(keeper: Keeper, settings: Any) -> None:
    first, second = newsroom.published("One"), newsroom.published("Two")
    read(keeper, first.get_absolute_url())
    settings.PAGE_DIRECTORY_MB = keeper._bytes * 3 // 2 / 1_000_000
    read(keeper, second.get_absolute_url())
    assert not file_of(first.get_absolute_url()).exists()


@pytest.mark.parametrize("method", ["write_bytes", "rename", "mkdir"])
def test_a_full_disk_leaves_nothing_half_written(
    keeper: Keeper, method: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_files, "_failing_since", 0.0)
    urls = [newsroom.published(f"Number {number}").get_absolute_url() for number in range(2)]
    settle()
    full = OSError(28, "No space left on device")
    with caplog.at_level(logging.WARNING), mock.patch.object(Path, method, side_effect=full):
        for url in urls:
            assert Client().get(url).status_code == 200
        keeper.tick()
    assert not files()
    assert caplog.text.count("PAGE_DIRECTORY") == 1
    offer_again()
    read(keeper, *urls)


def test_a_file_never_differs_from_a_newly_rendered_page(keeper: Keeper, edna: User) -> None:
    fields: dict[str, Any] = {
        "categories": [newsroom.category("Sea")],
        "authors": [newsroom.author("Rui Costa")],
        "lead_image": newsroom.picture(),
    }
    articles = [newsroom.published(f"Article {number}", **fields) for number in range(3)]
    urls = ["/", "/archive/", "/category/sea/", *(each.get_absolute_url() for each in articles)]
    texts: Callable[[], str] = (f"Word {number}" for number in count()).__next__

    @hypothesis(max_examples=5)
    @given(st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 2)), min_size=1))
    def compare(edits: list[tuple[str, int]]) -> None:
        page_files._offered.clear()
        settle()
        for url in urls:
            Client().get(url)
        keeper.tick()
        assert any(file_of(url).exists() for url in urls)
        for kind, number in edits[:3]:
            EDITS[kind](Article.objects.get(pk=articles[number].pk), texts(), edna)
        settle()
        keeper.tick()
        for url in urls:
            if file_of(url).exists():
                assert file_of(url).read_bytes() == rendered(url).content, url

    compare()


def test_a_comment_leaves_the_files_of_other_articles(keeper: Keeper) -> None:
    article, other = newsroom.published("Quiet"), newsroom.published("Other")
    read(keeper, url := article.get_absolute_url(), kept := other.get_absolute_url())
    Comment.objects.create(article=article, name="Ola", text="Well.", state="approved")
    settle()
    keeper.tick()
    assert [file_of(each).exists() for each in (url, kept)] == [False, True]
