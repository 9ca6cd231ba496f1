"""Claims keep two moderators from reviewing the same comment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions, queues
from articles.comments.moderation.models import Claim
from tests import moderation
from tests.articles.comments.conftest import Write


def queue() -> "decisions.Comments":
    return Comment.objects.filter(state="held").order_by("created_at", "pk")


def test_moderators_get_different_comments(write: Write, mina: User, edna: User) -> None:
    one, two = write("One", pending=True), write("Two", pending=True)
    assert queues.claim_next(mina, queue()) == one
    assert queues.claim_next(edna, queue()) == two
    assert queues.claim_next(mina, queue()) == one


def test_a_claimed_comment_cannot_be_decided_by_another_moderator(
    write: Write, mina: User, edna: User
) -> None:
    comment = write(pending=True)
    assert queues.claim(comment, by=mina) == ""
    assert queues.claim(comment, by=edna) == "Mina Sato"
    with pytest.raises(decisions.ClaimedByOther, match="Mina Sato is reviewing this comment"):
        moderation.approve(comment, by=edna)
    assert moderation.approve(comment, by=mina)
    assert not Claim.objects.exists()


def test_a_claim_expires(write: Write, mina: User, edna: User) -> None:
    comment = write(pending=True)
    queues.claim(comment, by=mina)
    Claim.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert queues.claim(comment, by=edna) == ""
    assert queues.delete_expired_claims() == 0
    assert moderation.approve(comment, by=edna)


def test_a_new_claim_releases_the_earlier_one(write: Write, mina: User, edna: User) -> None:
    one, two = write("One", pending=True), write("Two", pending=True)
    queues.claim(one, by=mina)
    queues.claim(two, by=mina)
    assert queues.claim_next(edna, queue()) == one


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_moderators_decide_every_comment_exactly_once(
    write: Write, mina: User, edna: User
) -> None:
    for number in range(12):
        write(f"Text {number}", pending=True)

    def work(by: User) -> int:
        count = 0
        try:
            while (comment := queues.claim_next(by, queue())) is not None:
                count += moderation.approve(comment, by=by)
            return count
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(work, (mina, edna)))
    assert sum(counts) == 12
    decided = ModerationDecision.objects.filter(created_by__isnull=False).values_list(
        "comment", flat=True
    )
    assert len(decided) == len(set(decided)) == 12


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_concurrent_claims_cause_no_deadlock(write: Write, mina: User, edna: User) -> None:
    comments = [write(f"Text {number}", pending=True) for number in range(6)]

    def run(user: User, order: list[Comment]) -> None:
        try:
            for comment in order * 6:
                queues.claim(comment, by=user)
                # As after two minutes: an expired claim can be taken over.
                Claim.objects.filter(comment=comment).update(expires_at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        futures = [
            pool.submit(run, user, order)
            for user in (mina, edna)
            for order in (comments, comments[::-1])
        ]
        for future in futures:
            future.result()
