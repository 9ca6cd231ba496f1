"""What is refused: in a sentence, with the words kept, and nothing changed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.screening.checks import PER_IP_ADDRESS
from articles.comments.submission import posting
from articles.editorial import publishing
from articles.editorial.models import Article
from tests.articles.comments.conftest import Write
from tests.articles.comments.forms import WORDS, address_of, send, token_in


@pytest.mark.parametrize("link", ["x", "WzFd", "a:b:c", "%00", "é:é:é", "1" * 5000])
def test_a_broken_link_gets_a_sentence(client: Client, db: None, link: str) -> None:
    for page in ("thanks", "yours"):
        answer = client.get(f"/comments/{page}/{link}/")
        assert answer.status_code == 404
        assert "articles/comments/no_link.html" in {each.name for each in answer.templates}


def test_a_form_from_another_site_is_refused(client: Client, article: Article) -> None:
    answer = client.post(address_of(article), WORDS, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_form_that_comes_back_at_once_waits_a_moment(client: Client, article: Article) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    answer = client.post(address_of(article), {**WORDS, "token": token})
    page = answer.content.decode()
    assert set(answer.context["draft"].errors) == {"form"}
    assert "It was late." in page
    assert token_in(page) == token, "a second try with the same form must count as older"
    assert not Comment.objects.exists()


def test_a_form_of_two_days_ago_is_looked_over_again(
    client: Client, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    monkeypatch.setattr("articles.comments.submission.form_tokens.VALID_FOR", timedelta(seconds=-1))
    answer = client.post(address_of(article), {**WORDS, "token": token})
    page = answer.content.decode()
    assert set(answer.context["draft"].errors) == {"form"}
    assert "It was late." in page
    assert not Comment.objects.exists()


def test_a_clock_set_back_keeps_nobody_from_writing(article: Article) -> None:
    comment = posting.post(
        article,
        name="Teo Brandt",
        email="teo@readers.example",
        text="On time",
        form_id=uuid4(),
        form_age=timedelta(hours=-1),
    )
    assert comment.state == "held"


def test_a_reply_to_a_removed_comment_keeps_its_words(
    client: Client, article: Article, write: Write, mina: User, later: None
) -> None:
    above = write("Unkind words")
    decisions.reject(above, by=mina)
    answer = client.post(address_of(article), {**WORDS, "parent": str(above.pk)})
    page = answer.content.decode()
    assert set(answer.context["draft"].errors) == {"parent"}
    assert "It was late." in page
    assert "Unkind words" not in page
    sent = client.post(address_of(article), {**WORDS, "token": token_in(page)})
    assert sent.status_code == 302


@pytest.mark.parametrize("parent", ["0", "x", "999999999999999999999", "-1", "٣", "\x00"])
def test_a_reply_to_nothing_keeps_its_words(client: Client, article: Article, parent: str) -> None:
    answer = client.post(address_of(article), {**WORDS, "parent": parent})
    assert answer.status_code == 422
    assert "It was late." in answer.content.decode()


def test_a_withdrawn_article_takes_no_comments_and_gives_the_words_back(
    client: Client, article: Article, edna: User
) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    publishing.unpublish(article, by=edna)
    answer = client.post(address_of(article), {**WORDS, "token": token})
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "articles/comments/gone.html" in {each.name for each in answer.templates}
    assert "It was late." in page
    assert article.headline not in page


def test_closed_comments_give_the_words_back(client: Client, article: Article) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    Article.objects.update(comments_open=False)
    answer = client.post(address_of(article), {**WORDS, "token": token})
    page = answer.content.decode()
    assert set(answer.context["draft"].errors) == {"form"}
    assert "It was late." in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b\u2060 "),
        ("name", "n" * 81),
        ("name", "Teo\x00"),
        ("name", "Mina Sato"),
        ("name", "mina\u200b  SATO"),
        ("email", ""),
        ("email", "teo at readers"),
        ("email", "teo@readers.example\r\nBcc: all@readers.example"),
        ("email", f"{'t' * 300}@readers.example"),
        ("text", " \n "),
        ("text", "\u200b\u200d"),
        ("text", "w" * 5001),
        ("text", "words\x00"),
    ],
)
def test_an_invalid_field_gets_an_error_of_its_own_and_nothing_is_saved(
    client: Client, article: Article, mina: User, later: None, field: str, value: str
) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    for more in ({}, {"token": token}):
        answer = client.post(address_of(article), {**WORDS, field: value, **more})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert set(answer.context["draft"].errors) == {field}
        assert f'id="comment-{field}-error"' in page
        assert field == "text" or "It was late." in page
    assert not Comment.objects.exists()


def test_one_address_cannot_flood_an_article(client: Client, article: Article, later: None) -> None:
    limit, _ = PER_IP_ADDRESS
    for number in range(limit):
        send(client, article, text=f"Word {number}")
    token = token_in(client.get(address_of(article)).content.decode())
    flood = {**WORDS, "text": "One too many", "token": token}
    answer = client.post(address_of(article), flood)
    assert answer.status_code == 429
    assert "One too many" in answer.content.decode()
    assert Comment.objects.count() == limit
    elsewhere = client.post(address_of(article), flood, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("article_id", ["", "x", "0", "9" * 30, "1e3", "%00", "-1"])
def test_an_article_that_is_none_gets_a_sentence(client: Client, db: None, article_id: str) -> None:
    for answer in (
        client.get(f"/comments/new/?article={article_id}"),
        client.post(f"/comments/new/?article={article_id}", WORDS),
        client.get(f"/comments/token/?article={article_id}"),
    ):
        assert answer.status_code == 404
