"""A rejected writer asks once for another look, and gets one."""

import pytest

from accounts.models import User
from articles.comments.moderation import appeals, decisions
from articles.comments.moderation.dashboard import pending_items
from articles.comments.moderation.models import Appeal
from articles.comments.submission import posting
from tests.articles.comments.conftest import Write


def test_it_stays_rejected_until_somebody_looks_again(write: Write, mina: User, edna: User) -> None:
    comment = write(waits=True)
    decisions.reject(comment, by=mina)
    appeals.ask(comment, text="It was meant as a joke.")
    comment.refresh_from_db()
    assert comment.state == "rejected"
    assert decisions.approve(comment, by=edna)
    appeal = Appeal.objects.get()
    assert appeal.outcome == "granted"
    assert appeal.decision
    assert appeal.decision.created_by == edna


def test_to_reject_again_answers_it_with_a_row(write: Write, mina: User, edna: User) -> None:
    comment = write(waits=True)
    decisions.reject(comment, by=mina)
    assert not decisions.reject(comment, by=edna)
    appeals.ask(comment)
    assert decisions.reject(comment, by=edna, reason="Still unkind")
    assert Appeal.objects.get().outcome == "kept"
    assert comment.moderations.count() == 3


def test_once_and_not_again(write: Write, mina: User) -> None:
    comment = write(waits=True)
    decisions.reject(comment, by=mina)
    assert appeals.ask(comment) == appeals.ask(comment, text="Once more")
    decisions.reject(comment, by=mina)
    assert not appeals.may_appeal(comment)
    with pytest.raises(appeals.AppealError, match="already"):
        appeals.ask(comment)


def test_there_must_be_something_to_ask(write: Write) -> None:
    with pytest.raises(appeals.AppealError, match="not rejected"):
        appeals.ask(write())


@pytest.mark.parametrize("words", ["w" * 1001, "with\x00in it"])
def test_words_that_cannot_be_kept_are_refused_and_asking_stays_possible(
    write: Write, mina: User, words: str
) -> None:
    comment = write(waits=True)
    decisions.reject(comment, by=mina)
    with pytest.raises(appeals.AppealError):
        appeals.ask(comment, text=words)
    assert appeals.may_appeal(comment)


def test_what_its_writer_takes_back_needs_no_answer(write: Write, mina: User) -> None:
    comment = write(waits=True)
    decisions.reject(comment, by=mina)
    appeals.ask(comment)
    posting.delete_own(comment, by=None)
    assert Appeal.objects.get().outcome == "gone"


def test_whoever_asks_waits_on_the_first_page_of_the_desk(write: Write, mina: User) -> None:
    comment = write(waits=True)
    decisions.reject(comment, by=mina)
    appeals.ask(comment, text="It was a joke.")
    (waiting,) = pending_items(mina)
    assert (waiting.label, waiting.count) == ("One appeal", 1)
    assert waiting.url.endswith("?queue=asked")
