"""Bad input gets a clear message, keeps the text and does not change the database."""

from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.submission import links, posting
from articles.editorial.models import Article
from tests import commenting, newsroom
from tests.articles.comments.conftest import Write
from tests.articles.comments.forms import FORM_VALUES, form_token, form_url, send
from tests.articles.comments.test_threads import check


def rejected_reply(client: Client, article: Article, parent: Comment) -> str:
    """Submits a reply that is not accepted; returns the page, which has the text."""
    token = form_token(client.get(form_url(article)).content.decode())
    before = Comment.objects.count()
    response = client.post(
        form_url(article), {**FORM_VALUES, "parent": str(parent.pk), "token": token}
    )
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert "It was late." in page
    assert Comment.objects.count() == before
    return page


def test_a_reply_to_a_comment_on_another_article_is_an_error(
    client: Client, article: Article, write: Write, without_minimum_time: None
) -> None:
    parent = write("There", on=newsroom.published("Another harbour"))
    page = rejected_reply(client, article, parent)
    assert 'role="alert"' in page


def test_a_reply_to_ones_own_deleted_comment_is_an_error(
    client: Client, article: Article, write: Write, without_minimum_time: None
) -> None:
    own = send(client, article, text="On second thought")
    write("What did it say?", parent=_approved(own))
    client.post(f"/comments/yours/{links.link_to(own)}/")
    assert (
        "The commenter deleted this comment."
        in client.get(article.get_absolute_url()).content.decode()
    )
    page = rejected_reply(client, article, own)
    assert (
        "The comment you are replying to is no longer published. You can submit yours without it."
        in page
    )


def test_a_reply_to_a_comment_deleted_meanwhile_can_be_sent_without_it(
    client: Client, article: Article, write: Write, without_minimum_time: None
) -> None:
    comment = write("Soon gone")
    url = form_url(article, parent=comment.pk)
    token = form_token(client.get(url).content.decode())
    posting.delete_own(comment, by=None)
    form = {**FORM_VALUES, "parent": str(comment.pk), "token": token}
    page = unescape(client.post(url, form).content.decode())
    assert 'role="alert"' in page
    form["parent"], form["token"] = "", form_token(page)
    assert client.post(url, form).status_code == 302


def test_three_hundred_nested_replies_are_saved_and_counted(
    client: Client, article: Article, write: Write
) -> None:
    parent: Comment | None = None
    for number in range(300):
        parent = Comment.objects.create(
            article=article,
            parent=parent,
            name="Ana",
            text=f"Level {number}",
            state=Comment.State.APPROVED,
        )
    assert parent
    assert write("And one more", parent=parent, name="Ben Ode").parent == parent
    check(article)
    page = client.get(f"/comments/{parent.pk}/", follow=True).content.decode()
    assert "Level 299" in page
    assert "in reply to" in page


def test_a_form_submitted_repeatedly_is_one_comment(
    client: Client, article: Article, without_minimum_time: None
) -> None:
    token = form_token(client.get(form_url(article)).content.decode())
    locations = {
        client.post(form_url(article), {**FORM_VALUES, "token": token})["Location"]
        for _ in range(3)
    }
    assert {links.comment_behind(location.split("/")[-2]) for location in locations} == {
        Comment.objects.get()
    }


@pytest.mark.parametrize("name", ["\u200b\u200b", "\u2060\ufeff \u00ad", "\u3164", "   "])
def test_an_invisible_name_is_an_error(article: Article, name: str) -> None:
    with pytest.raises(ValidationError) as error:
        commenting.post(article, name=name, email="a@readers.example", text="Here")
    assert set(error.value.message_dict) == {"name"}


@pytest.mark.parametrize(
    "name", ["Міnа Sаtо", "Mina Sato (moderator)", "M1na Sat0", "ＭＩＮＡ ＳＡＴＯ"]
)
def test_a_name_that_looks_like_one_of_the_newsroom_is_an_error(
    article: Article, mina: User, name: str
) -> None:
    with pytest.raises(ValidationError, match="A member of the newsroom has this name"):
        commenting.post(article, name=name, email="a@readers.example", text="Here")


@pytest.mark.parametrize("link", ["x", "a:b", "%00", "é", "." * 400])
def test_an_incomplete_link_is_not_found(client: Client, db: None, link: str) -> None:
    for page in ("yours", "thanks", "confirm"):
        assert client.get(f"/comments/{page}/{link}/").status_code == 404
    assert client.post(f"/comments/yours/{link}/change/", {"text": "x"}).status_code == 404


def _approved(comment: Comment) -> Any:
    Comment.objects.filter(pk=comment.pk).update(state=Comment.State.APPROVED)
    comment.refresh_from_db()
    return comment
