"""Invalid submissions: an error message, the text is kept, nothing is saved."""

from datetime import timedelta

import pytest
from django.core.exceptions import NON_FIELD_ERRORS
from django.test import Client

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.submission.posting import PER_IP_ADDRESS
from articles.editorial import publishing
from articles.editorial.models import Article
from tests import moderation
from tests.articles.comments.conftest import Write
from tests.articles.comments.forms import FORM_VALUES, form_token, form_url, send


@pytest.mark.parametrize("link", ["x", "WzFd", "a:b:c", "%00", "é:é:é", "." * 400, "1" * 5000])
def test_an_invalid_link_shows_a_page(client: Client, db: None, link: str) -> None:
    for page in ("thanks", "yours", "confirm"):
        response = client.get(f"/comments/{page}/{link}/")
        assert response.status_code == 404
        assert "articles/comments/no_link.html" in {each.name for each in response.templates}


def test_a_form_from_another_site_is_rejected(client: Client, article: Article) -> None:
    response = client.post(form_url(article), FORM_VALUES, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


def test_a_form_submitted_too_quickly_is_an_error(client: Client, article: Article) -> None:
    token = form_token(client.get(form_url(article)).content.decode())
    response = client.post(form_url(article), {**FORM_VALUES, "token": token})
    page = response.content.decode()
    assert set(response.context["form"].errors) == {NON_FIELD_ERRORS}
    assert response.context["form"].comment.text == FORM_VALUES["text"], (
        "the preview is there at once"
    )
    assert form_token(page) == token, "the age of the form counts from its first page"
    assert not Comment.objects.exists()


def test_an_expired_form_gets_a_preview(
    client: Client, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = form_token(client.get(form_url(article)).content.decode())
    monkeypatch.setattr("articles.comments.submission.form.TOKEN_VALID_FOR", timedelta(seconds=-1))
    response = client.post(form_url(article), {**FORM_VALUES, "token": token})
    page = response.content.decode()
    assert set(response.context["form"].errors) == {NON_FIELD_ERRORS}
    assert "It was late." in page
    assert not Comment.objects.exists()


def test_a_reply_to_a_removed_comment_keeps_its_text(
    client: Client, article: Article, write: Write, mina: User, without_minimum_time: None
) -> None:
    above = write("Unkind words")
    moderation.reject(above, by=mina)
    response = client.post(form_url(article), {**FORM_VALUES, "parent": str(above.pk)})
    page = response.content.decode()
    assert set(response.context["form"].errors) == {NON_FIELD_ERRORS}
    assert "It was late." in page
    assert "Unkind words" not in page
    sent = client.post(form_url(article), {**FORM_VALUES, "token": form_token(page)})
    assert sent.status_code == 302


@pytest.mark.parametrize("parent", ["0", "x", "999999999999999999999", "-1", "٣", "\x00"])
def test_a_reply_to_an_unknown_comment_keeps_its_text(
    client: Client, article: Article, parent: str
) -> None:
    response = client.post(form_url(article), {**FORM_VALUES, "parent": parent})
    assert response.status_code == 422
    assert "It was late." in response.content.decode()


def test_an_unpublished_article_accepts_no_comments_and_shows_the_text(
    client: Client, article: Article, edna: User
) -> None:
    token = form_token(client.get(form_url(article)).content.decode())
    publishing.unpublish(article, by=edna)
    response = client.post(form_url(article), {**FORM_VALUES, "token": token})
    page = response.content.decode()
    assert response.status_code == 404
    assert "articles/comments/gone.html" in {each.name for each in response.templates}
    assert "It was late." in page
    assert article.headline not in page


def test_closed_comments_show_the_text_again(client: Client, article: Article) -> None:
    token = form_token(client.get(form_url(article)).content.decode())
    Article.objects.update(comments_open=False)
    response = client.post(form_url(article), {**FORM_VALUES, "token": token})
    page = response.content.decode()
    assert set(response.context["form"].errors) == {NON_FIELD_ERRORS}
    assert "It was late." in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b\u2060 "),
        ("name", "\u2060\ufeff \u00ad"),
        ("name", "\u3164"),
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
    client: Client, article: Article, mina: User, without_minimum_time: None, field: str, value: str
) -> None:
    token = form_token(client.get(form_url(article)).content.decode())
    for more in ({}, {"token": token}):
        response = client.post(form_url(article), {**FORM_VALUES, field: value, **more})
        page = response.content.decode()
        assert response.status_code == 422
        assert set(response.context["form"].errors) == {field}
        assert f'id="comment-{field}-error"' in page
        assert field == "text" or "It was late." in page
    assert not Comment.objects.exists()


def test_the_number_of_comments_per_ip_address_is_limited(
    client: Client, article: Article, without_minimum_time: None
) -> None:
    limit, _ = PER_IP_ADDRESS
    for number in range(limit):
        send(client, article, text=f"Word {number}")
    token = form_token(client.get(form_url(article)).content.decode())
    flood = {**FORM_VALUES, "text": "One too many", "token": token}
    response = client.post(form_url(article), flood)
    assert response.status_code == 429
    assert "One too many" in response.content.decode()
    assert Comment.objects.count() == limit
    elsewhere = client.post(form_url(article), flood, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("article_id", ["", "x", "0", "9" * 30, "1e3", "%00", "-1"])
def test_an_unknown_article_is_not_found(client: Client, db: None, article_id: str) -> None:
    for response in (
        client.get(f"/comments/new/?article={article_id}"),
        client.post(f"/comments/new/?article={article_id}", FORM_VALUES),
        client.get(f"/comments/token/?article={article_id}"),
    ):
        assert response.status_code == 404
