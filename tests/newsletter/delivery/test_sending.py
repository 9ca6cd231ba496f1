"""Starting fixes text and recipients; unsubscribing is respected until the last moment."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from articles.editorial import publishing
from articles.images.models import Image, Rendition
from newsletter.delivery import claims, controls, recipients, sending, worker
from newsletter.delivery.worker import result_of
from newsletter.email.smtp import Answer, Outcome
from newsletter.models import Delivery, Issue, Newsletter, Subscriber, Subscription
from newsletter.subscriptions import opt_in, suppression
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from tests.newsletter.factories import issue, mail_image, mark_one, news, subscriber, subscribers
from tests.newsletter.mailserver import MailServer
from tests.newsroom import draft, picture, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]
OLA = "ola@readers.example"


def reasons_of(new_issue: Issue, by: User) -> list[str]:
    with pytest.raises(sending.NotReady) as refusal:
        sending.start(new_issue, by=by)
    new_issue.refresh_from_db()
    assert not Delivery.objects.filter(issue=new_issue).exists()
    return refusal.value.reasons


def test_starting_creates_a_delivery_for_each_current_subscriber(edna: User) -> None:
    subscribers(3)
    opt_in.unsubscribe(subscriber("left@readers.example").token)
    Subscriber.objects.create(email="pending@readers.example")
    weekly = Newsletter.objects.create(name="Weekly analysis", slug="weekly")
    subscriber("other@readers.example", to=weekly)
    new_issue = issue(by=edna)
    assert sending.start(new_issue, by=edna) == 3
    assert new_issue.state == "sending"
    assert new_issue.started_by == edna
    assert new_issue.deliveries.counts() == {
        "queued": 3,
        "claimed": 0,
        "sending": 0,
        "sent": 0,
        "uncertain": 0,
        "deferred": 0,
        "refused": 0,
        "bounced": 0,
        "complained": 0,
        "suppressed": 0,
        "cancelled": 0,
    }
    subscriber("late@readers.example")
    assert new_issue.deliveries.count() == 3
    assert len(set(new_issue.deliveries.values_list("message_id", flat=True))) == 3


def test_sending_twice_is_rejected_and_creates_no_second_delivery(edna: User) -> None:
    subscribers(2)
    new_issue = issue()
    stale = Issue.objects.get(pk=new_issue.pk)
    sending.start(new_issue, by=edna)
    with pytest.raises(sending.NotReady, match="already sent"):
        sending.start(stale, by=edna)
    assert new_issue.deliveries.count() == 2


def test_an_empty_draft_lists_everything_that_is_missing(edna: User) -> None:
    new_issue = Issue.objects.create(newsletter=news(), subject=" ", slug="empty")
    subject, article, audience = reasons_of(new_issue, edna)
    assert "No subject. Enter a subject." in subject
    assert "No articles. Choose at least one." in article
    assert "has no subscribers yet" in audience


def test_an_article_must_be_published(edna: User) -> None:
    subscriber()
    (reason,) = reasons_of(issue("Soon", draft("Not yet")), edna)
    assert (
        reason == "The article “Not yet” is not published. Publish it or remove it from the issue."
    )
    unpublished = published("Gone again")
    new_issue = issue("Gone", unpublished)
    publishing.unpublish(unpublished, by=edna)
    assert "not published" in reasons_of(new_issue, edna)[0]


def test_an_image_needs_alt_text_and_renditions(edna: User) -> None:
    subscriber()
    bare = published("With a bare picture", lead_image=picture())
    assert (
        "is still being processed. Wait a minute and try again."
        in reasons_of(issue("One", bare), edna)[0]
    )
    image = mail_image()
    story = published("With a picture", lead_image=image)
    Image.objects.filter(pk=image.pk).update(alt_text="")
    assert "has no alt text" in reasons_of(issue("Two", story), edna)[0]
    Image.objects.filter(pk=image.pk).update(alt_text="Cranes")
    assert Rendition.objects.filter(image=image).exists()
    assert sending.start(Issue.objects.get(subject="Two"), by=edna) == 1


def test_everybody_gets_the_text_of_the_start(edna: User) -> None:
    subscriber(OLA)
    story = published("As it was")
    new_issue = issue("Words", story)
    sending.start(new_issue, by=edna)
    story.headline = "As it is now"
    story.save()
    worker.deliver_batch(new_issue.pk)
    (message,) = mail.outbox
    assert "As it was" in message.body
    assert "As it is now" not in message.body


def test_a_subscriber_who_unsubscribes_before_their_turn_is_skipped(edna: User) -> None:
    first, second, third = subscribers(3)
    new_issue = issue()
    sending.start(new_issue, by=edna)
    opt_in.unsubscribe(second.token)
    suppression.suppress(third, details="Returned: no such mailbox")
    worker.deliver_batch(new_issue.pk)
    assert [message.to for message in mail.outbox] == [[first.email]]
    counts = new_issue.deliveries.counts()
    assert (counts["sent"], counts["suppressed"]) == (1, 2)
    new_issue.refresh_from_db()
    assert new_issue.state == "sent"


def test_a_subscriber_who_removes_this_newsletter_is_skipped(edna: User) -> None:
    weekly = Newsletter.objects.create(name="Weekly analysis", slug="weekly")
    ola = subscriber(OLA)
    new_issue = issue()
    sending.start(new_issue, by=edna)
    opt_in.choose(ola.token, Choice([SubscriptionChoice.usual(weekly)]))
    worker.deliver_batch(new_issue.pk)
    assert mail.outbox == []
    assert new_issue.deliveries.counts()["suppressed"] == 1


def test_an_erased_subscriber_is_skipped_and_still_counted(edna: User) -> None:
    ola = subscriber(OLA)
    new_issue = issue()
    sending.start(new_issue, by=edna)
    opt_in.erase(ola)
    worker.deliver_batch(new_issue.pk)
    assert mail.outbox == []
    assert new_issue.deliveries.counts()["suppressed"] == 1


def test_each_mail_contains_only_its_own_token(edna: User) -> None:
    everybody = subscribers(3)
    new_issue = issue()
    sending.start(new_issue, by=edna)
    worker.deliver_batch(new_issue.pk)
    tokens = {reader.email: reader.token for reader in everybody}
    for message in mail.outbox:
        text = message.message().as_string()
        assert {email for email, token in tokens.items() if token in text} == set(message.to)


def test_a_batch_stops_when_asked_to(edna: User) -> None:
    subscribers(5)
    new_issue = issue()
    sending.start(new_issue, by=edna)
    assert worker.deliver_batch(new_issue.pk, size=2) == 2
    assert worker.deliver_batch(new_issue.pk, should_stop=lambda: True) == 1
    assert new_issue.deliveries.counts()["queued"] == 2


def test_an_issue_that_is_not_being_sent_delivers_nothing(edna: User) -> None:
    subscriber()
    new_issue = issue()
    assert worker.deliver_batch(new_issue.pk) == 0
    assert worker.deliver_batch(0) == 0
    assert mail.outbox == []


def test_the_worker_finds_issues_of_lost_jobs(edna: User) -> None:
    subscribers(2)
    new_issue = issue()
    sending.start(new_issue, by=edna)
    assert sending.run_maintenance() == [new_issue.pk]
    mark_one(new_issue)
    assert sending.run_maintenance() == []
    Delivery.objects.filter(state="sending").update(sending_at=timezone.now() - timedelta(hours=1))
    assert sending.run_maintenance() == [new_issue.pk]
    assert new_issue.deliveries.counts()["uncertain"] == 1


def test_the_next_delivery_is_found_by_an_index_without_sorting(
    edna: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Also right after the start, when the statistics are still old."""
    Subscriber.objects.bulk_create(
        Subscriber(email=f"r{number}@readers.example", state="active", confirmed_at=timezone.now())
        for number in range(3000)
    )
    Subscription.objects.bulk_create(
        Subscription(subscriber=reader, newsletter=news()) for reader in Subscriber.objects.all()
    )
    sending.start(last := issue("Last week"), by=edna)
    now = timezone.now()
    Delivery.objects.filter(issue=last).update(state="sent", sending_at=now, done_at=now)
    recipients.analyze()
    new_issue = issue()
    with django_capture_on_commit_callbacks(execute=True):
        sending.start(new_issue, by=edna)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "issue": new_issue.pk,
            "lease": uuid4(),
            "size": 50,
            "length": claims.LEASE,
        }
        cursor.execute(f"EXPLAIN {claims.CLAIM}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "using delivery_queue" in plan
    assert "Sort" not in plan


def test_a_test_is_sent_to_one_person_and_changes_nothing(edna: User) -> None:
    subscribers(2)
    new_issue = issue("A try")
    sending.send_test(new_issue, edna.email)
    (message,) = mail.outbox
    assert (message.to, message.subject) == ([edna.email], "[Test] A try")
    new_issue.refresh_from_db()
    assert new_issue.is_draft
    assert not new_issue.deliveries.exists()


@pytest.mark.parametrize("kind", ["List-Unsubscribe", "preferences"])
def test_the_links_of_a_test_explain_themselves_and_do_nothing(
    edna: User, client: Client, kind: str
) -> None:
    everybody = subscribers(2)
    sending.send_test(issue("A try"), edna.email)
    (message,) = mail.outbox
    text = str(message.body) + str(message.extra_headers.get(kind, ""))
    name = "unsubscribe" if kind == "List-Unsubscribe" else kind
    (link,) = set(re.findall(rf"https?://[^/\s]+(/newsletter/{name}/[^/\s]+/)", text))
    for response in (client.get(link), client.post(link, {"List-Unsubscribe": "One-Click"})):
        assert response.status_code == 200
        assert "This link is from a test" in response.content.decode()
    assert Subscription.objects.count() == len(everybody)


def test_a_rejected_test_reports_the_response(edna: User, mail_server: MailServer) -> None:
    mail_server.on_recipient = lambda to: "550 Not here"
    with pytest.raises(sending.TestNotSent, match="550 Not here"):
        sending.send_test(issue(), edna.email)


def test_an_unpublished_article_blocks_the_rest_until_it_is_back(edna: User) -> None:
    subscribers(3)
    story = published("Doubtful")
    new_issue = issue("Doubts", story)
    sending.start(new_issue, by=edna)
    worker.deliver_batch(new_issue.pk, size=1)
    publishing.unpublish(story, by=edna)
    assert worker.deliver_batch(new_issue.pk) == 0
    new_issue.refresh_from_db()
    assert new_issue.state == "paused"
    assert new_issue.error.startswith("Unpublished since sending started, but still in the e-mail:")
    publishing.publish(story, by=edna)
    controls.resume(new_issue, by=edna)
    assert worker.deliver_batch(new_issue.pk) == 2
    new_issue.refresh_from_db()
    assert (new_issue.state, new_issue.error) == ("sent", "")


def test_cancelling_stops_delivery_and_counts_the_cancelled(edna: User) -> None:
    subscribers(3)
    new_issue = issue()
    sending.start(new_issue, by=edna)
    worker.deliver_batch(new_issue.pk, size=1)
    marked = mark_one(new_issue)
    controls.cancel(new_issue, by=edna)
    assert new_issue.cancelled_by == edna
    assert new_issue.state == "stopped"
    # The one in progress is deferred by the server, and is not queued again.
    claims.record_result(result_of(marked, Answer(Outcome.DEFERRED, "451 Later")))
    sending.run_maintenance()
    assert worker.deliver_batch(new_issue.pk) == 0
    new_issue.refresh_from_db()
    assert new_issue.state == "stopped"
    counts = new_issue.deliveries.counts()
    assert (counts["sent"], counts["cancelled"]) == (1, 2)
    assert len(mail.outbox) == 1


def test_a_sent_issue_cannot_be_cancelled(edna: User) -> None:
    subscriber()
    new_issue = issue()
    sending.start(new_issue, by=edna)
    worker.deliver_batch(new_issue.pk)
    new_issue.refresh_from_db()
    controls.cancel(new_issue, by=edna)
    assert new_issue.cancelled_at is None
