"""Commenting through the pages, as a browser without JavaScript does it."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from articles.comments import moderation, posting, seals
from articles.comments.models import Comment
from articles.comments.screening import PER_ADDRESS
from articles.editorial import publishing
from articles.editorial.models import Article
from tests import newsroom
from tests.articles.comments.conftest import Write

WORDS = {
    "name": "Teo Brandt",
    "email": "teo@readers.example",
    "text": "I was on that ferry.\nIt was late.",
}


def address_of(article: Article, **query: object) -> str:
    more = "".join(f"&{key}={value}" for key, value in query.items())
    return f"/comments/new/?article={article.pk}{more}"


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, "the form carries no seal"
    return unescape(found[1])


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms are never too quick here; the test of that leaves this out."""
    monkeypatch.setattr("articles.comments.screening.TOO_QUICK", timedelta(0))


def send(client: Client, article: Article, **changes: str) -> Comment:
    """Looks a comment over and sends it; the comment that was kept."""
    looked = client.post(address_of(article), {**WORDS, **changes})
    token = token_in(looked.content.decode())
    answer = client.post(address_of(article), {**WORDS, **changes, "token": token})
    assert answer.status_code == 302, answer.content.decode()
    found = seals.comment_behind(answer["Location"].split("/")[-2])
    assert found
    return found


def test_a_comment_is_looked_over_then_sent_then_waits(
    client: Client, article: Article, later: None
) -> None:
    looked = client.post(address_of(article), WORDS)
    assert "Look it over" in looked.content.decode()
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
    link = seals.link_to(comment)
    page = client.get(f"/comments/thanks/{link}/").content.decode()
    assert "Your comment is waiting for a moderator; you will get a mail" in page
    yours = f"/comments/yours/{link}/"
    assert yours in page
    assert "waiting for a moderator" in client.get(yours).content.decode()
    moderation.reject(comment, by=mina, reason="It names a private person.", tell=True)
    assert "It names a private person." in client.get(yours).content.decode()


def test_the_reason_is_told_only_where_the_moderator_wished(
    client: Client, write: Write, mina: User
) -> None:
    comment = write(waits=True)
    moderation.reject(comment, by=mina, reason="Dull")
    page = client.get(f"/comments/yours/{seals.link_to(comment)}/").content.decode()
    assert "decided not to publish" in page
    assert "Dull" not in page


def test_one_takes_back_ones_own_comment(client: Client, write: Write) -> None:
    comment = write()
    yours = f"/comments/yours/{seals.link_to(comment)}/"
    assert client.get(yours).status_code == 200
    assert Comment.objects.published().exists()
    for _ in range(2):
        assert client.post(yours, follow=True).status_code == 200
    assert not Comment.objects.published().exists()
    assert comment.moderations.filter(decision="deleted").count() == 1


@pytest.mark.parametrize("link", ["x", "WzFd", "a:b:c", "%00", "é:é:é", "1" * 5000])
def test_a_broken_link_gets_a_sentence(client: Client, db: None, link: str) -> None:
    for page in ("thanks", "yours"):
        answer = client.get(f"/comments/{page}/{link}/")
        assert answer.status_code == 404
        assert "This link leads nowhere" in answer.content.decode()


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


