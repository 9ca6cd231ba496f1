"""A decision can be undone within seconds by its author; both are logged."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from articles.comments.flags import flagging
from articles.comments.flags.models import Flag
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import appeals, decisions, queues
from articles.comments.moderation.models import Appeal
from articles.comments.notifications.commenter_emails import send_decided
from articles.comments.screening.models import ScreeningRule
from tests.articles.comments.conftest import Write
from tests.conftest import MailFolder


def latest(comment: Comment) -> ModerationDecision:
    row = comment.moderations.first()
    assert row
    return row


def test_undo_restores_the_state_and_logs_both_decisions(write: Write, mina: User) -> None:
    comment = write(pending=True)
    decisions.reject(comment, by=mina, reason="Off the subject")
    assert decisions.undo([latest(comment)], by=mina) == 1
    comment.refresh_from_db()
    assert comment.state == "held"
    assert [row.decision for row in comment.moderations.order_by("pk")] == [
        "held",
        "rejected",
        "held",
    ]


def test_a_repeated_undo_changes_nothing(write: Write, mina: User) -> None:
    comment = write(pending=True)
    decisions.approve(comment, by=mina)
    row = latest(comment)
    decisions.undo([row], by=mina)
    assert decisions.undo([row], by=mina) == 0
    assert comment.moderations.count() == 3


def test_decisions_of_others_and_old_ones_cannot_be_undone(
    write: Write, mina: User, edna: User
) -> None:
    comment = write(pending=True)
    decisions.approve(comment, by=mina)
    with pytest.raises(decisions.UndoExpired, match="your own"):
        decisions.undo([latest(comment)], by=edna)
    ModerationDecision.objects.update(created_at=timezone.now() - timedelta(seconds=16))
    with pytest.raises(decisions.UndoExpired):
        decisions.undo([latest(comment)], by=mina)
    comment.refresh_from_db()
    assert comment.state == "approved"


def test_a_decision_cannot_be_undone_after_a_later_one(
    write: Write, mina: User, edna: User
) -> None:
    comment = write(pending=True)
    decisions.approve(comment, by=mina)
    row = latest(comment)
    decisions.reject(comment, by=edna)
    with pytest.raises(decisions.UndoExpired):
        decisions.undo([row], by=mina)


def test_undo_reopens_reports_and_appeals(write: Write, mina: User) -> None:
    comment = write()
    flagging.report(comment, reason="insult", ip_address="203.0.113.9")
    decisions.reject(comment, by=mina)
    decisions.undo([latest(comment)], by=mina)
    assert Flag.objects.pending().count() == 1
    comment.refresh_from_db()
    decisions.reject(comment, by=mina)
    appeals.ask(comment, text="Please read it again.")
    decisions.approve(comment, by=mina)
    decisions.undo([latest(comment)], by=mina)
    assert Appeal.objects.pending().count() == 1


def test_no_email_is_sent_about_an_undone_decision(
    write: Write, mina: User, mail_folder: MailFolder
) -> None:
    comment = write(pending=True)
    decisions.reject(comment, by=mina)
    row = latest(comment)
    decisions.undo([row], by=mina)
    decisions.reject(Comment.objects.get(), by=mina)
    send_decided(row.pk)
    assert mail_folder.all() == []
    send_decided(latest(comment).pk)
    assert len(mail_folder.all()) == 1


def test_featuring_is_logged_and_can_be_undone(write: Write, mina: User) -> None:
    comment = write()
    row = decisions.feature(comment, by=mina)
    assert row
    assert decisions.feature(comment, by=mina) is None
    decisions.undo([row], by=mina)
    comment.refresh_from_db()
    assert (comment.state, comment.featured) == ("approved", False)
    assert [each.featured for each in comment.moderations.order_by("pk")] == [
        None,
        None,
        True,
        False,
    ]


def test_only_approved_comments_can_be_featured(write: Write, mina: User) -> None:
    with pytest.raises(decisions.DecidedMeanwhile):
        decisions.feature(write(pending=True), by=mina)


def test_an_undone_decision_does_not_count_as_a_review(write: Write, mina: User) -> None:
    ScreeningRule.objects.update(active=False)
    comment = write(pending=True)
    row = decisions.decide(comment, Comment.State.SPAM, by=mina)
    assert row
    assert queues.counts()["new"] == 0
    decisions.undo([row], by=mina)
    assert queues.counts()["new"] == 1
    comment.refresh_from_db()
    assert decisions.approve(comment, by=mina)
    assert queues.counts()["new"] == 0


def test_undoing_a_feature_keeps_the_earlier_review(write: Write, mina: User) -> None:
    comment = write()
    row = decisions.feature(comment, by=mina)
    assert row
    decisions.undo([row], by=mina)
    assert queues.counts()["new"] == 0


def test_polled_counts_are_cached_for_some_seconds(
    write: Write, client: Client, mina: User
) -> None:
    client.force_login(mina)
    url = "/admin/articles/comment/live/?queue=held&shown="
    write(pending=True)
    assert client.get(url).json()["counts"]["held"] == 1
    other = write("Another", pending=True)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).json()["counts"]["held"] == 1
    assert not [each for each in queries if "GROUP BY" in each["sql"]]
    decide = f"/admin/articles/comment/{other.pk}/decide/"
    data = client.post(decide, {"verb": "spam"}, headers={"Accept": "application/json"}).json()
    assert (data["counts"]["held"], data["counts"]["spam"]) == (1, 1)
    assert client.get(url).json()["counts"]["spam"] == 1, "the counts include one's own decision"
