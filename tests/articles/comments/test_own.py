"""One's own comment: changed for five minutes, confirmed by a mail, found again by its account."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions, queues
from articles.comments.screening.models import Check, ScreenedWord, ScreeningRule
from articles.comments.submission import editing, form_tokens, posting
from articles.comments.submission.posting import SubmissionError
from articles.comments.threads.builder import thread_of
from articles.editorial.models import Article
from tests.articles.comments.conftest import Write


def yours(comment: Comment, rest: str = "") -> str:
    return f"/comments/yours/{form_tokens.link_to(comment)}/{rest}"


def test_a_guest_changes_words_by_the_link_and_moderators_keep_the_earlier_ones(
    client: Client, article: Article, write: Write
) -> None:
    comment = write("I was on that fery.", waits=True)
    assert "I was on that fery.</textarea>" in client.get(yours(comment)).content.decode()
    answer = client.post(yours(comment, "change/"), {"text": "I was on that ferry.\r\n"})
    assert answer.status_code == 302
    comment.refresh_from_db()
    assert (comment.text, comment.state) == ("I was on that ferry.", "held")
    assert [version.text for version in comment.versions.all()] == ["I was on that fery."]
    assert editing.change(comment, text="I was on that ferry.", by=None) is False
    assert comment.versions.count() == 1


def test_after_five_minutes_words_stay_and_what_was_typed_comes_back(
    client: Client, article: Article, write: Write
) -> None:
    comment = write("As it was")
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert "change/" not in client.get(yours(comment)).content.decode()
    answer = client.post(yours(comment, "change/"), {"text": "Too late"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="comment-text-error"' in page
    assert "Too late</textarea>" in page
    comment.refresh_from_db()
    assert (comment.text, comment.edited_at) == ("As it was", None)


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "w" * 5001, "a\x00b"])
def test_what_cannot_be_kept_changes_nothing(
    client: Client, write: Write, article: Article, text: str
) -> None:
    comment = write("As it was")
    answer = client.post(yours(comment, "change/"), {"text": text})
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    comment.refresh_from_db()
    assert (comment.text, comment.versions.count()) == ("As it was", 0)


def test_a_clock_set_back_takes_no_minute_away(article: Article, write: Write) -> None:
    comment = write("Written in what is now the future")
    Comment.objects.update(created_at=timezone.now() + timedelta(hours=3))
    assert editing.change(comment, text="Changed all the same", by=None)


def test_words_a_person_approved_are_listed_as_new_once_they_are_others(
    article: Article, write: Write, mina: User
) -> None:
    ScreeningRule.objects.update(active=False)
    comment = write("A quiet evening", waits=True)
    decisions.approve(comment, by=mina, seen="approved")
    assert queues.counts()["new"] == 0
    editing.change(comment, text="Come to my casino", by=None)
    assert comment.state == "approved"
    assert queues.counts()["new"] == 1
    assert decisions.approve(comment, by=mina)
    assert queues.counts()["new"] == 0


def test_words_that_stood_are_read_again_where_a_rule_objects_to_the_new_ones(
    article: Article, write: Write, mina: User
) -> None:
    ScreeningRule.objects.filter(phase=Check.SUSPECT_WORDS).update(active=True, action="hold")
    ScreenedWord.objects.create(word="casino", folded="casino", list="suspect")
    comment = write("A quiet evening")
    decisions.feature(comment, by=mina, on=True)
    editing.change(comment, text="Come to my casino", by=None)
    assert comment.state == Comment.State.PENDING
    latest = comment.moderations.first()
    assert latest
    assert (latest.decision, latest.created_by) == ("held", None)
    assert "casino" in latest.reason
    assert thread_of(article).count == 0


def test_what_was_held_stays_held_whatever_the_new_words_are(
    article: Article, write: Write
) -> None:
    comment = write("Waits", waits=True)
    ScreeningRule.objects.update(active=False)
    editing.change(comment, text="No rule objects now", by=None)
    assert comment.state == Comment.State.PENDING


@pytest.mark.parametrize("deed", ["reject", "take back"])
def test_what_was_decided_or_taken_back_cannot_be_changed(
    article: Article, write: Write, mina: User, deed: str
) -> None:
    comment = write("As it was", waits=True)
    if deed == "reject":
        decisions.reject(comment, by=mina)
    else:
        posting.delete_own(comment, by=None)
    with pytest.raises(SubmissionError, match="cannot be edited"):
        editing.change(comment, text="Otherwise", by=None)


def test_a_comment_is_changed_ten_times_at_most(article: Article, write: Write) -> None:
    comment = write("Version 0")
    for number in range(1, editing.MOST + 1):
        editing.change(comment, text=f"Version {number}", by=None)
    with pytest.raises(SubmissionError, match="ten times"):
        editing.change(comment, text="Once more", by=None)


def test_the_page_says_that_a_comment_was_changed_but_not_what_it_said(
    client: Client, article: Article, write: Write
) -> None:
    comment = write("Unkind words", by=None)
    editing.change(comment, text="Kind words", by=None)
    decisions.approve(comment, by=User.objects.get(email__startswith="mina"))
    page = client.get(article.get_absolute_url()).content.decode()
    assert "edited" in page
    assert "Unkind words" not in page


def test_an_account_finds_its_comment_by_session_and_nobody_elses(
    client: Client, write: Write, ola: User, edna: User
) -> None:
    comment = write("Mine", by=ola)
    assert client.get(f"/comments/{comment.pk}/yours/").status_code == 404
    client.force_login(edna)
    assert client.get(f"/comments/{comment.pk}/yours/").status_code == 404
    client.force_login(ola)
    answer = client.get(f"/comments/{comment.pk}/yours/")
    client.post(f"{answer['Location']}change/", {"text": "Mine, changed"})
    version = comment.versions.get()
    assert (version.text, version.replaced_by) == ("Mine", ola)


@pytest.mark.parametrize("rest", ["", "change/", "again/"])
def test_the_link_to_the_comment_of_an_account_leads_to_its_session(
    client: Client, write: Write, ola: User, edna: User, rest: str
) -> None:
    comment = write("Mine", by=ola)
    link = yours(comment, rest)
    for answer in (client.get(link), client.post(link, {"text": "Not mine"})):
        if answer.status_code != 405:
            assert answer["Location"] == f"/accounts/login/?next={quote(yours(comment))}"
    client.force_login(edna)
    assert client.post(link, {"text": "Not mine"}).status_code == 404
    comment.refresh_from_db()
    assert (comment.text, comment.state) == ("Mine", "approved")
    client.force_login(ola)
    assert client.get(yours(comment)).status_code == 200


def test_an_account_finds_all_its_comments_in_a_list_that_nobody_else_sees(
    client: Client, article: Article, write: Write, ola: User, mina: User
) -> None:
    published, held = (
        write("Of mine, published", by=ola),
        write("Of mine, held", by=ola, waits=True),
    )
    decisions.reject(write("Of mine, rejected", by=ola, waits=True), by=mina)
    write("By somebody else")
    assert client.get("/comments/mine/").status_code == 302
    client.force_login(ola)
    with CaptureQueriesContext(connection) as few:
        page = client.get("/comments/mine/").content.decode()
    for words in ("published", "pending approval", "not published", "Only you see this list."):
        assert words in page
    assert "By somebody else" not in page
    assert page.count("/comments/yours/") == 3
    for number in range(5):
        write(f"More {number}", by=ola)
    with CaptureQueriesContext(connection) as many:
        client.get("/comments/mine/")
    assert len(few) == len(many)
    assert "My comments" in client.get("/accounts/profile/").content.decode()
    assert {published.user, held.user} == {ola}
