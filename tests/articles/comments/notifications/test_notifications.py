"""Followers are notified once, not too often, and only of visible comments."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuthorProfile, User
from articles.comments.notifications import follows as notifications_follows
from articles.comments.notifications import outbox, sending
from articles.comments.notifications.models import CommentNotification, Follow, Follower
from articles.comments.submission import posting
from articles.editorial.models import Article, Byline
from iria.core.mail import FolderBackend
from tests import moderation, newsroom
from tests.articles.comments.conftest import Write
from tests.articles.comments.notifications.conftest import ANA, CreateFollow, Notify, text_of
from tests.conftest import MailFolder

pytestmark = pytest.mark.django_db

QUARTER_HOUR = timedelta(minutes=15)
DAY = timedelta(days=1)


def test_a_follower_gets_the_text_of_a_comment_and_unfollow_links(
    write: Write, follows: CreateFollow, notify: Notify
) -> None:
    follow = follows()
    comment = write("It was **late**.")
    (message,) = notify(comment)
    assert message["To"] == ANA
    assert message["Subject"] == "Teo Brandt commented on “Ferries at the strait”"
    text = text_of(message)
    assert "> It was late." in text
    assert ": all comments on “Ferries at the strait”." in text
    assert f"/comments/leave/{follow.token}/" in str(message["List-Unsubscribe"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/newsletter/preferences/{follow.follower.token}/" in text
    assert f"/comments/{comment.pk}/" in text
    assert notify(comment, after=DAY) == []


def test_followers_of_a_comment_are_notified_of_replies_at_any_depth(
    write: Write, follows: CreateFollow, notify: Notify
) -> None:
    own = write("Which ferry?")
    other = write("Another matter.")
    follows(comment=own)
    reply = write("The last.", name="Ben Ode", parent=own)
    (message,) = notify(reply, write("Of no concern.", parent=other))
    assert message["Subject"] == "Ben Ode replied to you on “Ferries at the strait”"
    nested = write("Indeed.", parent=reply)
    (message,) = notify(nested, after=QUARTER_HOUR * 2)
    assert message["Subject"] == "Teo Brandt commented on “Ferries at the strait”"


def test_commenters_are_not_notified_of_their_own_comments(
    write: Write, follows: CreateFollow, notify: Notify, ola: User
) -> None:
    follows("Teo@Readers.example")
    follows(ola.email)
    assert [mail["To"] for mail in notify(write())] == [ola.email]
    assert [mail["To"] for mail in notify(write(by=ola), after=DAY)] == ["teo@readers.example"]


def test_nothing_is_sent_before_the_follow_is_confirmed(
    write: Write, follows: CreateFollow, notify: Notify
) -> None:
    follow = follows(confirmed=False)
    assert notify(write()) == []
    notifications_follows.confirm(follow)
    assert len(notify(write("Another one."))) == 1


def test_there_is_at_most_one_email_per_thread_in_fifteen_minutes(
    write: Write, follows: CreateFollow, notify: Notify
) -> None:
    own = write("Which ferry?")
    follows()
    follows(comment=own)
    assert len(notify(write("One"))) == 1
    second, third = write("Two", parent=own), write("Three")
    assert notify(second, third) == []
    assert notify(after=QUARTER_HOUR - timedelta(seconds=1)) == []
    (message,) = notify(after=QUARTER_HOUR + timedelta(minutes=2))
    assert message["Subject"] == "2 new comments on “Ferries at the strait”"
    assert "> Two" in text_of(message)
    assert "> Three" in text_of(message)


def test_many_comments_are_one_email_of_limited_size(
    write: Write, follows: CreateFollow, notify: Notify
) -> None:
    follows()
    (message,) = notify(*[write(f"{number} " + "long words " * 400) for number in range(23)])
    assert message["Subject"] == "23 new comments on “Ferries at the strait”"
    assert "3 more comments on the page." in text_of(message)
    html = message.get_body(("html",))
    assert html is not None
    assert len(html.get_content().encode()) < 102 * 1024


def test_the_interval_applies_to_each_thread(
    write: Write, follows: CreateFollow, notify: Notify
) -> None:
    other = newsroom.published("A quiet harbour")
    follows()
    follows(article=other)
    assert len(notify(write("One"), write("Two", on=other))) == 2


def test_a_comment_rejected_meanwhile_is_not_sent(
    write: Write, follows: CreateFollow, notify: Notify, mina: User
) -> None:
    follows()
    comment, other = write("Unkind words"), write("Kind words")
    outbox.create_notifications(comment.pk)
    moderation.reject(comment, by=mina)
    (message,) = notify(other)
    assert "Unkind" not in message.as_string()
    moderation.approve(comment, by=mina)
    (message,) = notify(comment, after=QUARTER_HOUR * 2)
    assert "> Unkind words" in text_of(message)


def test_a_comment_published_before_the_follow_is_not_sent_later(
    write: Write, follows: CreateFollow, notify: Notify, mina: User
) -> None:
    comment = write("From before")
    follows()
    moderation.reject(comment, by=mina)
    moderation.approve(comment, by=mina)
    assert notify(comment) == []


def test_a_comment_rejected_within_seconds_is_not_sent(
    write: Write, follows: CreateFollow, notify: Notify, mina: User
) -> None:
    follows()
    comment = write("Too soon")
    assert notify(comment, after=timedelta(seconds=10)) == []
    moderation.reject(comment, by=mina)
    assert notify() == []
    assert CommentNotification.objects.get().state == "dropped"


def test_a_deleted_comment_is_not_sent(write: Write, follows: CreateFollow, notify: Notify) -> None:
    follows()
    comment = write("Never mind")
    outbox.create_notifications(comment.pk)
    posting.delete_own(comment, by=None)
    assert notify() == []


def test_the_daily_email_has_all_comments_and_is_sent_once(
    write: Write, follows: CreateFollow, notify: Notify
) -> None:
    other = newsroom.published("A quiet harbour")
    follows(frequency="daily")
    follows(frequency="daily", article=other)
    morning = notifications_follows.next_digest(timezone.now())
    assert notify(write("One"), write("Two", on=other), write("Three")) == []
    (message,) = notify(now=morning)
    assert message["Subject"] == "3 new comments on 2 articles"
    text = text_of(message)
    assert text.index("> One") < text.index("> Three") < text.index("A quiet harbour")
    token = Follower.objects.get().token
    assert f"/comments/leave/{token}/" in str(message["List-Unsubscribe"])
    assert notify(now=morning, after=DAY) == []


def test_comments_sent_immediately_are_not_in_the_daily_email(
    write: Write, follows: CreateFollow, notify: Notify
) -> None:
    own = write("Which ferry?")
    follows(frequency="daily")
    follows(comment=own)
    assert notify(write("For the morning")) == []
    (message,) = notify(write("An answer", parent=own))
    assert "> For the morning" in text_of(message)
    assert notify(after=DAY) == []


def test_authors_can_follow_comments_on_their_articles(
    article: Article, write: Write, notify: Notify, rui: User
) -> None:
    author = AuthorProfile.objects.create(name="Rui Tavares", slug="rui", user=rui)
    Byline.objects.create(article=article, author=author, position=0)
    comment = write()
    assert notify(comment) == []
    follow = notifications_follows.follow(
        Follow.Kind.OWN, Follow.Frequency.IMMEDIATELY, user=rui, ask=False
    )
    notifications_follows.confirm(follow)
    elsewhere = write("Elsewhere", on=newsroom.published("A quiet harbour"))
    (message,) = notify(write("On his article"), elsewhere)
    assert message["To"] == rui.email
    assert "comments on your articles" in text_of(message)


def test_moderators_get_a_daily_email_only_if_comments_are_pending(
    write: Write, mina: User, mail_folder: MailFolder
) -> None:
    follow = notifications_follows.follow(
        Follow.Kind.QUEUE, Follow.Frequency.DAILY, user=mina, ask=False
    )
    notifications_follows.confirm(follow)
    morning = notifications_follows.next_digest(timezone.now())
    assert sending.send_digests(morning) == 0
    write("Waits", pending=True)
    assert sending.send_digests(morning - timedelta(hours=1)) == 0
    assert sending.send_digests(morning + timedelta(hours=1)) == 0
    assert sending.send_digests(morning + DAY) == 1
    (message,) = mail_folder.all()
    assert message["Subject"] == "1 pending comment – Our publication"
    assert "One comment pending." in text_of(message)
    assert "pending comments" in text_of(message)


def test_an_email_claimed_by_a_killed_worker_is_not_sent_again(
    write: Write, follows: CreateFollow, notify: Notify
) -> None:
    follow = follows()
    outbox.create_notifications(write().pk)
    now = timezone.now() + timedelta(minutes=1)
    assert outbox.claim(follow.follower_id, now)
    assert notify(after=timedelta(hours=1)) == []
    assert outbox.mark_uncertain(now + timedelta(hours=1)) == 1
    assert notify(after=timedelta(hours=2)) == []
    assert CommentNotification.objects.get().state == "uncertain"


def test_an_unreachable_mail_server_only_delays_an_email(
    write: Write, follows: CreateFollow, notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_connection(backend: FolderBackend) -> None:
        raise ConnectionRefusedError

    follows()
    with monkeypatch.context() as patched:
        patched.setattr(FolderBackend, "open", refuse_connection)
        assert notify(write()) == []
    assert notify(after=timedelta(minutes=2)) == []
    assert len(notify(after=timedelta(minutes=12))) == 1


def test_a_broken_connection_does_not_send_an_email_twice(
    write: Write, follows: CreateFollow, notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disconnect(backend: FolderBackend, messages: Any) -> int:
        raise SMTPServerDisconnected

    follows()
    with monkeypatch.context() as patched:
        patched.setattr(FolderBackend, "send_messages", disconnect)
        assert notify(write()) == []
    assert notify(after=DAY) == []


def test_an_address_that_bounced_is_suppressed(
    write: Write, follows: CreateFollow, notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(backend: FolderBackend, messages: Any) -> int:
        raise SMTPRecipientsRefused({ANA: (550, b"5.1.1 no such mailbox")})

    follow = follows()
    with monkeypatch.context() as patched:
        patched.setattr(FolderBackend, "send_messages", refuse)
        notify(write())
    follower = Follower.objects.get()
    assert follower.suppression_reason == "550 5.1.1 no such mailbox"
    assert notify(write("Another one"), after=DAY) == []
    notifications_follows.confirm(follow)
    assert len(notify(write("A third"), after=DAY)) == 1


def test_every_follower_with_due_mail_is_found(article: Article, write: Write) -> None:
    follow_by_many(article, 1001)
    outbox.create_notifications(write().pk)
    due = outbox.followers_with_due_mail(timezone.now() + DAY)
    assert sorted(due) == sorted(Follower.objects.values_list("pk", flat=True))


def test_the_notifications_of_many_followers_take_one_statement(
    article: Article, write: Write, django_assert_max_num_queries: Any
) -> None:
    follow_by_many(article, 1000)
    comment = write()
    with django_assert_max_num_queries(3):
        assert outbox.create_notifications(comment.pk) == 1000


def follow_by_many(article: Article, number: int) -> None:
    """Daily."""
    followers = Follower.objects.bulk_create(
        Follower(email=f"reader-{each}@readers.example") for each in range(number)
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


def test_old_follows_are_deleted(write: Write, follows: CreateFollow) -> None:
    unconfirmed, ended = follows(confirmed=False), follows("bo@readers.example")
    kept = follows("cleo@readers.example")
    notifications_follows.end(ended)
    old = timezone.now() - timedelta(days=40)
    Follow.objects.update(created_at=old)
    Follow.objects.filter(pk=ended.pk).update(unfollowed_at=old)
    Follower.objects.update(created_at=old)
    notifications_follows.delete_old()
    assert list(Follow.objects.all()) == [kept]
    assert list(Follower.objects.all()) == [kept.follower]
    assert unconfirmed.pk
