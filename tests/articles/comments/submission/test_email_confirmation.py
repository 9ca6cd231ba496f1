"""A guest's comment waits until its address is confirmed, and is looked at then as when it came."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.comments.bans import bans
from articles.comments.models import Comment
from articles.comments.notifications import commenter_emails, smtp
from articles.comments.notifications.models import Follower
from articles.comments.notifications.smtp import NotSent, Outcome
from articles.comments.screening.models import Action, Check, ScreeningRule
from articles.comments.submission import (
    editing,
    email_confirmation,
    form_tokens,
    posting,
)
from articles.editorial.models import Article
from iria.publication.models import Publication
from tests.articles.comments.conftest import Write
from tests.conftest import MailFolder


def yours(comment: Comment, rest: str = "") -> str:
    return f"/comments/yours/{form_tokens.link_to(comment)}/{rest}"


@pytest.fixture
def confirmed(db: None) -> None:
    """Guests confirm their address."""
    Publication.objects.update_or_create(pk=1, defaults={"guests_confirm_email": True})


def link_in(folder: MailFolder) -> str:
    (message,) = folder.to("teo@readers.example")
    body = message.get_body(("plain",))
    assert body
    words: list[str] = body.get_content().split()
    return next(each for each in words if "/comments/confirm/" in each)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_guests_comment_is_queued_once_the_address_is_confirmed(
    client: Client,
    article: Article,
    write: Write,
    confirmed: None,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
) -> None:
    comment = write("Is it mine?", waits=True)
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


def test_accounts_and_what_fills_the_trap_are_not_asked(
    article: Article, write: Write, confirmed: None, ola: User
) -> None:
    assert write("Mine", by=ola, waits=True).state == Comment.State.PENDING
    caught = posting.post(article, name="Bot", email="b@bots.example", text="Buy", honeypot="x")
    assert caught.state == Comment.State.SPAM


@pytest.mark.parametrize("banned_before", [True, False])
def test_who_writes_from_a_banned_network_is_held_after_confirming_too(
    article: Article, write: Write, confirmed: None, mina: User, banned_before: bool
) -> None:
    first = posting.post(
        article, name="Ana", email="ana@readers.example", text="Threats", ip_address="203.0.113.7"
    )
    ScreeningRule.objects.filter(phase__in=[Check.EVERYONE, Check.FIRST_COMMENT]).delete()
    if banned_before:
        bans.ban(first, kinds=["network"], by=mina, reason="Threats")
    again = posting.post(
        article, name="Ben", email="ben@readers.example", text="On time", ip_address="203.0.113.8"
    )
    if not banned_before:
        bans.ban(first, kinds=["network"], by=mina, reason="Threats")
    assert again.state == Comment.State.UNCONFIRMED
    editing.change(again, text="On time, nearly", by=None)
    assert email_confirmation.confirm(again)
    assert again.state == Comment.State.PENDING
    assert [each["phase"] for each in again.screening_results] == [Check.LIKENESS]


def test_what_filled_the_trap_is_held_after_confirming_where_the_trap_only_holds(
    article: Article, confirmed: None
) -> None:
    ScreeningRule.objects.exclude(phase=Check.HONEYPOT).delete()
    ScreeningRule.objects.update(action=Action.HOLD)
    caught = posting.post(article, name="Ben", email="b@bots.example", text="Buy", honeypot="x")
    assert caught.state == Comment.State.UNCONFIRMED
    email_confirmation.confirm(caught)
    assert caught.state == Comment.State.PENDING
    assert [each["phase"] for each in caught.screening_results] == [Check.HONEYPOT]


def test_the_link_of_your_comment_confirms_nothing(
    client: Client, article: Article, write: Write, confirmed: None
) -> None:
    comment = write("Not my address", waits=True)
    assert client.post(f"/comments/confirm/{form_tokens.link_to(comment)}/").status_code == 404
    assert "/mail/" in client.get(yours(comment)).content.decode()


def test_mail_that_strangers_cause_uses_up_no_question_whether_an_address_is_ones_own(
    article: Article, write: Write, confirmed: None, mail_folder: MailFolder
) -> None:
    comment = write("Is it mine?", waits=True)
    while commenter_emails.may_write_to(comment.email):
        pass
    commenter_emails.send_confirm(comment.pk)
    assert link_in(mail_folder)


@pytest.mark.parametrize("because", ["it came back", "it was asked often"])
def test_whose_address_cannot_be_asked_a_moderator_reads_and_is_told_why(
    article: Article, write: Write, confirmed: None, mail_folder: MailFolder, because: str
) -> None:
    comment = write("Is it mine?", waits=True)
    if because == "it came back":
        Follower.objects.create(
            email=comment.email, suppressed_at=timezone.now(), suppression_reason="550 5.1.1"
        )
    else:
        while commenter_emails.may_ask(comment.email):
            pass
    commenter_emails.send_confirm(comment.pk)
    comment.refresh_from_db()
    row = comment.moderations.first()
    assert row
    assert comment.state == row.decision == Comment.State.PENDING
    assert "not confirmed" in row.reason
    assert not mail_folder.all()


def test_what_nobody_confirmed_is_gone_after_a_week(
    article: Article, write: Write, confirmed: None
) -> None:
    write("Never confirmed", waits=True)
    assert email_confirmation.delete_unconfirmed() == 0
    Comment.objects.update(confirmation_sent_at=timezone.now() - timedelta(days=8))
    assert email_confirmation.delete_unconfirmed() == 1
    assert not Comment.objects.exists()


def test_a_comment_whose_mail_may_not_have_arrived_is_a_moderators_and_never_lost(
    article: Article, write: Write, confirmed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = write("Is it mine?", waits=True)
    monkeypatch.setattr(smtp, "send", lambda *a, **k: Outcome.DEFERRED)
    with pytest.raises(NotSent):
        commenter_emails.send_confirm(comment.pk)
    assert email_confirmation.moderate_unreached() == 0, "the server may take it on the next try"
    Comment.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert email_confirmation.moderate_unreached() == 1
    assert email_confirmation.delete_unconfirmed() == 0
    other = write("And this?", waits=True)
    monkeypatch.setattr(smtp, "send", lambda *a, **k: Outcome.UNCERTAIN)
    commenter_emails.send_confirm(other.pk)
    reasons = [each.moderations.first().reason for each in Comment.objects.order_by("pk")]  # type: ignore[union-attr]
    assert reasons == [
        "E-mail address not confirmed: no e-mail could be sent to it.",
        "E-mail address not confirmed: the confirmation e-mail may not have arrived.",
    ]
    assert email_confirmation.confirm(other) is False
    assert other.email_confirmed_at is not None, "the mail had arrived after all"


def test_whoever_waits_for_the_mail_gets_it_again_three_times_an_hour(
    client: Client, article: Article, write: Write, confirmed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = write("Is it mine?", waits=True)
    asked: list[int] = []
    monkeypatch.setattr(
        "articles.comments.job_queue.enqueue_confirmation", lambda each: asked.append(each.pk)
    )
    assert "Send the e-mail again" in client.get(yours(comment)).content.decode()
    for _ in range(3):
        answer = client.post(yours(comment, "mail/"))
        assert answer.context["said"]
    refused = client.post(yours(comment, "mail/"))
    assert refused.status_code == 429
    email_confirmation.confirm(comment)
    assert client.post(yours(comment, "mail/")).status_code == 302
    assert asked == [comment.pk] * 3
