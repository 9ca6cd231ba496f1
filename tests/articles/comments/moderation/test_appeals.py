"""The commenter of a rejected comment can appeal once."""

import pytest

from accounts.models import User
from articles.comments.moderation import appeals, decisions
from articles.comments.moderation.dashboard import pending_items
from articles.comments.moderation.models import Appeal
from articles.comments.submission import posting
from tests.articles.comments.conftest import Write


def test_the_comment_stays_rejected_until_a_moderator_decides(
    write: Write, mina: User, edna: User
) -> None:
    comment = write(pending=True)
    decisions.reject(comment, by=mina)
    appeals.ask(comment, text="It was meant as a joke.")
    comment.refresh_from_db()
    assert comment.state == "rejected"
    assert decisions.approve(comment, by=edna)
    appeal = Appeal.objects.get()
    assert appeal.outcome == "granted"
    assert appeal.decision
    assert appeal.decision.created_by == edna


def test_a_second_rejection_closes_the_appeal_and_is_logged(
    write: Write, mina: User, edna: User
) -> None:
    comment = write(pending=True)
    decisions.reject(comment, by=mina)
    assert not decisions.reject(comment, by=edna)
    appeals.ask(comment)
    assert decisions.reject(comment, by=edna, reason="Still unkind")
    assert Appeal.objects.get().outcome == "kept"
    assert comment.moderations.count() == 3


def test_a_comment_has_only_one_appeal(write: Write, mina: User) -> None:
    comment = write(pending=True)
    decisions.reject(comment, by=mina)
    assert appeals.ask(comment) == appeals.ask(comment, text="Once more")
    decisions.reject(comment, by=mina)
    assert not appeals.may_appeal(comment)
    with pytest.raises(appeals.AppealError, match="already"):
        appeals.ask(comment)


def test_only_rejected_comments_can_be_appealed(write: Write) -> None:
    with pytest.raises(appeals.AppealError, match="not rejected"):
        appeals.ask(write())


@pytest.mark.parametrize("text", ["w" * 1001, "with\x00in it"])
def test_an_invalid_text_is_an_error_and_an_appeal_stays_possible(
    write: Write, mina: User, text: str
) -> None:
    comment = write(pending=True)
    decisions.reject(comment, by=mina)
    with pytest.raises(appeals.AppealError):
        appeals.ask(comment, text=text)
    assert appeals.may_appeal(comment)


def test_deleting_the_comment_closes_the_appeal(write: Write, mina: User) -> None:
    comment = write(pending=True)
    decisions.reject(comment, by=mina)
    appeals.ask(comment)
    posting.delete_own(comment, by=None)
    assert Appeal.objects.get().outcome == "gone"


def test_a_pending_appeal_is_on_the_dashboard(write: Write, mina: User) -> None:
    comment = write(pending=True)
    decisions.reject(comment, by=mina)
    appeals.ask(comment, text="It was a joke.")
    (item,) = pending_items(mina)
    assert (item.label, item.count) == ("One appeal", 1)
    assert item.url.endswith("?queue=asked")
