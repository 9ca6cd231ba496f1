"""The pages for commenting, used as by a browser without JavaScript."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.submission import links, posting
from articles.editorial.models import Article
from tests import commenting, moderation, newsroom
from tests.articles.comments.conftest import Write
from tests.articles.comments.forms import FORM_VALUES, form_token, form_url, send


def test_a_comment_is_previewed_submitted_and_pending(
    client: Client, article: Article, without_minimum_time: None
) -> None:
    preview = client.post(form_url(article), FORM_VALUES)
    assert "Preview" in preview.content.decode()
    assert "It was late." in preview.content.decode()
    assert not Comment.objects.exists()
    comment = send(client, article)
    assert (comment.state, comment.name, comment.email) == (
        "held",
        "Teo Brandt",
        "teo@readers.example",
    )
    assert comment.text == "I was on that ferry.\nIt was late."


def test_below_an_article_guests_are_asked_for_their_name_on_the_next_page(
    client: Client, article: Article, without_minimum_time: None
) -> None:
    page = client.get(article.get_absolute_url()).content.decode()
    assert re.search(r"<fieldset[^>]* disabled>\s*<div[^>]*>\s*<label for=.comment-name", page)
    response = client.post(form_url(article), {"text": FORM_VALUES["text"], "token": ""})
    page = response.content.decode()
    assert response.status_code == 200
    assert "It was late." in page
    assert 'name="name"' in page
    assert "aria-invalid" not in page
    assert " disabled" not in page
    sent = {**FORM_VALUES, "token": form_token(page)}
    assert client.post(form_url(article), sent).status_code == 302
    assert Comment.objects.get().name == "Teo Brandt"


def test_a_signed_in_reader_is_never_asked_for_a_name(
    client: Client, article: Article, ola: User
) -> None:
    client.force_login(ola)
    preview = client.post(form_url(article), {"text": FORM_VALUES["text"], "token": ""})
    for response in (client.get(form_url(article)), preview):
        page = response.content.decode()
        assert 'id="comment-text"' in page
        assert 'id="comment-name"' not in page
        assert 'id="comment-email"' not in page


def test_the_thank_you_page_links_to_the_status_page(
    client: Client, article: Article, without_minimum_time: None, mina: User
) -> None:
    comment = send(client, article)
    link = links.link_to(comment)
    page = client.get(f"/comments/thanks/{link}/").content.decode()
    assert "Your comment is pending approval" in page
    url = f"/comments/yours/{link}/"
    assert url in page
    assert "pending approval" in client.get(url).content.decode()
    moderation.reject(comment, by=mina, reason="It names a private person.", notify=True)
    assert "It names a private person." in client.get(url).content.decode()


def test_the_reason_is_shown_only_if_the_moderator_chose_to_notify(
    client: Client, write: Write, mina: User
) -> None:
    comment = write(pending=True)
    moderation.reject(comment, by=mina, reason="Dull")
    page = client.get(f"/comments/yours/{links.link_to(comment)}/").content.decode()
    assert "Dull" not in page


def test_a_commenter_can_delete_the_comment(client: Client, write: Write) -> None:
    comment = write()
    url = f"/comments/yours/{links.link_to(comment)}/"
    assert client.get(url).status_code == 200
    assert Comment.objects.published().exists()
    for _ in range(2):
        assert client.post(url, follow=True).status_code == 200
    assert not Comment.objects.published().exists()
    assert comment.moderations.filter(decision="deleted").count() == 1


def test_these_pages_are_private_and_set_no_cookie(
    client: Client, article: Article, without_minimum_time: None
) -> None:
    for response in (
        client.get(form_url(article)),
        client.post(form_url(article), FORM_VALUES),
        client.get(f"/comments/token/?article={article.pk}"),
    ):
        assert response["Cache-Control"] == "private, no-store"
        assert not response.cookies


def test_the_script_gets_a_token_and_submits_in_one_step(
    client: Client, article: Article, without_minimum_time: None
) -> None:
    data = client.get(f"/comments/token/?article={article.pk}").json()
    assert data["says"] == ""
    response = client.post(form_url(article), {**FORM_VALUES, "token": data["token"]})
    assert response.status_code == 302
    assert Comment.objects.pending().count() == 1


def test_a_form_sent_twice_is_one_comment(
    client: Client, article: Article, without_minimum_time: None
) -> None:
    token = form_token(client.get(form_url(article)).content.decode())
    responses = [client.post(form_url(article), {**FORM_VALUES, "token": token}) for _ in range(3)]
    found = {response["Location"].split("/")[-2] for response in responses}
    assert len({links.comment_behind(link) for link in found}) == 1
    assert Comment.objects.count() == 1


def test_a_reused_form_with_another_text_keeps_the_text(
    client: Client, article: Article, without_minimum_time: None
) -> None:
    token = form_token(client.get(form_url(article)).content.decode())
    client.post(form_url(article), {**FORM_VALUES, "token": token})
    other = {**FORM_VALUES, "text": "Something else entirely.", "token": token}
    response = client.post(form_url(article), other)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Something else entirely." in page
    other["token"] = form_token(page)
    assert other["token"] != token
    assert client.post(form_url(article), other).status_code == 302
    assert Comment.objects.count() == 2


def test_two_concurrent_requests_with_one_form_lose_no_text(
    article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = uuid4()

    def submit(text: str) -> Comment:
        return commenting.post(
            article, name="Teo Brandt", email="teo@readers.example", text=text, form_id=form_id
        )

    def submit_other(*_: Any) -> None:
        monkeypatch.undo()
        submit("The other words")

    monkeypatch.setattr(posting, "_limit_rate", submit_other)
    with pytest.raises(ValidationError) as error:
        submit("These words")
    assert "Submit again" in error.value.message
    assert submit("The other words") == Comment.objects.get()


def test_a_filled_honeypot_looks_successful_but_is_spam(
    client: Client, article: Article, without_minimum_time: None
) -> None:
    comment = send(client, article, website="https://pills.example")
    page = client.get(f"/comments/thanks/{links.link_to(comment)}/").content.decode()
    assert "pending approval" in page
    assert comment.state == "spam"
    latest = comment.moderations.get()
    assert (latest.created_by, latest.decision) == (None, "spam")
    assert latest.reason


def test_an_account_comments_under_its_own_name(
    client: Client, article: Article, without_minimum_time: None, ola: User
) -> None:
    client.force_login(ola)
    comment = send(client, article, name="Somebody Else", email="")
    assert (comment.user, comment.name, comment.email) == (ola, "Ola Lind", "")
    assert "Ola Lind" in client.get(f"/comments/token/?article={article.pk}").json()["says"]


def test_a_token_is_valid_for_one_session_only(
    client: Client, article: Article, without_minimum_time: None, ola: User, rui: User
) -> None:
    client.force_login(ola)
    token = form_token(client.get(form_url(article)).content.decode())
    client.force_login(rui)
    response = client.post(form_url(article), {**FORM_VALUES, "token": token})
    assert "You signed in or out" in response.content.decode()
    assert "It was late." in response.content.decode()
    assert not Comment.objects.exists()


def test_a_token_is_valid_for_one_article_only(
    client: Client, article: Article, without_minimum_time: None
) -> None:
    other = newsroom.published("Another harbour")
    token = form_token(client.get(form_url(other)).content.decode())
    client.post(form_url(article), {**FORM_VALUES, "token": token})
    assert not Comment.objects.exists()


def test_the_reply_form_shows_the_parent_comment(
    client: Client, article: Article, write: Write, without_minimum_time: None
) -> None:
    parent = write("Which ferry was it?", name="Ana Reis")
    page = client.get(form_url(article, parent=parent.pk)).content.decode()
    assert "Which ferry was it?" in page
    assert send(client, article, parent=str(parent.pk)).parent == parent


def test_the_permalink_redirects_to_the_comment(
    client: Client, article: Article, write: Write, mina: User
) -> None:
    comment = write()
    response = client.get(f"/comments/{comment.pk}/")
    assert response["Location"] == f"{article.get_absolute_url()}#comment-{comment.pk}"
    moderation.reject(comment, by=mina)
    assert client.get(f"/comments/{comment.pk}/").status_code == 404
    assert client.get("/comments/99999999999999999999999/").status_code == 404


def test_submitting_takes_few_queries_for_a_thread_of_any_length(
    client: Client, article: Article, write: Write, without_minimum_time: None
) -> None:
    def queries() -> int:
        token = form_token(client.get(form_url(article)).content.decode())
        with CaptureQueriesContext(connection) as queries_made:
            client.post(form_url(article), {**FORM_VALUES, "token": token})
        return len(queries_made)

    queries()  # The first request of a day creates the daily key.
    few = queries()
    for number in range(8):
        write(f"Word {number}")
    assert queries() == few <= 20
