"""What goes wrong gets one clear sentence, loses no word, and leaves the database as it was."""

from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.submission import form_tokens, posting
from articles.comments.submission.posting import SubmissionError
from articles.editorial.models import Article
from tests import newsroom
from tests.articles.comments.conftest import Write
from tests.articles.comments.forms import WORDS, address_of, send, token_in
from tests.articles.comments.test_places import check


def answered(client: Client, article: Article, parent: Comment) -> str:
    """The page after sending a reply to what is not there; the words must be on it."""
    token = token_in(client.get(address_of(article)).content.decode())
    before = Comment.objects.count()
    answer = client.post(address_of(article), {**WORDS, "parent": str(parent.pk), "token": token})
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "It was late." in page
    assert Comment.objects.count() == before
    return page


def test_a_reply_to_a_comment_on_another_article(
    client: Client, article: Article, write: Write, later: None
) -> None:
    there = write("There", below=newsroom.published("Another harbour"))
    page = answered(client, article, there)
    assert 'role="alert"' in page
    with pytest.raises(SubmissionError, match="on another article"):
        posting.post(article, name="Ana", email="a@readers.example", text="Here", parent=there)


def test_a_reply_to_a_tombstone_or_to_ones_own_deleted_comment(
    client: Client, article: Article, write: Write, later: None
) -> None:
    own = send(client, article, text="On second thought")
    write("What did it say?", parent=_approved(own))
    client.post(f"/comments/yours/{form_tokens.link_to(own)}/")
    assert (
        "The commenter deleted this comment."
        in client.get(article.get_absolute_url()).content.decode()
    )
    page = answered(client, article, own)
    assert (
        "The comment you are replying to is no longer published. You can submit yours without it."
        in page
    )


def test_a_reply_typed_while_its_comment_was_taken_back(
    client: Client, article: Article, write: Write, later: None
) -> None:
    comment = write("Soon gone")
    address = address_of(article, parent=comment.pk)
    token = token_in(client.get(address).content.decode())
    posting.delete_own(comment, by=None)
    form = {**WORDS, "parent": str(comment.pk), "token": token}
    page = unescape(client.post(address, form).content.decode())
    assert 'role="alert"' in page
    form["parent"], form["token"] = "", token_in(page)
    assert client.post(address, form).status_code == 302


def test_three_hundred_replies_each_to_the_one_before_are_kept_and_counted(
    client: Client, article: Article, write: Write
) -> None:
    above: Comment | None = None
    for number in range(300):
        above = Comment.objects.create(
            article=article,
            parent=above,
            name="Ana",
            text=f"Level {number}",
            state=Comment.State.APPROVED,
        )
    assert above
    assert write("And one more", parent=above, name="Ben Ode").parent == above
    check(article)
    page = client.get(f"/comments/{above.pk}/", follow=True).content.decode()
    assert "Level 299" in page
    assert "in reply to" in page


def test_the_same_form_sent_twice_by_an_impatient_finger(
    client: Client, article: Article, later: None
) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    places = {
        client.post(address_of(article), {**WORDS, "token": token})["Location"] for _ in range(3)
    }
    assert {form_tokens.comment_behind(place.split("/")[-2]) for place in places} == {
        Comment.objects.get()
    }


@pytest.mark.parametrize("name", ["\u200b\u200b", "\u2060\ufeff \u00ad", "\u3164", "   "])
def test_a_name_that_nobody_sees(article: Article, name: str) -> None:
    with pytest.raises(SubmissionError) as refusal:
        posting.post(article, name=name, email="a@readers.example", text="Here")
    assert set(refusal.value.sentences) == {"name"}


@pytest.mark.parametrize(
    "name", ["Міnа Sаtо", "Mina Sato (moderator)", "M1na Sat0", "ＭＩＮＡ ＳＡＴＯ"]
)
def test_a_name_that_looks_like_one_of_the_newsroom(
    article: Article, mina: User, name: str
) -> None:
    with pytest.raises(SubmissionError, match="A member of the newsroom has this name"):
        posting.post(article, name=name, email="a@readers.example", text="Here")


@pytest.mark.parametrize("link", ["x", "a:b", "%00", "é", "." * 400])
def test_a_link_that_was_cut_off(client: Client, db: None, link: str) -> None:
    for place in ("yours", "thanks", "confirm"):
        assert client.get(f"/comments/{place}/{link}/").status_code == 404
    assert client.post(f"/comments/yours/{link}/change/", {"text": "x"}).status_code == 404


def _approved(comment: Comment) -> Any:
    Comment.objects.filter(pk=comment.pk).update(state=Comment.State.APPROVED)
    comment.refresh_from_db()
    return comment
