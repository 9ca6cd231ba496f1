"""A decision is taken back within seconds, by whoever made it, and the log tells both."""

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
from articles.comments.moderation import appeals, decisions, queues, undo
from articles.comments.moderation.models import Appeal
from articles.comments.notifications.commenter_emails import send_decided
from articles.comments.screening.models import ScreeningRule
from tests.articles.comments.conftest import Write
from tests.conftest import MailFolder


def latest(comment: Comment) -> ModerationDecision:
    row = comment.moderations.first()
    assert row
    return row


def test_it_is_as_before_and_both_rows_stand_in_the_log(write: Write, mina: User) -> None:
    comment = write(waits=True)
    decisions.reject(comment, by=mina, reason="Off the subject")
    assert undo.undo([latest(comment)], by=mina) == 1
    comment.refresh_from_db()
    assert comment.state == "held"
    assert [row.decision for row in comment.moderations.order_by("pk")] == [
        "held",
        "rejected",
        "held",
    ]


def test_an_impatient_finger_takes_back_once(write: Write, mina: User) -> None:
    comment = write(waits=True)
    decisions.approve(comment, by=mina)
    row = latest(comment)
    undo.undo([row], by=mina)
    assert undo.undo([row], by=mina) == 0
    assert comment.moderations.count() == 3


def test_nobody_takes_back_anothers_decision_or_an_old_one(
    write: Write, mina: User, edna: User
) -> None:
    comment = write(waits=True)
    decisions.approve(comment, by=mina)
    with pytest.raises(undo.UndoExpired, match="your own"):
        undo.undo([latest(comment)], by=edna)
    ModerationDecision.objects.update(created_at=timezone.now() - timedelta(seconds=16))
    with pytest.raises(undo.UndoExpired):
        undo.undo([latest(comment)], by=mina)
    comment.refresh_from_db()
    assert comment.state == "approved"


def test_what_was_decided_since_is_not_lost(write: Write, mina: User, edna: User) -> None:
    comment = write(waits=True)
    decisions.approve(comment, by=mina)
    row = latest(comment)
    decisions.reject(comment, by=edna)
    with pytest.raises(undo.UndoExpired):
        undo.undo([row], by=mina)


def test_reports_and_askings_wait_again(write: Write, mina: User) -> None:
    comment = write()
    flagging.report(comment, reason="insult", address="203.0.113.9")
    decisions.reject(comment, by=mina)
    undo.undo([latest(comment)], by=mina)
    assert Flag.objects.pending().count() == 1
    comment.refresh_from_db()
    decisions.reject(comment, by=mina)
    appeals.ask(comment, text="Please read it again.")
    decisions.approve(comment, by=mina)
    undo.undo([latest(comment)], by=mina)
    assert Appeal.objects.pending().count() == 1


def test_no_mail_tells_of_what_was_taken_back(
    write: Write, mina: User, mail_folder: MailFolder
) -> None:
    comment = write(waits=True)
    decisions.reject(comment, by=mina)
    row = latest(comment)
    undo.undo([row], by=mina)
    decisions.reject(Comment.objects.get(), by=mina)
    send_decided(row.pk)
    assert mail_folder.all() == []
    send_decided(latest(comment).pk)
    assert len(mail_folder.all()) == 1


def test_featuring_is_a_row_and_is_taken_back_too(write: Write, mina: User) -> None:
    comment = write()
    row = decisions.feature(comment, by=mina)
    assert row
    assert decisions.feature(comment, by=mina) is None
    undo.undo([row], by=mina)
    comment.refresh_from_db()
    assert (comment.state, comment.featured) == ("approved", False)
    assert [each.featured for each in comment.moderations.order_by("pk")] == [
        None,
        None,
        True,
        False,
    ]


def test_only_what_stands_can_be_featured(write: Write, mina: User) -> None:
    with pytest.raises(decisions.DecidedMeanwhile):
        decisions.feature(write(waits=True), by=mina)


def test_what_was_taken_back_counts_as_not_looked_at(write: Write, mina: User) -> None:
    ScreeningRule.objects.update(active=False)
    comment = write(waits=True)
    row = decisions.decide(comment, Comment.State.SPAM, by=mina)
    assert row
    assert queues.counts()["new"] == 0
    undo.undo([row], by=mina)
    assert queues.counts()["new"] == 1
    comment.refresh_from_db()
    assert decisions.approve(comment, by=mina)
    assert queues.counts()["new"] == 0


def test_a_featuring_taken_back_leaves_the_look_before_it(write: Write, mina: User) -> None:
    comment = write()
    row = decisions.feature(comment, by=mina)
    assert row
    undo.undo([row], by=mina)
    assert queues.counts()["new"] == 0


def test_desks_that_ask_again_and_again_count_once_in_some_seconds(
    write: Write, client: Client, mina: User
) -> None:
    client.force_login(mina)
    address = "/admin/articles/comment/live/?queue=held&shown="
    write(waits=True)
    assert client.get(address).json()["counts"]["held"] == 1
    other = write("Another", waits=True)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).json()["counts"]["held"] == 1
    assert not [each for each in asked if "GROUP BY" in each["sql"]]
    decide = f"/admin/articles/comment/{other.pk}/decide/"
    told = client.post(decide, {"verb": "spam"}, headers={"Accept": "application/json"}).json()
    assert (told["counts"]["held"], told["counts"]["spam"]) == (1, 1)
    assert client.get(address).json()["counts"]["spam"] == 1, "one's own deed is in them"
