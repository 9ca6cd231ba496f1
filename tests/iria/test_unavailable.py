"""Responses during a database outage or with a full disk, which keep submitted text."""

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

CONNECTION_LOST = psycopg.OperationalError("server closed the connection unexpectedly")


def raising(error: psycopg.Error) -> AbstractContextManager[None]:
    """Every query inside the block raises the error."""

    def fail(*_: Any, **__: Any) -> Any:
        raise OperationalError(str(error)) from error

    return connection.execute_wrapper(fail)


@contextmanager
def database_outage() -> Iterator[None]:
    with raising(CONNECTION_LOST):
        yield


PAGES = (
    *("/", "/feed/", "/search/?q=ferry", "/archive/", "/nothing/here/", "/sitemap.xml"),
    *("/admin/", "/admin/articles/article/", "/accounts/profile/", "/newsletter/"),
)


@pytest.mark.parametrize("path", PAGES)
def test_pages_respond_with_503_during_an_outage(anybody: Client, edna: User, path: str) -> None:
    anybody.force_login(edna)
    with database_outage():
        response = anybody.get(path, headers={"accept": "text/html"})
    assert response.status_code == 503
    assert response.headers["Retry-After"].isdigit()
    assert "no-store" in response.headers["Cache-Control"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "<h1>" in response.text


def test_the_error_page_is_in_the_language_of_the_reader(anybody: Client, db: None) -> None:
    with database_outage():
        response = anybody.get("/", headers={"accept": "text/html", "accept-language": "fr"})
    assert '<html lang="fr"' in response.text


def test_other_clients_get_plain_text(anybody: Client, db: None) -> None:
    with database_outage():
        response = anybody.get("/feed/", headers={"accept": "application/rss+xml"})
    assert response.status_code == 503
    assert response.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/api/v1/articles/", "/api/v1/comments/", "/api/v1/openapi.json"])
def test_the_api_responds_with_problem_details(anybody: Client, db: None, path: str) -> None:
    with database_outage():
        response = anybody.get(path)
    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Retry-After"].isdigit()
    assert json.loads(response.content)["type"].endswith("#unavailable")


def fields_of(page: str) -> dict[str, str]:
    """The fields of the form on the page, as a browser would submit them."""
    fields = re.findall(r'<input[^>]* name="([^"]*)"[^>]*? value="([^"]*)"', page)
    fields += re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n(.*?)</textarea>', page, re.S)
    return {unescape(name): unescape(value) for name, value in fields}


def test_a_form_can_be_submitted_again(anybody: Client, db: None) -> None:
    form = {"email": "ola@readers.example", "came_from": "/", "website": ""}
    with database_outage():
        response = anybody.post("/newsletter/?from=foot", form)
    assert response.status_code == 503
    resubmitted = fields_of(response.text)
    assert resubmitted == form
    action = unescape(re.search(r'<form[^>]* action="([^"]*)"', response.text)[1])  # type: ignore[index]
    assert action == "/newsletter/?from=foot"
    assert anybody.post(action, resubmitted).status_code == 302
    assert Consent.objects.filter(source_url__startswith="/").exists()


def test_a_long_text_is_kept_unchanged(anybody: Client, db: None) -> None:
    article = newsroom.published()
    text = '\nOne <b>bold</b> line.\n\nAnother & "one".' + " word" * 200
    with database_outage():
        response = anybody.post("/comments/new/", {"article": str(article.pk), "text": text})
    assert fields_of(response.text) == {"article": str(article.pk), "text": text}


def test_passwords_are_empty_and_tokens_are_hidden_fields(anybody: Client, db: None) -> None:
    form = {
        "login": "ola@readers.example",
        "password": "a secret of hers",
        "csrfmiddlewaretoken": "a" * 32 + "B" * 32,
    }
    with database_outage():
        response = anybody.post("/accounts/login/", form)
    page = response.text
    assert response.status_code == 503
    assert "a secret of hers" not in page
    assert re.search(r'<input[^>]* type="password" name="password"', page)
    assert re.search(r'<input type="hidden" name="csrfmiddlewaretoken"', page)
    assert re.search(r'<input[^>]* type="text"\s+name="login" value="ola@readers.example"', page)


def test_a_file_must_be_chosen_again(anybody: Client, ola: User) -> None:
    anybody.force_login(ola)
    with database_outage():
        response = anybody.post(
            "/accounts/profile/picture/", {"picture": SimpleUploadedFile("me.png", b"not yet")}
        )
    assert response.status_code == 503
    assert re.search(r'<input[^>]* type="file" name="picture"', response.text)
    assert 'enctype="multipart/form-data"' in response.text


def test_a_form_of_another_site_is_not_shown(anybody: Client, db: None) -> None:
    with database_outage():
        response = anybody.post(
            "/accounts/login/",
            {"login": "mallory@readers.example"},
            headers={"sec-fetch-site": "cross-site"},
        )
    assert response.status_code in {403, 503}
    assert "mallory" not in response.text


@pytest.mark.parametrize("host", ["10.0.0.7", "unknown.example", "not a host!"])
def test_health_checks_need_no_host_name_and_no_database(
    anybody: Client, db: None, host: str, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    with database_outage():
        alive = anybody.get("/healthz", HTTP_HOST=host)
        ready = anybody.get("/readyz", HTTP_HOST=host)
        worker = anybody.get("/readyz/worker/", HTTP_HOST=host)
    assert alive.status_code == 200
    assert ready.status_code == worker.status_code == 503
    assert ready.json() == {"database": False, "migrations": False}
    assert ready.headers["Retry-After"].isdigit()


def test_a_deadlock_is_not_an_outage(anybody: Client, db: None) -> None:
    with raising(psycopg.errors.DeadlockDetected("deadlock detected")):
        assert anybody.get("/").status_code == 500


def test_an_outage_is_distinguished_from_other_errors() -> None:
    assert is_outage(CONNECTION_LOST)
    assert is_outage(Away("away"))
    assert is_outage(psycopg.errors.AdminShutdown("terminating connection"))
    assert is_outage(psycopg.errors.TooManyConnections("sorry"))
    assert not is_outage(psycopg.errors.QueryCanceled("statement timeout"))
    assert not is_outage(psycopg.errors.UniqueViolation("twice"))
    assert not is_outage(ValueError("something else"))
    assert not is_outage(None)
    later = RuntimeError()
    later.__cause__ = CONNECTION_LOST
    assert is_outage(later)


class FullDisk(FileUploadHandler):
    """Simulates a full disk during an upload."""

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
def test_a_full_disk_during_an_upload_is_an_error(
    anybody: Client, chief: User, settings: Any, path: str
) -> None:
    settings.FILE_UPLOAD_HANDLERS = [f"{__name__}.FullDisk"]
    anybody.force_login(chief)
    file = SimpleUploadedFile("large.png", b"\x89PNG" + bytes(4096))
    response = anybody.post(path, {UPLOADS[path]: file, "consent": "They asked."})
    assert response.status_code == 507
    assert "<h1>" in response.text
    assert not Image.objects.exists()
    assert not Avatar.objects.exists()
    assert not SubscriberImport.objects.exists()


def test_a_full_disk_of_the_database_is_an_error(anybody: Client, db: None) -> None:
    form = {"email": "ola@readers.example", "choosing": "1", "came_from": "/"}
    with raising(psycopg.errors.DiskFull("could not extend file")):
        response = anybody.post("/newsletter/", form)
    assert response.status_code == 507
    assert "ola@readers.example" in response.text
