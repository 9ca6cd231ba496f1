"""A form of another session is rejected and its text shown again."""

from html import unescape

from django.test import Client
from pytest_django.asserts import assertTemplateUsed

from accounts.models import User
from articles.editorial.models import Article
from tests.articles.editorial.admin.forms import ADD

STORY = "<p>An afternoon's writing & more.</p>"


def test_a_form_of_an_ended_session_shows_the_text_again(client: Client, db: None) -> None:
    response = client.post(ADD, {"headline": "A quiet week", "body": STORY, "kind": "1"})
    page = response.content.decode()
    assert response.status_code == 403
    assertTemplateUsed(response, "iria/csrf_failure.html")
    assert f"\n{STORY}</textarea>" in unescape(page)
    assert STORY not in page
    assert response["Cache-Control"] == "private, no-store"
    assert not Article.objects.exists()


def test_without_text_the_admin_redirects_to_sign_in(client: Client, db: None) -> None:
    assert "/admin/login/" in client.post(ADD, {"kind": "1"})["Location"]


def test_a_form_of_another_session_is_rejected(edna: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(edna)
    response = browser.post(ADD, {"headline": "A quiet week", "body": STORY})
    assert response.status_code == 403
    assertTemplateUsed(response, "iria/csrf_failure.html")
    assert STORY in unescape(response.content.decode())
    assert not Article.objects.exists()


def test_a_password_is_never_shown(db: None) -> None:
    browser = Client(enforce_csrf_checks=True)
    form = {"login": "ola@readers.example", "password": "four words of mine"}
    response = browser.post("/accounts/login/", form)
    assert response.status_code == 403
    assert "four words" not in response.content.decode()