def test_a_form_from_another_site_is_refused(client: Client, article: Article) -> None:
    answer = client.post(address_of(article), WORDS, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_the_script_gets_a_seal_and_posts_in_one_step(
    client: Client, article: Article, later: None
) -> None:
    told = client.get(f"/comments/token/?article={article.pk}").json()
    assert told["name"] is None
    answer = client.post(address_of(article), {**WORDS, "token": told["token"]})
    assert answer.status_code == 302
    assert Comment.objects.held().count() == 1


def test_a_form_sent_twice_is_one_comment(client: Client, article: Article, later: None) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    answers = [client.post(address_of(article), {**WORDS, "token": token}) for _ in range(3)]
    links = {answer["Location"].split("/")[-2] for answer in answers}
    assert len({seals.comment_behind(link) for link in links}) == 1
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


def test_a_form_that_comes_back_at_once_waits_a_moment(client: Client, article: Article) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    answer = client.post(address_of(article), {**WORDS, "token": token})
    page = answer.content.decode()
    assert "That was very quick" in page
    assert "It was late." in page
    assert token_in(page) == token, "a second try with the same form must count as older"
    assert not Comment.objects.exists()


def test_a_form_of_two_days_ago_is_looked_over_again(
    client: Client, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    monkeypatch.setattr("articles.comments.seals.VALID_FOR", timedelta(seconds=-1))
    answer = client.post(address_of(article), {**WORDS, "token": token})
    page = answer.content.decode()
    assert "more than two days ago" in page
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


def test_a_filled_trap_is_answered_alike_and_kept_as_spam(
    client: Client, article: Article, later: None
) -> None:
    comment = send(client, article, website="https://pills.example")
    page = client.get(f"/comments/thanks/{seals.link_to(comment)}/").content.decode()
    assert "waiting for a moderator" in page
    assert comment.state == "spam"
    latest = comment.moderations.get()
    assert (latest.made_by, latest.decision) == (None, "spam")
    assert "people do not see" in latest.reason


def test_an_account_writes_under_its_own_name(
    client: Client, article: Article, later: None, ola: User
) -> None:
    client.force_login(ola)
    comment = send(client, article, name="Somebody Else", email="")
    assert (comment.user, comment.name, comment.email) == (ola, "Ola Lind", "")
    assert client.get(f"/comments/token/?article={article.pk}").json()["name"] == "Ola Lind"


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


def test_a_reply_to_a_removed_comment_keeps_its_words(
    client: Client, article: Article, write: Write, mina: User, later: None
) -> None:
    above = write("Unkind words")
    moderation.reject(above, by=mina)
    answer = client.post(address_of(article), {**WORDS, "parent": str(above.pk)})
    page = answer.content.decode()
    assert "no longer there" in page
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
    publishing.withdraw(article, by=edna)
    answer = client.post(address_of(article), {**WORDS, "token": token})
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "not on the site" in page
    assert "It was late." in page
    assert article.headline not in page


def test_closed_comments_give_the_words_back(client: Client, article: Article) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    Article.objects.update(comments_open=False)
    answer = client.post(address_of(article), {**WORDS, "token": token})
    page = answer.content.decode()
    assert "Comments on this article are closed." in page
    assert "It was late." in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Please write your name."),
        ("name", "\u200b\u2060 ", "something that can be seen"),
        ("name", "n" * 81, "A name may have 80 characters"),
        ("name", "Teo\x00", "NUL"),
        ("name", "Mina Sato", "A member of the newsroom has this name"),
        ("name", "mina\u200b  SATO", "A member of the newsroom has this name"),
        ("email", "", "Please write your e-mail address"),
        ("email", "teo at readers", "like name@example.org"),
        ("email", "teo@readers.example\r\nBcc: all@readers.example", "like name@example.org"),
        ("email", f"{'t' * 300}@readers.example", "like name@example.org"),
        ("text", " \n ", "Please write a comment."),
        ("text", "\u200b\u200d", "something that can be seen"),
        ("text", "w" * 5001, "The comment has 5,001 characters"),
        ("text", "words\x00", "NUL"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(
    client: Client, article: Article, mina: User, later: None, field: str, value: str, sentence: str
) -> None:
    token = token_in(client.get(address_of(article)).content.decode())
    for more in ({}, {"token": token}):
        answer = client.post(address_of(article), {**WORDS, field: value, **more})
        page = unescape(answer.content.decode())
        assert answer.status_code == 422
        assert sentence in page
        assert field == "text" or "It was late." in page
    assert not Comment.objects.exists()


def test_one_address_cannot_flood_an_article(client: Client, article: Article, later: None) -> None:
    limit, _ = PER_ADDRESS
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


def test_the_permalink_leads_to_the_comment_in_its_article(
    client: Client, article: Article, write: Write, mina: User
) -> None:
    comment = write()
    answer = client.get(f"/comments/{comment.pk}/")
    assert answer["Location"] == f"{article.get_absolute_url()}#comment-{comment.pk}"
    moderation.reject(comment, by=mina)
    assert client.get(f"/comments/{comment.pk}/").status_code == 404
    assert client.get("/comments/99999999999999999999999/").status_code == 404


@pytest.mark.parametrize("article_id", ["", "x", "0", "9" * 30, "1e3", "%00", "-1"])
def test_an_article_that_is_none_gets_a_sentence(client: Client, db: None, article_id: str) -> None:
    for answer in (
        client.get(f"/comments/new/?article={article_id}"),
        client.post(f"/comments/new/?article={article_id}", WORDS),
        client.get(f"/comments/token/?article={article_id}"),
    ):
        assert answer.status_code == 404


def test_sending_takes_few_queries_however_long_the_thread(
    client: Client, article: Article, write: Write, later: None
) -> None:
    def queries() -> int:
        token = token_in(client.get(address_of(article)).content.decode())
        with CaptureQueriesContext(connection) as seen:
            client.post(address_of(article), {**WORDS, "token": token})
        return len(seen)

    few = queries()
    for number in range(8):
        write(f"Word {number}")
    assert queries() == few <= 20
