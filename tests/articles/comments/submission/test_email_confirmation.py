"""A guest's comment is screened again once the e-mail address is confirmed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import bans, decisions
from articles.comments.notifications import outbox, sending
from articles.comments.notifications.models import Follower
from articles.comments.notifications.outbox import NotSent, Outcome
from articles.comments.screening.models import Action, Check, ScreeningRule
from articles.comments.submission import links, posting
from articles.editorial.models import Article
from iria.publication.models import Publication
from tests import commenting
from tests.articles.comments.conftest import Write
from tests.conftest import MailFolder
from tests.queued_jobs import Queued


def status_url(comment: Comment, path: str = "") -> str:
    return f"/comments/yours/{links.link_to(comment)}/{path}"


@pytest.fixture
def guests_confirm(db: None) -> None:
    """Turns on the confirmation of guests' addresses."""
    Publication.objects.update_or_create(pk=1, defaults={"guests_confirm_email": True})


def link_in(folder: MailFolder) -> str:
    (message,) = folder.to("teo@readers.example")
    body = message.get_body(("plain",))
    assert body
    parts: list[str] = body.get_content().split()
    return next(each for each in parts if "/comments/confirm/" in each)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_guests_comment_is_pending_once_the_address_is_confirmed(
    client: Client,
    article: Article,
    write: Write,
    guests_confirm: None,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
) -> None:
    comment = write("Is it mine?", pending=True)
    assert comment.state == Comment.State.UNCONFIRMED
    assert not Comment.objects.pending().exists()
    jobs()
    path = "/comments/" + link_in(mail_folder).partition("/comments/")[2]
    assert "Is it mine?" in client.get(path).content.decode()
    assert Comment.objects.get().state == Comment.State.UNCONFIRMED
    assert client.post(path).status_code == 302
    assert Comment.objects.get().state == Comment.State.PENDING
    assert client.post(path).status_code == 302
    decisions = list(comment.moderations.values_list("decision", flat=True))
    assert decisions == ["held", "unconfirmed"]


def test_accounts_and_bots_get_no_confirmation_email(
    article: Article, write: Write, guests_confirm: None, ola: User
) -> None:
    assert write("Mine", by=ola, pending=True).state == Comment.State.PENDING
    caught = commenting.post(article, name="Bot", email="b@bots.example", text="Buy", honeypot="x")
    assert caught.state == Comment.State.SPAM


@pytest.mark.parametrize("banned_before", [True, False])
def test_a_banned_network_is_held_after_the_confirmation_too(
    article: Article, write: Write, guests_confirm: None, mina: User, banned_before: bool
) -> None:
    first = commenting.post(
        article, name="Ana", email="ana@readers.example", text="Threats", ip_address="203.0.113.7"
    )
    ScreeningRule.objects.filter(phase__in=[Check.EVERYONE, Check.FIRST_COMMENT]).delete()
    if banned_before:
        bans.ban(first, kinds=["network"], by=mina, reason="Threats")
    again = commenting.post(
        article, name="Ben", email="ben@readers.example", text="On time", ip_address="203.0.113.8"
    )
    if not banned_before:
        bans.ban(first, kinds=["network"], by=mina, reason="Threats")
    assert again.state == Comment.State.UNCONFIRMED
    posting.edit_own(again, text="On time, nearly", by=None)
    assert posting.confirm_email(again)
    assert again.state == Comment.State.PENDING
    assert [each["phase"] for each in again.screening_results] == [Check.LIKENESS]


def test_the_honeypot_finding_still_counts_after_the_confirmation(
    article: Article, guests_confirm: None
) -> None:
    ScreeningRule.objects.exclude(phase=Check.HONEYPOT).delete()
    ScreeningRule.objects.update(action=Action.HOLD)
    caught = commenting.post(article, name="Ben", email="b@bots.example", text="Buy", honeypot="x")
    assert caught.state == Comment.State.UNCONFIRMED
    posting.confirm_email(caught)
    assert caught.state == Comment.State.PENDING
    assert [each["phase"] for each in caught.screening_results] == [Check.HONEYPOT]


