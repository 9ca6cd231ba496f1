"""Who follows is told: once, not too often, and never of what is not on the page."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.notifications import (
    daily_schedule,
    fan_out,
    outbox,
    sending,
)
from articles.comments.notifications import follows as notifications_follows
from articles.comments.notifications.models import CommentNotification, Follow, Follower
from articles.comments.submission import posting
from articles.editorial.models import Article, Byline
from iria.core.mail import FolderBackend
from tests import newsroom
from tests.articles.comments.conftest import Write
from tests.articles.comments.notifications.conftest import ANA, Following, Tell, text_of
from tests.conftest import MailFolder

pytestmark = pytest.mark.django_db

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


def test_who_follows_a_thread_is_told_of_a_comment_with_its_words_and_the_way_out(
    write: Write, follows: Following, tell: Tell
) -> None:
    follow = follows()
    comment = write("It was **late**.")
    (message,) = tell(comment)
    assert message["To"] == ANA
    assert message["Subject"] == "Teo Brandt commented on “Ferries at the strait”"
    text = text_of(message)
    assert "> It was late." in text
    assert ": all comments on “Ferries at the strait”." in text
    assert f"/comments/leave/{follow.token}/" in str(message["List-Unsubscribe"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/newsletter/preferences/{follow.follower.token}/" in text
    assert f"/comments/{comment.pk}/" in text
    assert tell(comment, after=DAY) == []


def test_an_answer_is_told_to_whoever_is_answered_and_to_those_above(
    write: Write, follows: Following, tell: Tell
) -> None:
    mine = write("Which ferry?")
    other = write("Another matter.")
    follows(comment=mine)
    answer = write("The last.", name="Ben Ode", parent=mine)
    (message,) = tell(answer, write("Of no concern.", parent=other))
    assert message["Subject"] == "Ben Ode replied to you on “Ferries at the strait”"
    deeper = write("Indeed.", parent=answer)
    (message,) = tell(deeper, after=QUARTER * 2)
    assert message["Subject"] == "Teo Brandt commented on “Ferries at the strait”"


def test_nobody_is_told_of_their_own_words(
    write: Write, follows: Following, tell: Tell, ola: User
) -> None:
    follows("Teo@Readers.example")
    follows(ola.email)
    assert [mail["To"] for mail in tell(write())] == [ola.email]
    assert [mail["To"] for mail in tell(write(by=ola), after=DAY)] == ["teo@readers.example"]


def test_nothing_is_sent_before_an_address_is_confirmed(
    write: Write, follows: Following, tell: Tell
) -> None:
    follow = follows(confirmed=False)
    assert tell(write()) == []
    notifications_follows.confirm(follow)
    assert len(tell(write("Another one."))) == 1


def test_never_more_than_one_mail_about_a_thread_in_fifteen_minutes(
    write: Write, follows: Following, tell: Tell
) -> None:
    mine = write("Which ferry?")
    follows()
    follows(comment=mine)
    assert len(tell(write("One"))) == 1
    second, third = write("Two", parent=mine), write("Three")
    assert tell(second, third) == []
    assert tell(after=QUARTER - timedelta(seconds=1)) == []
    (message,) = tell(after=QUARTER + timedelta(minutes=2))
    assert message["Subject"] == "2 new comments on “Ferries at the strait”"
    assert "> Two" in text_of(message)
    assert "> Three" in text_of(message)


def test_a_storm_of_comments_is_one_mail_that_no_mail_program_cuts(
    write: Write, follows: Following, tell: Tell
) -> None:
    follows()
    (message,) = tell(*[write(f"{number} " + "long words " * 400) for number in range(23)])
    assert message["Subject"] == "23 new comments on “Ferries at the strait”"
    assert "3 more comments on the page." in text_of(message)
    html = message.get_body(("html",))
    assert html is not None
    assert len(html.get_content().encode()) < 102 * 1024


def test_another_thread_has_its_own_quarter_of_an_hour(
    write: Write, follows: Following, tell: Tell
) -> None:
    other = newsroom.published("A quiet harbour")
    follows()
    follows(article=other)
    assert len(tell(write("One"), write("Two", below=other))) == 2


def test_a_comment_that_was_rejected_meanwhile_is_in_no_mail(
    write: Write, follows: Following, tell: Tell, mina: User
) -> None:
    follows()
    comment, kept = write("Unkind words"), write("Kind words")
    fan_out.create_notifications(comment.pk)
    decisions.reject(comment, by=mina)
    (message,) = tell(kept)
    assert "Unkind" not in message.as_string()
    decisions.approve(comment, by=mina)
    (message,) = tell(comment, after=QUARTER * 2)
    assert "> Unkind words" in text_of(message)


def test_what_stood_before_somebody_followed_is_no_news_when_it_comes_back(
    write: Write, follows: Following, tell: Tell, mina: User
) -> None:
    comment = write("From before")
    follows()
    decisions.reject(comment, by=mina)
    decisions.approve(comment, by=mina)
    assert tell(comment) == []


def test_a_decision_taken_back_within_seconds_reaches_nobody(
    write: Write, follows: Following, tell: Tell, mina: User
) -> None:
    follows()
    comment = write("Too soon")
    assert tell(comment, after=timedelta(seconds=10)) == []
    decisions.reject(comment, by=mina)
    assert tell() == []
    assert CommentNotification.objects.get().state == "dropped"


def test_a_comment_that_its_writer_took_back_is_in_no_mail(
    write: Write, follows: Following, tell: Tell
) -> None:
    follows()
    comment = write("Never mind")
    fan_out.create_notifications(comment.pk)
    posting.delete_own(comment, by=None)
    assert tell() == []


def test_the_mail_of_the_day_holds_everything_and_comes_once(
    write: Write, follows: Following, tell: Tell
) -> None:
    other = newsroom.published("A quiet harbour")
    follows(frequency="daily")
    follows(frequency="daily", article=other)
    morning = daily_schedule.next_digest(timezone.now())
    assert tell(write("One"), write("Two", below=other), write("Three")) == []
    (message,) = tell(now=morning)
    assert message["Subject"] == "3 new comments on 2 articles"
    text = text_of(message)
    assert text.index("> One") < text.index("> Three") < text.index("A quiet harbour")
    token = Follower.objects.get().token
    assert f"/comments/leave/{token}/" in str(message["List-Unsubscribe"])
    assert tell(now=morning, after=DAY) == []


def test_what_was_told_at_once_is_not_told_again_in_the_morning(
    write: Write, follows: Following, tell: Tell
) -> None:
    mine = write("Which ferry?")
    follows(frequency="daily")
    follows(comment=mine)
    assert tell(write("For the morning")) == []
    (message,) = tell(write("An answer", parent=mine))
    assert "> For the morning" in text_of(message)
    assert tell(after=DAY) == []


def test_the_mail_of_the_day_keeps_the_quarter_of_an_hour_too(
    write: Write, follows: Following, tell: Tell
) -> None:
    mine = write("Which ferry?")
    follows(frequency="daily")
    follows(comment=mine)
    tell(write("An answer", parent=mine))
    fan_out.create_notifications(write("For the morning").pk)
    CommentNotification.objects.pending().update(due_at=timezone.now())
    assert tell(after=timedelta(minutes=5)) == []
    assert len(tell(after=QUARTER * 2)) == 1


def test_authors_are_told_of_comments_on_their_articles_if_they_wish(
    article: Article, write: Write, tell: Tell, rui: User
) -> None:
    author = AuthorProfile.objects.create(name="Rui Tavares", slug="rui", user=rui)
    Byline.objects.create(article=article, author=author, position=0)
    comment = write()
    assert tell(comment) == []
    made = notifications_follows.follow(
        Follow.Kind.OWN, Follow.Frequency.IMMEDIATELY, user=rui, ask=False
    )
    notifications_follows.confirm(made)
    elsewhere = write("Elsewhere", below=newsroom.published("A quiet harbour"))
    (message,) = tell(write("On his article"), elsewhere)
    assert message["To"] == rui.email
    assert "comments on your articles" in text_of(message)


def test_moderators_hear_once_a_day_what_waits_and_nothing_when_nothing_does(
    write: Write, mina: User, mail_folder: MailFolder
) -> None:
    made = notifications_follows.follow(
        Follow.Kind.QUEUE, Follow.Frequency.DAILY, user=mina, ask=False
    )
    notifications_follows.confirm(made)
    morning = daily_schedule.next_digest(timezone.now())
    assert sending.send_digests(morning) == 0
    write("Waits", waits=True)
    assert sending.send_digests(morning - timedelta(hours=1)) == 0
    assert sending.send_digests(morning + timedelta(hours=1)) == 0
    assert sending.send_digests(morning + DAY) == 1
    (message,) = mail_folder.all()
    assert message["Subject"] == "1 pending comment – Our publication"
    assert "One comment pending." in text_of(message)
    assert "pending comments" in text_of(message)


def test_a_mail_that_was_in_the_hands_of_a_killed_worker_is_not_sent_twice(
    write: Write, follows: Following, tell: Tell
) -> None:
    follow = follows()
    fan_out.create_notifications(write().pk)
    now = timezone.now() + timedelta(minutes=1)
    assert outbox.claim(follow.follower_id, now)
    assert tell(after=timedelta(hours=1)) == []
    assert outbox.mark_uncertain(now + timedelta(hours=1)) == 1
    assert tell(after=timedelta(hours=2)) == []
    assert CommentNotification.objects.get().state == "uncertain"


def test_a_mail_server_that_is_away_delays_a_mail_and_loses_none(
    write: Write, follows: Following, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(backend: FolderBackend) -> None:
        raise ConnectionRefusedError

    follows()
    with monkeypatch.context() as patched:
        patched.setattr(FolderBackend, "open", is_away)
        assert tell(write()) == []
    assert tell(after=timedelta(minutes=2)) == []
    assert len(tell(after=timedelta(minutes=12))) == 1


def test_a_connection_that_breaks_after_the_mail_was_handed_over_sends_it_once_at_most(
    write: Write, follows: Following, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(backend: FolderBackend, messages: Any) -> int:
        raise SMTPServerDisconnected

    follows()
    with monkeypatch.context() as patched:
        patched.setattr(FolderBackend, "send_messages", breaks)
        assert tell(write()) == []
    assert tell(after=DAY) == []


def test_an_address_from_which_mail_comes_back_is_written_to_no_more(
    write: Write, follows: Following, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(backend: FolderBackend, messages: Any) -> int:
        raise SMTPRecipientsRefused({ANA: (550, b"5.1.1 no such mailbox")})

    follow = follows()
    with monkeypatch.context() as patched:
        patched.setattr(FolderBackend, "send_messages", refuse)
        tell(write())
    follower = Follower.objects.get()
    assert follower.suppression_reason == "550 5.1.1 no such mailbox"
    assert tell(write("Another one"), after=DAY) == []
    notifications_follows.confirm(follow)
    assert len(tell(write("A third"), after=DAY)) == 1


def test_a_clock_that_was_set_back_holds_up_no_mail_for_long(
    write: Write, follows: Following, tell: Tell
) -> None:
    follows()
    tell(write("From tomorrow"))
    tomorrow = timezone.now() + DAY
    CommentNotification.objects.update(state_changed_at=tomorrow)
    assert len(tell(write("From today"))) == 1
    CommentNotification.objects.update(state_changed_at=timezone.now() + timedelta(minutes=5))
    assert tell(write("Too soon")) == []
    Follow.objects.update(confirmed_at=tomorrow)
    assert len(tell(write("Not from before"), after=timedelta(hours=1))) == 1


def test_a_thousand_followers_are_noted_down_in_one_statement(
    article: Article, write: Write, django_assert_max_num_queries: Any
) -> None:
    followers = Follower.objects.bulk_create(
        Follower(email=f"reader-{number}@readers.example") for number in range(1000)
    )
    Follow.objects.bulk_create(
        Follow(
            follower=each,
            kind="thread",
            article=article,
            frequency="daily",
            confirmed_at=timezone.now(),
        )
        for each in followers
    )
    comment = write()
    with django_assert_max_num_queries(3):
        assert fan_out.create_notifications(comment.pk) == 1000


def test_what_is_old_is_forgotten(write: Write, follows: Following) -> None:
    unconfirmed, left = follows(confirmed=False), follows("bo@readers.example")
    kept = follows("cleo@readers.example")
    notifications_follows.end(left)
    old = timezone.now() - timedelta(days=40)
    Follow.objects.update(created_at=old)
    Follow.objects.filter(pk=left.pk).update(unfollowed_at=old)
    Follower.objects.update(created_at=old)
    notifications_follows.erase()
    assert list(Follow.objects.all()) == [kept]
    assert list(Follower.objects.all()) == [kept.follower]
    assert unconfirmed.pk


def test_comments_from_before_an_import_are_no_news(
    article: Article, follows: Following, tell: Tell
) -> None:
    follows()
    old = posting.post(
        article,
        name="Ben Ode",
        email="b@readers.example",
        text="From long ago",
        at=timezone.now() - timedelta(days=400),
        quiet=True,
    )
    decisions.approve(old, by=None, quiet=True)
    assert tell(old) == []
    assert Comment.objects.published().count() == 1
    assert sending.send_due() == 0
