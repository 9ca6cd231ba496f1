"""Bad input gets a clear message, keeps the text and does not change the database."""

from html import unescape
from typing import Any

from django.test import Client

from articles.comments.models import Comment
from articles.comments.submission import posting
from articles.editorial.models import Article
from tests import newsroom
from tests.articles.comments.conftest import Write
from tests.articles.comments.forms import FORM_VALUES, form_token, form_url
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


def _approved(comment: Comment) -> Any:
    Comment.objects.filter(pk=comment.pk).update(state=Comment.State.APPROVED)
    comment.refresh_from_db()
    return comment
