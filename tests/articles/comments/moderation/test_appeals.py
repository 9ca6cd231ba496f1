"""The commenter of a rejected comment can appeal once."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.moderation.models import Appeal
from articles.comments.moderation.queues import pending_items
from articles.comments.submission import links, posting
from tests import moderation
from tests.articles.comments.conftest import Write
from tests.conftest import MailFolder


def test_the_comment_stays_rejected_until_a_moderator_decides(
    write: Write, mina: User, edna: User
) -> None:
    comment = write(pending=True)
    moderation.reject(comment, by=mina)
    decisions.appeal(comment, text="It was meant as a joke.")
    comment.refresh_from_db()
    assert comment.state == "rejected"
    assert moderation.approve(comment, by=edna)
    appeal = Appeal.objects.get()
    assert appeal.outcome == "granted"
    assert appeal.decision
    assert appeal.decision.created_by == edna


def test_a_second_rejection_closes_the_appeal_and_is_logged(
    write: Write, mina: User, edna: User
) -> None:
    comment = write(pending=True)
    moderation.reject(comment, by=mina)
    assert not moderation.reject(comment, by=edna)
    decisions.appeal(comment)
    assert moderation.reject(comment, by=edna, reason="Still unkind")
    assert Appeal.objects.get().outcome == "kept"
    assert comment.moderations.count() == 3


def test_a_comment_has_only_one_appeal(write: Write, mina: User) -> None:
    comment = write(pending=True)
    moderation.reject(comment, by=mina)
    assert decisions.appeal(comment) == decisions.appeal(comment, text="Once more")
    moderation.reject(comment, by=mina)
    assert not decisions.may_appeal(comment)
    with pytest.raises(decisions.AppealError, match="already"):
        decisions.appeal(comment)


def test_only_rejected_comments_can_be_appealed(write: Write) -> None:
    with pytest.raises(decisions.AppealError, match="not rejected"):
        decisions.appeal(write())


@pytest.mark.parametrize("text", ["w" * 1001, "with\x00in it"])
def test_an_invalid_text_is_an_error_and_an_appeal_stays_possible(
    write: Write, mina: User, text: str
) -> None:
    comment = write(pending=True)
    moderation.reject(comment, by=mina)
    with pytest.raises(decisions.AppealError):
        decisions.appeal(comment, text=text)
    assert decisions.may_appeal(comment)


def test_deleting_the_comment_closes_the_appeal(write: Write, mina: User) -> None:
    comment = write(pending=True)
    moderation.reject(comment, by=mina)
    decisions.appeal(comment)
    posting.delete_own(comment, by=None)
    assert Appeal.objects.get().outcome == "gone"


def test_a_pending_appeal_is_on_the_dashboard(write: Write, mina: User) -> None:
    comment = write(pending=True)
    moderation.reject(comment, by=mina)
    decisions.appeal(comment, text="It was a joke.")
    (item,) = pending_items(mina)
    assert (item.label, item.count) == ("One appeal", 1)
    assert item.url.endswith("?queue=asked")


@pytest.fixture
def rejected(write: Write, mina: User) -> Comment:
    comment = write(pending=True)
    moderation.reject(comment, by=mina, reason="Off the subject", notify=True)
    return comment


def status_url(comment: Comment, suffix: str = "") -> str:
    return f"/comments/yours/{links.link_to(comment)}/{suffix}"


def test_the_status_page_links_to_the_appeal_and_shows_it(
    client: Client, rejected: Comment
) -> None:
    assert "Appeal" in client.get(status_url(rejected)).content.decode()
    form = client.get(status_url(rejected, "again/")).content.decode()
    assert "Off the subject" in form
    response = client.post(status_url(rejected, "again/"), {"text": "It was a joke."}, follow=True)
    page = response.content.decode()
    assert "You appealed" in page
    assert "Appeal" not in page
    assert Appeal.objects.get().text == "It was a joke."


def test_an_invalid_text_is_shown_again(client: Client, rejected: Comment) -> None:
    response = client.post(status_url(rejected, "again/"), {"text": "why " * 300})
    assert response.status_code == 422
    assert "why why" in response.content.decode()
    assert not Appeal.objects.exists()


def test_a_comment_that_is_not_rejected_has_no_appeal_page(client: Client, write: Write) -> None:
    comment = write()
    assert client.get(status_url(comment, "again/")).status_code == 302
    assert client.post(status_url(comment, "again/")).status_code == 422
    assert client.get("/comments/yours/x/again/").status_code == 404


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_commenter_is_notified_of_the_decision(
    client: Client,
    rejected: Comment,
    edna: User,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
) -> None:
    jobs()
    assert "/comments/yours/" in str(mail_folder.to("teo@readers.example")[-1])
    client.post(status_url(rejected, "again/"))
    moderation.reject(rejected, by=edna)
    jobs()
    assert "/again/" not in str(mail_folder.to("teo@readers.example")[-1])
