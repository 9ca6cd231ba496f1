"""Enough reports make a comment pending; a decision closes them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html as lxml_html

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import flagging
from articles.comments.moderation.models import FLAG_TEXT_MAX_LENGTH, Flag
from articles.comments.submission import posting
from articles.editorial.models import Article
from tests import moderation
from tests.articles.comments.conftest import Write
from tests.conftest import MailFolder

pytestmark = pytest.mark.django_db


def report(comment: Comment, number: int = 1, **values: object) -> Flag:
    fields: dict[str, object] = {"reason": "insult", "ip_address": f"192.0.2.{number}", **values}
    return flagging.save_report(comment, **fields)  # type: ignore[arg-type]


def state_of(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


def test_the_third_report_makes_a_comment_pending(write: Write) -> None:
    comment = write()
    report(comment, 1)
    report(comment, 2)
    assert state_of(comment) == "approved"
    report(comment, 3)
    assert state_of(comment) == "held"
    latest = comment.moderations.first()
    assert latest is not None
    assert (latest.reason, latest.created_by) == ("Reported by 3 readers.", None)


def dismiss_three_reports(write: Write, *, of: User, by: User) -> None:
    for number in range(3):
        comment = write(f"Harmless words {number}.")
        report(comment, by=of)
        moderation.approve(comment, by=by)


def test_the_reason_names_the_number_of_readers_not_their_weight(
    write: Write, mina: User, ola: User
) -> None:
    dismiss_three_reports(write, of=ola, by=mina)
    comment = write("More words.")
    assert report(comment, by=ola).weight == 0.25
    for number in range(3):
        report(comment, number)
    latest = comment.moderations.first()
    assert latest is not None
    assert latest.reason == "Reported by 4 readers."


def test_repeated_reports_by_one_sender_are_one(write: Write) -> None:
    comment = write()
    first = report(comment, 1)
    assert [report(comment, 1).pk for _ in range(5)] == [first.pk] * 5
    assert state_of(comment) == "approved"


def test_an_ipv6_network_of_one_connection_is_one_sender(write: Write) -> None:
    comment = write()
    for last in range(1, 5):
        report(comment, ip_address=f"2001:db8:1:1::{last}")
    assert Flag.objects.count() == 1


def test_the_number_of_reports_is_limited(write: Write) -> None:
    comments = [write(f"Comment number {number}.") for number in range(11)]
    for comment in comments[:10]:
        report(comment)
    with pytest.raises(flagging.FlagError) as error:
        report(comments[10])
    assert error.value.busy


def test_a_rejection_upholds_the_reports_and_an_approval_dismisses_them(
    write: Write, mina: User
) -> None:
    bad, good = write("Bad words."), write("Good words.")
    report(bad)
    report(good)
    moderation.reject(bad, by=mina)
    assert moderation.approve(good, by=mina)
    outcomes = dict(Flag.objects.values_list("comment", "outcome"))
    assert outcomes == {bad.pk: "upheld", good.pk: "dismissed"}
    # The hashes are kept until the night, because the decision can be undone for seconds.
    flagging.erase_emails()
    assert set(Flag.objects.values_list("sender_hash", flat=True)) == {""}


def test_approving_a_reported_comment_is_logged(write: Write, mina: User) -> None:
    comment = write()
    report(comment)
    before = comment.moderations.count()
    assert moderation.approve(comment, by=mina)
    assert comment.moderations.count() == before + 1
    assert not moderation.approve(comment, by=mina)


def test_a_comment_approved_after_reports_stays_approved(write: Write, mina: User) -> None:
    comment = write()
    for number in (1, 2, 3):
        report(comment, number)
    moderation.approve(comment, by=mina, seen="held")
    for number in (1, 2, 3, 4):
        report(comment, number)
    assert state_of(comment) == "approved"
    assert Flag.objects.pending().count() == 4


def test_deleting_a_comment_closes_reports_and_erases_addresses(write: Write) -> None:
    comment = write()
    report(comment, email="nia@readers.example")
    posting.delete_own(comment, by=None)
    assert Flag.objects.values_list("outcome", "email", "sender_hash").get() == ("gone", "", "")


def test_the_weight_of_a_guest_is_known_after_the_address_is_erased(
    write: Write, mina: User
) -> None:
    for number in range(3):
        comment = write(f"Harmless words {number}.")
        report(comment, email="Nia@readers.example")
        moderation.approve(comment, by=mina)
    Flag.objects.update(email="")
    assert report(write("More words."), email="nia@readers.example").weight == 0.25


def test_undelivered_addresses_are_erased_after_a_week(write: Write, mina: User) -> None:
    comment = write()
    report(comment, email="nia@readers.example")
    moderation.reject(comment, by=mina)
    assert flagging.erase_emails() == 0
    Flag.objects.update(decided_at=timezone.now() - timedelta(days=8))
    assert flagging.erase_emails() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "made up"}, "reason"),
        ({"email": "ola\x00@readers.example"}, "email"),
        ({"text": "half\ud800"}, "text"),
        ({"email": "not an address"}, "email"),
        ({"text": "x" * (FLAG_TEXT_MAX_LENGTH + 1)}, "text"),
    ],
)
def test_an_invalid_report_is_rejected_with_an_error_for_its_field(
    write: Write, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(flagging.FlagError) as error:
        report(write(), **values)
    assert set(error.value.messages) == {field}
    assert not Flag.objects.exists()


def test_a_hidden_comment_cannot_be_reported(write: Write) -> None:
    with pytest.raises(flagging.FlagError, match="no longer published"):
        report(write(pending=True))


def test_dismissed_reports_reduce_the_weight_of_an_ip_address_that_day(
    write: Write, mina: User, ola: User
) -> None:
    for number in range(2):
        comment = write(f"Word {number}")
        flag = report(comment, ip_address="203.0.113.9")
        moderation.approve(comment, by=mina)
    assert "203.0.113" not in f"{flag.daily_hash} {flag.sender_hash}"
    third = write("Once more")
    assert report(third, ip_address="203.0.113.9").weight == pytest.approx(1 / 3)
    with_email = report(third, ip_address="203.0.113.9", email="new@readers.example")
    assert with_email.weight == pytest.approx(1 / 3)
    assert report(third, ip_address="198.51.100.1").weight == 1
    assert report(third, ip_address="203.0.113.9", by=ola).weight == 1


def test_daily_hashes_are_erased_every_night(write: Write) -> None:
    first, second = write("First"), write("Second")
    old, new = report(first, ip_address="203.0.113.9"), report(second, ip_address="203.0.113.9")
    assert old.daily_hash == new.daily_hash != ""
    Flag.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=1))
    flagging.erase_emails()
    assert list(Flag.objects.exclude(daily_hash="")) == [new]


def report_url(comment: Comment) -> str:
    return reverse("comment_report", args=[comment.pk])


@pytest.mark.django_db
def test_every_comment_has_a_link_to_report_it(
    client: Client, article: Article, write: Write
) -> None:
    comment = write()
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'href="{report_url(comment)}"' in page


@pytest.mark.django_db
def test_a_report_is_saved(client: Client, write: Write) -> None:
    comment = write()
    assert comment.text in client.get(report_url(comment)).content.decode()
    sent = {"reason": "hate", "text": "The last line."}
    response = client.post(report_url(comment), sent, follow=True)
    assert "articles/comments/reported.html" in {each.name for each in response.templates}
    assert f'href="/comments/{comment.pk}/"' in response.content.decode()
    assert str(Flag.objects.get()) == "Hate speech: The last line."


@pytest.mark.django_db
def test_the_text_is_shown_again_when_the_reason_is_missing(client: Client, write: Write) -> None:
    response = client.post(report_url(write()), {"text": "Look at <b>this</b>"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose a reason." in page
    assert "Look at &lt;b&gt;this&lt;/b&gt;" in page


@pytest.mark.django_db
def test_a_hidden_comment_has_no_form(client: Client, write: Write) -> None:
    assert client.get(report_url(write(pending=True))).status_code == 404


@pytest.mark.django_db
def test_a_moderator_finds_a_report_and_dismisses_it(
    client: Client, write: Write, mina: User
) -> None:
    comment = write()
    client.post(report_url(comment), {"reason": "false", "text": "No such ferry."})
    client.force_login(mina)
    assert "reported" in client.get("/admin/").content.decode()
    queue = client.get("/admin/articles/comment/?queue=reported").content
    tree = lxml_html.document_fromstring(queue)
    (count,) = tree.xpath("//*[@data-queue='reported']//*[contains(@class, 'admin-count')]")
    assert count.text == "1"
    page = client.get(reverse("admin:articles_comment_change", args=[comment.pk])).content.decode()
    assert "No such ferry." in page
    decide = reverse("admin:articles_comment_decide", args=[comment.pk])
    client.post(decide, {"decision": "approve", "seen": "approved"})
    assert Flag.objects.get().outcome == "dismissed"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize(("action", "text"), [("reject", "removed it"), ("approve", "approved it")])
def test_the_sender_is_notified_once_and_the_address_erased(
    client: Client,
    write: Write,
    mina: User,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
    action: str,
    text: str,
) -> None:
    comment = write()
    client.post(report_url(comment), {"reason": "insult", "email": "nia@readers.example"})
    getattr(moderation, action)(comment, by=mina)
    jobs()
    (message,) = mail_folder.to("nia@readers.example")
    body = message.get_body(("plain",))
    assert body is not None
    assert text in " ".join(body.get_content().split())
    assert Flag.objects.get().email == ""
