"""Redirects of moved pages."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from articles.pages import saving
from articles.pages.models import OldPagePath, Page

pytestmark = pytest.mark.django_db


def kept(path: str, **fields: Any) -> Page:
    page = Page(path=path, **{"title": "About us", "is_published": True, **fields})
    saving.save(page)
    return page


def move(page: Page, path: str) -> None:
    page.path = path
    saving.save(page)


def test_an_old_url_redirects_to_the_new_one_in_one_step(client: Client) -> None:
    page = kept("about")
    move(page, "institute")
    move(page, "institute/who-we-are")
    for old in ("/about/", "/about", "/institute/?from=letter"):
        answer = client.get(old)
        assert answer.status_code == 301
        assert answer["Location"].startswith("/institute/who-we-are/")
    assert client.get("/institute/?from=letter")["Location"].endswith("?from=letter")


def test_a_page_that_moves_back_makes_no_redirect_loop(client: Client) -> None:
    page = kept("about")
    move(page, "institute")
    move(page, "about")
    assert client.get("/about/").status_code == 200
    assert client.get("/institute/")["Location"] == "/about/"
    assert [row.path for row in OldPagePath.objects.all()] == ["institute"]


def test_a_new_page_at_an_old_url_replaces_the_redirect(client: Client) -> None:
    page = kept("about")
    move(page, "institute")
    kept("about", title="About this site")
    assert "About this site" in client.get("/about/").content.decode()
    assert not OldPagePath.objects.exists()


def test_urls_in_every_script_redirect(client: Client) -> None:
    page = kept("\u0645\u0646-\u0646\u062d\u0646")
    move(page, "\u00fcber-uns")
    answer = client.get("/\u0645\u0646-\u0646\u062d\u0646/")
    assert (answer.status_code, answer["Location"]) == (301, "/%C3%BCber-uns/")


def test_the_old_url_of_an_unpublished_page_does_not_redirect(client: Client) -> None:
    page = kept("about", position=1)
    move(page, "institute")
    page.is_published = False
    saving.save(page)
    assert client.get("/about/").status_code == 404


def test_a_rejected_move_changes_nothing(client: Client, edna: User) -> None:
    page = kept("about")
    kept("contact", title="Contact")
    client.force_login(edna)
    sent = {"title": "About us", "body": "", "language": "en", "is_published": "on"}
    address = f"/admin/articles/page/{page.pk}/change/"
    for path, words in (
        ("feed/x", "reserved"),
        ("contact", "already exists"),
    ):
        assert words in client.post(address, {**sent, "path": path}).content.decode()
    page.refresh_from_db()
    assert page.path == "about"
    assert not OldPagePath.objects.exists()
    client.post(address, {**sent, "path": "/institute/"})
    assert client.get("/about/")["Location"] == "/institute/"
