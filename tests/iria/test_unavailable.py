"""While PostgreSQL is away, or a disk is full, every address answers in words and loses no text."""

import errno
import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from html import unescape
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import Avatar, User
from articles.images.models import Image
from iria.core.db.outage import Away, is_outage
from newsletter.models import Consent, SubscriberImport
from tests import newsroom

LOST = psycopg.OperationalError("server closed the connection unexpectedly")


def raising(error: psycopg.Error) -> AbstractContextManager[None]:
    """Every query of the block fails like this."""

    def fail(*_: Any, **__: Any) -> Any:
        raise OperationalError(str(error)) from error

    return connection.execute_wrapper(fail)


@contextmanager
def database_away() -> Iterator[None]:
    with raising(LOST):
        yield


PAGES = (
    *("/", "/feed/", "/search/?q=ferry", "/archive/", "/nothing/here/", "/sitemap.xml"),
    *("/admin/", "/admin/articles/article/", "/accounts/profile/", "/newsletter/"),
)


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_to_come_back_while_the_database_is_away(
    anybody: Client, edna: User, path: str
) -> None:
    anybody.force_login(edna)
    with database_away():
        answer = anybody.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"].isdigit()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "<h1>" in answer.text


def test_the_page_speaks_the_readers_language(anybody: Client, db: None) -> None:
    with database_away():
        answer = anybody.get("/", headers={"accept": "text/html", "accept-language": "fr"})
    assert '<html lang="fr"' in answer.text


def test_programs_get_words_without_markup(anybody: Client, db: None) -> None:
    with database_away():
        answer = anybody.get("/feed/", headers={"accept": "application/rss+xml"})
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/api/v1/articles/", "/api/v1/comments/", "/api/v1/openapi.json"])
def test_the_api_answers_with_a_problem(anybody: Client, db: None, path: str) -> None:
    with database_away():
        answer = anybody.get(path)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Retry-After"].isdigit()
    assert json.loads(answer.content)["type"].endswith("#unavailable")


def sent_again(page: str) -> dict[str, str]:
    """What a browser would send from the form of the page, with nothing changed."""
    fields = re.findall(r'<input[^>]* name="([^"]*)"[^>]*? value="([^"]*)"', page)
    fields += re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n(.*?)</textarea>', page, re.S)
    return {unescape(name): unescape(value) for name, value in fields}


def test_a_form_is_kept_and_can_be_sent_again(anybody: Client, db: None) -> None:
    form = {"email": "ola@readers.example", "came_from": "/", "website": ""}
    with database_away():
        answer = anybody.post("/newsletter/?from=foot", form)
    assert answer.status_code == 503
    again = sent_again(answer.text)
    assert again == form
    action = unescape(re.search(r'<form[^>]* action="([^"]*)"', answer.text)[1])  # type: ignore[index]
    assert action == "/newsletter/?from=foot"
    assert anybody.post(action, again).status_code == 302
    assert Consent.objects.filter(source_url__startswith="/").exists()


def test_a_long_text_comes_back_as_it_was_typed(anybody: Client, db: None) -> None:
    article = newsroom.published()
    text = '\nOne <b>bold</b> line.\n\nAnother & "one".' + " word" * 200
    with database_away():
        answer = anybody.post("/comments/new/", {"article": str(article.pk), "text": text})
    assert sent_again(answer.text) == {"article": str(article.pk), "text": text}


def test_passwords_are_asked_for_again_and_tokens_go_along_unseen(
    anybody: Client, db: None
) -> None:
    form = {
        "login": "ola@readers.example",
        "password": "a secret of hers",
        "csrfmiddlewaretoken": "a" * 32 + "B" * 32,
    }
    with database_away():
        answer = anybody.post("/accounts/login/", form)
    page = answer.text
    assert answer.status_code == 503
    assert "a secret of hers" not in page
    assert re.search(r'<input[^>]* type="password" name="password"', page)
    assert re.search(r'<input type="hidden" name="csrfmiddlewaretoken"', page)
    assert re.search(r'<input[^>]* type="text"\s+name="login" value="ola@readers.example"', page)


