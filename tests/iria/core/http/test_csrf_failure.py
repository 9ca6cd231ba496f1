"""A form from another session is refused, and its words come back."""

from html import unescape

from django.test import Client
from pytest_django.asserts import assertTemplateUsed

from accounts.models import User
from articles.editorial.models import Article
from tests.articles.editorial.admin.forms import ADD

STORY = "<p>An afternoon's writing & more.</p>"


def test_a_form_whose_session_ended_meanwhile_gives_the_words_back(
    client: Client, db: None
) -> None:
    answer = client.post(ADD, {"headline": "A quiet week", "body": STORY, "kind": "1"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assertTemplateUsed(answer, "iria/csrf_failure.html")
    assert f"\n{STORY}</textarea>" in unescape(page)
    assert STORY not in page
    assert answer["Cache-Control"] == "private, no-store"
    assert not Article.objects.exists()


def test_without_words_the_admin_shows_its_door(client: Client, db: None) -> None:
    assert "/admin/login/" in client.post(ADD, {"kind": "1"})["Location"]


def test_a_form_of_another_session_is_rejected(edna: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(edna)
    answer = browser.post(ADD, {"headline": "A quiet week", "body": STORY})
    assert answer.status_code == 403
    assertTemplateUsed(answer, "iria/csrf_failure.html")
    assert STORY in unescape(answer.content.decode())
    assert not Article.objects.exists()


def test_a_password_is_never_shown(db: None) -> None:
    browser = Client(enforce_csrf_checks=True)
    sent = {"login": "ola@readers.example", "password": "four words of mine"}
    answer = browser.post("/accounts/login/", sent)
    assert answer.status_code == 403
    assert "four words" not in answer.content.decode()
