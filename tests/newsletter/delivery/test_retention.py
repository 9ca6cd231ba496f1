"""Old deliveries and attempts are deleted; the numbers of their issue stay."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from newsletter import preflight
from newsletter.delivery import progress, sending, worker
from newsletter.delivery.progress import Progress, unsubscribed_after
from newsletter.models import Attempt, Delivery, ExternalCheck, Issue
from newsletter.subscriptions import opt_in
from newsletter.tasks import delete_old
from tests.newsletter.factories import issue, subscribers
from tests.newsletter.mailserver import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]
State = Delivery.State


@pytest.fixture
def sent(edna: User, mail_server: MailServer) -> Issue:
    """An issue that was sent to three; the server rejected one, and one unsubscribed."""
    first, second, _ = subscribers(3)
    mail_server.on_recipient = lambda address: "550 No" if address == second.email else None
    draft = issue()
    sending.start(draft, by=edna)
    worker.deliver(draft.pk, should_stop=lambda: False)
    sending.run_maintenance()
    opt_in.unsubscribe(first.token)
    draft.refresh_from_db()
    assert draft.state == Issue.State.SENT
    return draft


def numbers(of: Issue) -> tuple[list[tuple[str, int]], int]:
    of = Issue.objects.get(pk=of.pk)
    return [(each.state, each.count) for each in Progress.of(of).shown], unsubscribed_after(of)


def make_older(sent: Issue, by: timedelta) -> None:
    """As if the issue had been sent that much earlier."""
    Issue.objects.filter(pk=sent.pk).update(started_at=F("started_at") - by)
    Delivery.objects.filter(issue=sent).update(done_at=F("done_at") - by)
    Attempt.objects.filter(delivery__issue=sent).update(answered_at=F("answered_at") - by)


def test_attempts_are_deleted_after_ninety_days(sent: Issue) -> None:
    make_older(sent, timedelta(days=89))
    assert progress.delete_old(timezone.now()) == 0
    make_older(sent, timedelta(days=2))
    assert progress.delete_old(timezone.now()) == 3
    assert not Attempt.objects.exists()
    assert sent.deliveries.count() == 3


def test_after_two_years_only_the_numbers_of_an_issue_are_kept(
    sent: Issue, editor_client: Client
) -> None:
    before = numbers(sent)
    assert before == ([(State.SENT, 2), (State.REJECTED, 1)], 1)
    make_older(sent, timedelta(days=731))
    progress.delete_old(timezone.now())
    assert not Delivery.objects.exists()
    assert numbers(sent) == before
    page = reverse("admin:newsletter_issue_change", args=[sent.pk])
    assert editor_client.get(page).status_code == 200
    assert progress.delete_old(timezone.now()) == 0


def test_an_interrupted_night_is_continued(sent: Issue) -> None:
    before = numbers(sent)
    make_older(sent, timedelta(days=731))
    (one, *_) = sent.deliveries.values()
    progress.delete_old(timezone.now())
    Delivery.objects.create(**one)
    assert numbers(sent) == before
    progress.delete_old(timezone.now())
    assert not Delivery.objects.exists()
    assert numbers(sent) == before


def test_a_delivery_that_was_repeated_lately_keeps_its_issue(sent: Issue) -> None:
    make_older(sent, timedelta(days=731))
    repeated = sent.deliveries.first()
    assert repeated is not None
    Delivery.objects.filter(pk=repeated.pk).update(done_at=timezone.now())
    progress.delete_old(timezone.now())
    assert sent.deliveries.count() == 3


def test_the_results_of_external_checks_are_deleted_after_thirty_days() -> None:
    now = timezone.now()
    for days in (29, 31):
        ExternalCheck.objects.create(
            kind="link",
            target=f"https://{days}.example/",
            passed=True,
            checked_at=now - timedelta(days=days),
        )
    assert preflight.delete_old(now) == 1
    assert ExternalCheck.objects.get().target == "https://29.example/"


def test_the_nightly_job_deletes_both(sent: Issue) -> None:
    make_older(sent, timedelta(days=731))
    delete_old()
    assert not Delivery.objects.exists()
