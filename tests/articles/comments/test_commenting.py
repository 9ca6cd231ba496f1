"""Commenting through the pages, as a browser without JavaScript does it."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.submission import form_tokens, posting
from articles.editorial.models import Article
from tests import newsroom
from tests.articles.comments.conftest import Write
from tests.articles.comments.forms import WORDS, address_of, send, token_in


def test_a_comment_is_looked_over_then_sent_then_waits(
    client: Client, article: Article, later: None
) -> None:
    looked = client.post(address_of(article), WORDS)
    assert "Preview" in looked.content.decode()
    assert "It was late." in looked.content.decode()
    assert not Comment.objects.exists()
    comment = send(client, article)
    assert (comment.state, comment.name, comment.email) == (
        "held",
        "Teo Brandt",
        "teo@readers.example",
    )
    assert comment.text == "I was on that ferry.\nIt was late."


def test_the_thank_you_page_leads_to_your_comment(
    client: Client, article: Article, later: None, mina: User
) -> None:
    comment = send(client, article)
    link = form_tokens.link_to(comment)
    page = client.get(f"/comments/thanks/{link}/").content.decode()
    assert "Your comment is pending approval" in page
    yours = f"/comments/yours/{link}/"
    assert yours in page
    assert "pending approval" in client.get(yours).content.decode()
    decisions.reject(comment, by=mina, reason="It names a private person.", notify=True)
    assert "It names a private person." in client.get(yours).content.decode()


def test_the_reason_is_told_only_where_the_moderator_wished(
    client: Client, write: Write, mina: User
) -> None:
    comment = write(waits=True)
    decisions.reject(comment, by=mina, reason="Dull")
    page = client.get(f"/comments/yours/{form_tokens.link_to(comment)}/").content.decode()
    assert "Dull" not in page


def test_one_takes_back_ones_own_comment(client: Client, write: Write) -> None:
    comment = write()
    yours = f"/comments/yours/{form_tokens.link_to(comment)}/"
    assert client.get(yours).status_code == 200
    assert Comment.objects.published().exists()
    for _ in range(2):
        assert client.post(yours, follow=True).status_code == 200
    assert not Comment.objects.published().exists()
    assert comment.moderations.filter(decision="deleted").count() == 1


def test_these_pages_are_private_and_set_no_cookie(
    client: Client, article: Article, later: None
) -> None:
    for answer in (
        client.get(address_of(article)),
        client.post(address_of(article), WORDS),
        client.get(f"/comments/token/?article={article.pk}"),
    ):
        assert answer["Cache-Control"] == "private, no-store"
        assert not answer.cookies


def test_the_script_gets_a_seal_and_posts_in_one_step(
    client: Client, article: Article, later: None
) -> None:
    told = client.get(f"/comments/token/?article={article.pk}").json()
    assert told["says"] == ""
    answer = client.post(address_of(article), {**WORDS, "token": told["token"]})
    assert answer.status_code == 302
    assert Comment.objects.pending().count() == 1


def test_a_form_sent_twice_is_one_comment(client: Client, article: Article, later: None) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    answers = [client.post(address_of(article), {**WORDS, "token": token}) for _ in range(3)]
    links = {answer["Location"].split("/")[-2] for answer in answers}
    assert len({form_tokens.comment_behind(link) for link in links}) == 1
    assert Comment.objects.count() == 1


def test_a_form_used_again_for_other_words_loses_nothing(
    client: Client, article: Article, later: None
) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    client.post(address_of(article), {**WORDS, "token": token})
    other = {**WORDS, "text": "Something else entirely.", "token": token}
    answer = client.post(address_of(article), other)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Something else entirely." in page
    other["token"] = token_in(page)
    assert other["token"] != token
    assert client.post(address_of(article), other).status_code == 302
    assert Comment.objects.count() == 2


def test_of_two_requests_at_once_with_one_form_and_other_words_neither_is_lost(
    article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = uuid4()

    def send_words(text: str) -> Comment:
        return posting.post(
            article, name="Teo Brandt", email="teo@readers.example", text=text, form_id=form_id
        )

    def meanwhile(*_: Any) -> None:
        monkeypatch.undo()
        send_words("The other words")

    monkeypatch.setattr(posting, "limit_rate", meanwhile)
    with pytest.raises(posting.SubmissionError) as refused:
        send_words("These words")
    assert "Submit again" in refused.value.sentences["used"]
    assert send_words("The other words") == Comment.objects.get()


def test_a_filled_trap_is_answered_alike_and_kept_as_spam(
    client: Client, article: Article, later: None
) -> None:
    comment = send(client, article, website="https://pills.example")
    page = client.get(f"/comments/thanks/{form_tokens.link_to(comment)}/").content.decode()
    assert "pending approval" in page
    assert comment.state == "spam"
    latest = comment.moderations.get()
    assert (latest.created_by, latest.decision) == (None, "spam")
    assert latest.reason


def test_an_account_writes_under_its_own_name(
    client: Client, article: Article, later: None, ola: User
) -> None:
    client.force_login(ola)
    comment = send(client, article, name="Somebody Else", email="")
    assert (comment.user, comment.name, comment.email) == (ola, "Ola Lind", "")
    assert "Ola Lind" in client.get(f"/comments/token/?article={article.pk}").json()["says"]


def test_a_seal_made_for_one_session_is_no_use_in_another(
    client: Client, article: Article, later: None, ola: User, rui: User
) -> None:
    client.force_login(ola)
    token = token_in(client.get(address_of(article)).content.decode())
    client.force_login(rui)
    answer = client.post(address_of(article), {**WORDS, "token": token})
    assert "You signed in or out" in answer.content.decode()
    assert "It was late." in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_seal_made_for_one_article_is_no_use_below_another(
    client: Client, article: Article, later: None
) -> None:
    other = newsroom.published("Another harbour")
    token = token_in(client.get(address_of(other)).content.decode())
    client.post(address_of(article), {**WORDS, "token": token})
    assert not Comment.objects.exists()


def test_a_reply_quotes_what_it_answers(
    client: Client, article: Article, write: Write, later: None
) -> None:
    above = write("Which ferry was it?", name="Ana Reis")
    page = client.get(address_of(article, parent=above.pk)).content.decode()
    assert "Which ferry was it?" in page
    assert send(client, article, parent=str(above.pk)).parent == above


def test_the_permalink_leads_to_the_comment_in_its_article(
    client: Client, article: Article, write: Write, mina: User
) -> None:
    comment = write()
    answer = client.get(f"/comments/{comment.pk}/")
    assert answer["Location"] == f"{article.get_absolute_url()}#comment-{comment.pk}"
    decisions.reject(comment, by=mina)
    assert client.get(f"/comments/{comment.pk}/").status_code == 404
    assert client.get("/comments/99999999999999999999999/").status_code == 404


def test_sending_takes_few_queries_however_long_the_thread(
    client: Client, article: Article, write: Write, later: None
) -> None:
    def queries() -> int:
        token = token_in(client.get(address_of(article)).content.decode())
        with CaptureQueriesContext(connection) as seen:
            client.post(address_of(article), {**WORDS, "token": token})
        return len(seen)

    queries()  # The first of a day makes the day's key.
    few = queries()
    for number in range(8):
        write(f"Word {number}")
    assert queries() == few <= 20
