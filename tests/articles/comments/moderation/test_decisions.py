"""Every decision is a row, and two moderators decide once."""

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


def test_a_comment_waits_and_is_approved_by_name(
    article: Article, write: Write, mina: User
) -> None:
    comment = write(waits=True)
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


def test_a_rejected_comment_leaves_a_trace_but_no_words_on_the_page(
    article: Article, write: Write, mina: User
) -> None:
    comment = write("Words of an angry evening")
    decisions.reject(comment, by=mina, reason="Unkind")
    assert thread_of(article).comments == []
    assert rows_of(comment)[-1] == ("rejected", mina, "Unkind")


def test_deciding_the_same_twice_is_one_row_and_one_mail(write: Write, mina: User) -> None:
    comment = write(waits=True)
    assert decisions.approve(comment, by=mina)
    before = mails_waiting()
    assert not decisions.approve(comment, by=mina)
    assert len(rows_of(comment)) == 2
    assert mails_waiting() == before


def test_whoever_looked_at_an_older_state_is_told_who_was_first(
    write: Write, mina: User, edna: User
) -> None:
    comment = write(waits=True)
    as_edna_saw_it = Comment.objects.get(pk=comment.pk)
    decisions.approve(comment, by=mina)
    with pytest.raises(decisions.DecidedMeanwhile, match="Mina Sato approved this comment"):
        decisions.reject(as_edna_saw_it, by=edna)
    assert Comment.objects.get(pk=comment.pk).state == "approved"


def test_a_decision_can_be_overturned_by_whoever_knows_it(
    article: Article, write: Write, mina: User, edna: User
) -> None:
    comment = write(waits=True)
    decisions.spam(comment, by=mina)
    decisions.approve(comment, by=edna)
    assert thread_of(article).count == 1
    assert [row[0] for row in rows_of(comment)] == ["held", "spam", "approved"]


def test_what_its_writer_took_back_stays_back(write: Write, mina: User) -> None:
    comment = write()
    posting.delete_own(comment, by=None)
    with pytest.raises(decisions.DecidedMeanwhile, match="The commenter deleted this comment"):
        decisions.approve(comment, by=mina)


def test_spam_gets_no_mail(write: Write, mina: User) -> None:
    comment = write(waits=True)
    before = mails_waiting()
    decisions.spam(comment, by=mina)
    assert mails_waiting() == before


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_moderators_at_once_decide_once(mina: User, edna: User, write: Write) -> None:
    comment = write(waits=True)
    both_have_read_it = Barrier(2)

    def decide(by: User) -> bool:
        try:
            seen = Comment.objects.get(pk=comment.pk)
            both_have_read_it.wait(timeout=10)
            verb = decisions.approve if by == mina else decisions.reject
            return verb(seen, by=by)
        except decisions.DecidedMeanwhile:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(decide, (mina, edna)))
    assert sorted(outcomes) == [False, True]
    assert ModerationDecision.objects.filter(comment=comment, created_by__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_form_sent_by_two_requests_at_once_is_one_comment(article: Article) -> None:
    form_id, both_are_here = uuid4(), Barrier(2)

    def send(_: int) -> int:
        try:
            both_are_here.wait(timeout=10)
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
        kept = set(pool.map(send, range(2)))
    assert len(kept) == 1
    assert Comment.objects.count() == 1
    assert ModerationDecision.objects.count() == 1


def mails_waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'comments.%%'")
        return int(cursor.fetchone()[0])
