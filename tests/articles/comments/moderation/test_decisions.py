"""Decisions are logged, and concurrent ones are detected."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions
from articles.comments.submission import posting
from articles.comments.threads.builder import thread_of
from articles.editorial.models import Article
from tests.articles.comments.conftest import Write


def rows_of(comment: Comment) -> list[tuple[str, User | None, str]]:
    rows = comment.moderations.order_by("pk").select_related("created_by")
    return [(row.decision, row.created_by, row.reason) for row in rows]


def test_an_approval_is_logged_with_the_moderator(
    article: Article, write: Write, mina: User
) -> None:
    comment = write(pending=True)
    assert thread_of(article).count == 0
    assert decisions.approve(comment, by=mina)
    assert thread_of(article).count == 1
    assert rows_of(comment) == [
        (
            "held",
            None,
            "No earlier comment by this commenter was approved. Every comment is pending first.",
        ),
        ("approved", mina, ""),
    ]


def test_a_rejected_comment_is_logged_and_not_shown(
    article: Article, write: Write, mina: User
) -> None:
    comment = write("Words of an angry evening")
    decisions.reject(comment, by=mina, reason="Unkind")
    assert thread_of(article).comments == []
    assert rows_of(comment)[-1] == ("rejected", mina, "Unkind")


def test_a_repeated_decision_is_logged_and_sent_once(write: Write, mina: User) -> None:
    comment = write(pending=True)
    assert decisions.approve(comment, by=mina)
    before = count_jobs()
    assert not decisions.approve(comment, by=mina)
    assert len(rows_of(comment)) == 2
    assert count_jobs() == before


def test_a_decision_on_an_older_state_is_an_error(write: Write, mina: User, edna: User) -> None:
    comment = write(pending=True)
    older = Comment.objects.get(pk=comment.pk)
    decisions.approve(comment, by=mina)
    with pytest.raises(decisions.DecidedMeanwhile, match="Mina Sato approved this comment"):
        decisions.reject(older, by=edna)
    assert Comment.objects.get(pk=comment.pk).state == "approved"


def test_a_decision_can_be_overturned(
    article: Article, write: Write, mina: User, edna: User
) -> None:
    comment = write(pending=True)
    decisions.spam(comment, by=mina)
    decisions.approve(comment, by=edna)
    assert thread_of(article).count == 1
    assert [row[0] for row in rows_of(comment)] == ["held", "spam", "approved"]


def test_a_deleted_comment_cannot_be_approved(write: Write, mina: User) -> None:
    comment = write()
    posting.delete_own(comment, by=None)
    with pytest.raises(decisions.DecidedMeanwhile, match="The commenter deleted this comment"):
        decisions.approve(comment, by=mina)


def test_spam_sends_no_email(write: Write, mina: User) -> None:
    comment = write(pending=True)
    before = count_jobs()
    decisions.spam(comment, by=mina)
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
            both_have_read.wait(timeout=10)
            function = decisions.approve if by == mina else decisions.reject
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
            both_are_ready.wait(timeout=10)
            return posting.post(
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