def test_a_file_has_to_be_chosen_again(anybody: Client, ola: User) -> None:
    anybody.force_login(ola)
    with database_away():
        answer = anybody.post(
            "/accounts/profile/picture/", {"picture": SimpleUploadedFile("me.png", b"not yet")}
        )
    assert answer.status_code == 503
    assert re.search(r'<input[^>]* type="file" name="picture"', answer.text)
    assert 'enctype="multipart/form-data"' in answer.text


def test_what_another_site_sent_is_not_offered(anybody: Client, db: None) -> None:
    with database_away():
        answer = anybody.post(
            "/accounts/login/",
            {"login": "mallory@readers.example"},
            headers={"sec-fetch-site": "cross-site"},
        )
    assert answer.status_code in {403, 503}
    assert "mallory" not in answer.text


@pytest.mark.parametrize("host", ["10.0.0.7", "unknown.example", "not a host!"])
def test_health_is_answered_under_any_name_and_without_the_database(
    anybody: Client, db: None, host: str, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    with database_away():
        alive = anybody.get("/healthz", HTTP_HOST=host)
        ready = anybody.get("/readyz", HTTP_HOST=host)
        worker = anybody.get("/readyz/worker/", HTTP_HOST=host)
    assert alive.status_code == 200
    assert ready.status_code == worker.status_code == 503
    assert ready.json() == {"database": False, "migrations": False}
    assert ready.headers["Retry-After"].isdigit()


def test_a_deadlock_is_no_outage(anybody: Client, db: None) -> None:
    with raising(psycopg.errors.DeadlockDetected("deadlock detected")):
        assert anybody.get("/").status_code == 500


def test_an_outage_is_distinguished_from_other_errors() -> None:
    assert is_outage(LOST)
    assert is_outage(Away("away"))
    assert is_outage(psycopg.errors.AdminShutdown("terminating connection"))
    assert is_outage(psycopg.errors.TooManyConnections("sorry"))
    assert not is_outage(psycopg.errors.QueryCanceled("statement timeout"))
    assert not is_outage(psycopg.errors.UniqueViolation("twice"))
    assert not is_outage(ValueError("something else"))
    assert not is_outage(None)
    later = RuntimeError()
    later.__cause__ = LOST
    assert is_outage(later)


class FullDisk(FileUploadHandler):
    """Stands for a folder of uploads with no room left."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def file_complete(self, file_size: int) -> None:
        return None


UPLOADS = {
    "/admin/articles/image/add/": "original",
    "/admin/newsletter/subscriberimport/add/": "file",
    "/accounts/profile/picture/": "picture",
}


@pytest.mark.parametrize("path", UPLOADS)
def test_a_full_disk_under_an_upload_is_said_and_nothing_is_kept(
    anybody: Client, chief: User, settings: Any, path: str
) -> None:
    settings.FILE_UPLOAD_HANDLERS = [f"{__name__}.FullDisk"]
    anybody.force_login(chief)
    file = SimpleUploadedFile("large.png", b"\x89PNG" + bytes(4096))
    answer = anybody.post(path, {UPLOADS[path]: file, "consent": "They asked."})
    assert answer.status_code == 507
    assert "<h1>" in answer.text
    assert not Image.objects.exists()
    assert not Avatar.objects.exists()
    assert not SubscriberImport.objects.exists()


def test_a_database_without_room_is_said_too(anybody: Client, db: None) -> None:
    form = {"email": "ola@readers.example", "choosing": "1", "came_from": "/"}
    with raising(psycopg.errors.DiskFull("could not extend file")):
        answer = anybody.post("/newsletter/", form)
    assert answer.status_code == 507
    assert "ola@readers.example" in answer.text
