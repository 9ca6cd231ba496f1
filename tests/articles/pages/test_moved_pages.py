"""Redirects of moved pages."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from articles.pages import saving
from articles.pages.models import OldPagePath, Page

pytestmark = pytest.mark.django_db


def create_page(path: str, **fields: Any) -> Page:
    page = Page(path=path, **{"title": "About us", "is_published": True, **fields})
    saving.save(page)
    return page


def move(page: Page, path: str) -> None:
    page.path = path
    saving.save(page)


def test_an_old_url_redirects_to_the_new_one_in_one_step(client: Client) -> None:
    page = create_page("about")
    move(page, "institute")
    move(page, "institute/who-we-are")
    for old in ("/about/", "/about", "/institute/?from=letter"):
        response = client.get(old)
        assert response.status_code == 301
        assert response["Location"].startswith("/institute/who-we-are/")
    assert client.get("/institute/?from=letter")["Location"].endswith("?from=letter")


def test_a_page_that_moves_back_makes_no_redirect_loop(client: Client) -> None:
    page = create_page("about")
    move(page, "institute")
    move(page, "about")
    assert client.get("/about/").status_code == 200
    assert client.get("/institute/")["Location"] == "/about/"
    assert [row.path for row in OldPagePath.objects.all()] == ["institute"]


def test_a_new_page_at_an_old_url_replaces_the_redirect(client: Client) -> None:
    page = create_page("about")
    move(page, "institute")
    create_page("about", title="About this site")
    assert "About this site" in client.get("/about/").content.decode()
    assert not OldPagePath.objects.exists()


def test_urls_in_every_script_redirect(client: Client) -> None:
    page = create_page("\u0645\u0646-\u0646\u062d\u0646")
    move(page, "\u00fcber-uns")
    response = client.get("/\u0645\u0646-\u0646\u062d\u0646/")
    assert (response.status_code, response["Location"]) == (301, "/%C3%BCber-uns/")


def test_the_old_url_of_an_unpublished_page_does_not_redirect(client: Client) -> None:
    page = create_page("about", position=1)
    move(page, "institute")
    page.is_published = False
    saving.save(page)
    assert client.get("/about/").status_code == 404


def test_a_rejected_move_changes_nothing(client: Client, edna: User) -> None:
    page = create_page("about")
    create_page("contact", title="Contact")
    client.force_login(edna)
    sent = {"title": "About us", "body": "", "language": "en", "is_published": "on"}
    url = f"/admin/articles/page/{page.pk}/change/"
    for path, text in (
        ("feed/x", "reserved"),
        ("contact", "already exists"),
    ):
        assert text in client.post(url, {**sent, "path": path}).content.decode()
    page.refresh_from_db()
    assert page.path == "about"
    assert not OldPagePath.objects.exists()
    client.post(url, {**sent, "path": "/institute/"})
    assert client.get("/about/")["Location"] == "/institute/"