def test_the_status_link_does_not_confirm_the_address(
    client: Client, article: Article, write: Write, guests_confirm: None
) -> None:
    comment = write("Not my address", pending=True)
    assert client.post(f"/comments/confirm/{links.link_to(comment)}/").status_code == 404
    assert "/mail/" in client.get(status_url(comment)).content.decode()


def test_confirmation_emails_have_a_limit_of_their_own(
    article: Article, write: Write, guests_confirm: None, mail_folder: MailFolder
) -> None:
    comment = write("Is it mine?", pending=True)
    while sending.may_send(comment.email):
        pass
    sending.send_confirm(comment.pk)
    assert link_in(mail_folder)


@pytest.mark.parametrize("reason", ["bounced", "too many e-mails"])
def test_a_comment_is_pending_if_no_confirmation_email_can_be_sent(
    article: Article, write: Write, guests_confirm: None, mail_folder: MailFolder, reason: str
) -> None:
    comment = write("Is it mine?", pending=True)
    if reason == "bounced":
        Follower.objects.create(
            email=comment.email, suppressed_at=timezone.now(), suppression_reason="550 5.1.1"
        )
    else:
        while sending.may_send_confirmation(comment.email):
            pass
    sending.send_confirm(comment.pk)
    comment.refresh_from_db()
    row = comment.moderations.first()
    assert row
    assert comment.state == row.decision == Comment.State.PENDING
    assert "not confirmed" in row.reason
    assert not mail_folder.all()


def test_unconfirmed_comments_are_deleted_after_a_week(
    article: Article, write: Write, guests_confirm: None
) -> None:
    write("Never confirmed", pending=True)
    assert posting.delete_unconfirmed() == 0
    Comment.objects.update(confirmation_sent_at=timezone.now() - timedelta(days=8))
    assert posting.delete_unconfirmed() == 1
    assert not Comment.objects.exists()


def test_an_unconfirmed_comment_with_replies_is_pending_not_deleted(
    article: Article, write: Write, guests_confirm: None, mina: User
) -> None:
    comment = write("Never confirmed", pending=True)
    row = decisions.decide(comment, Comment.State.APPROVED, by=mina)
    write("A reply", parent=comment)
    assert row
    decisions.undo([row], by=mina)
    write("Never confirmed either", pending=True)
    Comment.objects.update(confirmation_sent_at=timezone.now() - timedelta(days=8))
    assert posting.delete_unconfirmed() == 1
    comment.refresh_from_db()
    assert comment.state == Comment.State.PENDING


def test_a_comment_is_pending_if_its_email_may_not_have_arrived(
    article: Article, write: Write, guests_confirm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = write("Is it mine?", pending=True)
    monkeypatch.setattr(outbox, "send_email", lambda *a, **k: Outcome.DEFERRED)
    with pytest.raises(NotSent):
        sending.send_confirm(comment.pk)
    assert posting.moderate_unreached() == 0, "the next attempt may succeed"
    Comment.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert posting.moderate_unreached() == 1
    assert posting.delete_unconfirmed() == 0
    other = write("And this?", pending=True)
    monkeypatch.setattr(outbox, "send_email", lambda *a, **k: Outcome.UNCERTAIN)
    sending.send_confirm(other.pk)
    reasons = [each.moderations.first().reason for each in Comment.objects.order_by("pk")]  # type: ignore[union-attr]
    assert reasons == [
        "E-mail address not confirmed: no e-mail could be sent to it.",
        "E-mail address not confirmed: the confirmation e-mail may not have arrived.",
    ]
    assert posting.confirm_email(other) is False
    assert other.email_confirmed_at is not None, "the e-mail had arrived after all"


def test_the_confirmation_email_can_be_resent_three_times_an_hour(
    client: Client,
    article: Article,
    write: Write,
    guests_confirm: None,
    queued: Queued,
) -> None:
    comment = write("Is it mine?", pending=True)
    assert "Send the e-mail again" in client.get(status_url(comment)).content.decode()
    for _ in range(3):
        response = client.post(status_url(comment, "mail/"))
        assert response.context["said"]
    response = client.post(status_url(comment, "mail/"))
    assert response.status_code == 429
    posting.confirm_email(comment)
    assert client.post(status_url(comment, "mail/")).status_code == 302
    assert queued("comments.confirm") == [comment.pk] * 4
