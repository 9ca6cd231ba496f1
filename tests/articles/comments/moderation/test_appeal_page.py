"""The appeal page, which works without JavaScript."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.moderation.models import Appeal
from articles.comments.submission import form_tokens
from tests.articles.comments.conftest import Write
from tests.conftest import MailFolder


@pytest.fixture
def rejected(write: Write, mina: User) -> Comment:
    comment = write(pending=True)
    decisions.reject(comment, by=mina, reason="Off the subject", notify=True)
    return comment


def status_url(comment: Comment, suffix: str = "") -> str:
    return f"/comments/yours/{form_tokens.link_to(comment)}/{suffix}"


def test_the_status_page_links_to_the_appeal_and_shows_it(
    client: Client, rejected: Comment
) -> None:
    assert "Appeal" in client.get(status_url(rejected)).content.decode()
    form = client.get(status_url(rejected, "again/")).content.decode()
    assert "Off the subject" in form
    response = client.post(status_url(rejected, "again/"), {"text": "It was a joke."}, follow=True)
    page = response.content.decode()
    assert "You appealed" in page
    assert "Appeal" not in page
    assert Appeal.objects.get().text == "It was a joke."


def test_an_invalid_text_is_shown_again(client: Client, rejected: Comment) -> None:
    response = client.post(status_url(rejected, "again/"), {"text": "why " * 300})
    assert response.status_code == 422
    assert "why why" in response.content.decode()
    assert not Appeal.objects.exists()


def test_a_comment_that_is_not_rejected_has_no_appeal_page(client: Client, write: Write) -> None:
    comment = write()
    assert client.get(status_url(comment, "again/")).status_code == 302
    assert client.post(status_url(comment, "again/")).status_code == 422
    assert client.get("/comments/yours/x/again/").status_code == 404


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_commenter_is_notified_of_the_decision(
    client: Client,
    rejected: Comment,
    edna: User,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
) -> None:
    jobs()
    assert "/comments/yours/" in str(mail_folder.to("teo@readers.example")[-1])
    client.post(status_url(rejected, "again/"))
    decisions.reject(rejected, by=edna)
    jobs()
    assert "/again/" not in str(mail_folder.to("teo@readers.example")[-1])
