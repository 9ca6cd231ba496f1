"""A rejected writer asks for another look without a script, by the link of the comment."""

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
    comment = write(waits=True)
    decisions.reject(comment, by=mina, reason="Off the subject", notify=True)
    return comment


def yours(comment: Comment, more: str = "") -> str:
    return f"/comments/yours/{form_tokens.link_to(comment)}/{more}"


def test_the_page_of_a_rejected_comment_leads_there_and_says_that_it_was_asked(
    client: Client, rejected: Comment
) -> None:
    assert "Appeal" in client.get(yours(rejected)).content.decode()
    form = client.get(yours(rejected, "again/")).content.decode()
    assert "Off the subject" in form
    done = client.post(yours(rejected, "again/"), {"text": "It was a joke."}, follow=True)
    page = done.content.decode()
    assert "You appealed" in page
    assert "Appeal" not in page
    assert Appeal.objects.get().text == "It was a joke."


def test_what_was_typed_comes_back_where_it_is_refused(client: Client, rejected: Comment) -> None:
    answer = client.post(yours(rejected, "again/"), {"text": "why " * 300})
    assert answer.status_code == 422
    assert "why why" in answer.content.decode()
    assert not Appeal.objects.exists()


def test_who_has_nothing_to_ask_is_led_back(client: Client, write: Write) -> None:
    comment = write()
    assert client.get(yours(comment, "again/")).status_code == 302
    assert client.post(yours(comment, "again/")).status_code == 422
    assert client.get("/comments/yours/x/again/").status_code == 404


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_mail_says_what_came_of_it(
    client: Client,
    rejected: Comment,
    edna: User,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
) -> None:
    jobs()
    assert "/comments/yours/" in str(mail_folder.to("teo@readers.example")[-1])
    client.post(yours(rejected, "again/"))
    decisions.reject(rejected, by=edna)
    jobs()
    assert "/again/" not in str(mail_folder.to("teo@readers.example")[-1])
