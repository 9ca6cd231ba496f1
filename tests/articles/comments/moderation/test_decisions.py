"""Decisions are logged, and concurrent ones are detected."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions, flagging, queues
from articles.comments.moderation.models import Appeal, Flag
from articles.comments.notifications.sending import send_decided
from articles.comments.screening.models import ScreeningRule
from articles.comments.submission import posting
from articles.comments.threads import thread_of
from articles.editorial.models import Article
from tests import commenting, moderation
from tests.articles.comments.conftest import Write
from tests.conftest import MailFolder


def rows_of(comment: Comment) -> list[tuple[str, User | None, str]]:
    rows = comment.moderations.order_by("pk").select_related("created_by")
    return [(row.decision, row.created_by, row.reason) for row in rows]


def test_an_approval_is_logged_with_the_moderator(
    article: Article, write: Write, mina: User
) -> None:
    comment = write(pending=True)
    assert thread_of(article).count == 0
    assert moderation.approve(comment, by=mina)
    assert thread_of(article).count == 1
    assert rows_of(comment) == [
        (
            "held",
            None,
            "No earlier comment by this commenter was approved. Every comment is pending first.",
        ),
        ("approved", mina, ""),
    ]


def test_a_repeated_decision_is_logged_and_sent_once(write: Write, mina: User) -> None:
    comment = write(pending=True)
    assert moderation.approve(comment, by=mina)
    before = count_jobs()
    assert not moderation.approve(comment, by=mina)
    assert len(rows_of(comment)) == 2
    assert count_jobs() == before


def test_a_decision_on_an_older_state_is_an_error(write: Write, mina: User, edna: User) -> None:
    comment = write(pending=True)
    older = Comment.objects.get(pk=comment.pk)
    moderation.approve(comment, by=mina)
    with pytest.raises(decisions.DecidedMeanwhile, match="Mina Sato approved this comment"):
        moderation.reject(older, by=edna)
    assert Comment.objects.get(pk=comment.pk).state == "approved"


def test_a_decision_can_be_overturned(
    article: Article, write: Write, mina: User, edna: User
) -> None:
    comment = write(pending=True)
    moderation.spam(comment, by=mina)
    moderation.approve(comment, by=edna)
    assert thread_of(article).count == 1
    assert [row[0] for row in rows_of(comment)] == ["held", "spam", "approved"]


def test_a_deleted_comment_cannot_be_approved(write: Write, mina: User) -> None:
    comment = write()
    posting.delete_own(comment, by=None)
    with pytest.raises(decisions.DecidedMeanwhile, match="The commenter deleted this comment"):
        moderation.approve(comment, by=mina)


def test_spam_sends_no_email(write: Write, mina: User) -> None:
    comment = write(pending=True)
    before = count_jobs()
    moderation.spam(comment, by=mina)
    assert count_jobs() == before


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_only_one_of_two_concurrent_decisions_is_saved(
    mina: User, edna: User, write: Write
) -> None:
    comment = write(pending=True)
    both_have_read = Barrier(2)

    def decide(by: User) -> bool:
        try:
            seen = Comment.objects.get(pk=comment.pk)
            both_have_read.wait(timeout=60)
            function = moderation.approve if by == mina else moderation.reject
            return function(seen, by=by)
        except decisions.DecidedMeanwhile:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(decide, (mina, edna)))
    assert sorted(outcomes) == [False, True]
    assert ModerationDecision.objects.filter(comment=comment, created_by__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_form_in_two_concurrent_requests_is_one_comment(article: Article) -> None:
    form_id, both_are_ready = uuid4(), Barrier(2)

    def send(_: int) -> int:
        try:
            both_are_ready.wait(timeout=60)
            return commenting.post(
                article,
                name="Teo Brandt",
                email="teo@readers.example",
                text="Impatient",
                form_id=form_id,
            ).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        pks = set(pool.map(send, range(2)))
    assert len(pks) == 1
    assert Comment.objects.count() == 1
    assert ModerationDecision.objects.count() == 1


def count_jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'comments.%%'")
        return int(cursor.fetchone()[0])


def latest(comment: Comment) -> ModerationDecision:
    row = comment.moderations.first()
    assert row
    return row


def test_undo_restores_the_state_and_logs_both_decisions(write: Write, mina: User) -> None:
    comment = write(pending=True)
    moderation.reject(comment, by=mina, reason="Off the subject")
    assert decisions.undo([latest(comment)], by=mina) == 1
    comment.refresh_from_db()
    assert comment.state == "held"
    assert [row.decision for row in comment.moderations.order_by("pk")] == [
        "held",
        "rejected",
        "held",
    ]


@pytest.mark.parametrize("state", ["held", "approved", "spam"])
def test_a_first_decision_is_undone_although_the_log_lacks_the_state_before_it(
    write: Write, mina: User, state: str
) -> None:
    comment = write(pending=True)
    comment.moderations.all().delete()
    Comment.objects.update(state=state)
    comment.refresh_from_db()
    moderation.reject(comment, by=mina)
    row = latest(comment)
    assert [decisions.undo([row], by=mina), decisions.undo([row], by=mina)] == [1, 0]
    comment.refresh_from_db()
    assert comment.state == state


def test_featuring_a_comment_without_a_decision_can_be_undone(write: Write, mina: User) -> None:
    comment = write()
    comment.moderations.all().delete()
    row = decisions.feature(comment, by=mina)
    assert row
    assert decisions.undo([row], by=mina) == 1


def test_undo_restores_the_state_of_the_last_import(write: Write, mina: User) -> None:
    comment = write()
    Comment.objects.update(state="held")
    comment.refresh_from_db()
    moderation.reject(comment, by=mina)
    decisions.undo([latest(comment)], by=mina)
    comment.refresh_from_db()
    assert comment.state == "held"


def test_decisions_of_others_and_old_ones_cannot_be_undone(
    write: Write, mina: User, edna: User
) -> None:
    comment = write(pending=True)
    moderation.approve(comment, by=mina)
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
    moderation.approve(comment, by=mina)
    row = latest(comment)
    moderation.reject(comment, by=edna)
    with pytest.raises(decisions.UndoExpired):
        decisions.undo([row], by=mina)


def test_undo_reopens_reports_and_appeals(write: Write, mina: User) -> None:
    comment = write()
    flagging.save_report(comment, reason="insult", ip_address="203.0.113.9")
    moderation.reject(comment, by=mina)
    decisions.undo([latest(comment)], by=mina)
    assert Flag.objects.pending().count() == 1
    comment.refresh_from_db()
    moderation.reject(comment, by=mina)
    decisions.appeal(comment, text="Please read it again.")
    moderation.approve(comment, by=mina)
    decisions.undo([latest(comment)], by=mina)
    assert Appeal.objects.pending().count() == 1


def test_no_email_is_sent_about_an_undone_decision(
    write: Write, mina: User, mail_folder: MailFolder
) -> None:
    comment = write(pending=True)
    moderation.reject(comment, by=mina)
    row = latest(comment)
    decisions.undo([row], by=mina)
    moderation.reject(Comment.objects.get(), by=mina)
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
    assert moderation.approve(comment, by=mina)
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
    data = client.post(decide, {"decision": "spam"}, headers={"Accept": "application/json"}).json()
    assert (data["counts"]["held"], data["counts"]["spam"]) == (1, 1)
    assert client.get(url).json()["counts"]["spam"] == 1, "the counts include one's own decision"
