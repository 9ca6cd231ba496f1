"""The worker's maintenance: a failure does not stop the rest."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from newsletter import subscription_emails, tasks
from newsletter.delivery import sending
from newsletter.digests import approval, composition
from newsletter.email import rendering
from newsletter.models import Consent, Digest, Frequency, Issue, Subscriber
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import SubscriptionChoice
from tests.conftest import MailFolder
from tests.newsletter.digest_rules import MINA, OLA, hours_ago, rule
from tests.newsletter.factories import chose, issue, news, subscriber
from tests.newsroom import category

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]


def fail_for(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, key: int) -> None:
    """Makes a function raise an unexpected exception for the row with this ID."""
    action = getattr(module, name)

    def failing(row: Any, *args: Any, **more: Any) -> Any:
        if getattr(row, "pk", row) == key:
            raise RuntimeError
        return action(row, *args, **more)

    monkeypatch.setattr(module, name, failing)


def test_a_failing_answer_does_not_stop_the_others(
    mail_folder: MailFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in (OLA, MINA):
        opt_in.request(address, source_url="/", wanted=[SubscriptionChoice.usual(news())])
    Consent.objects.update(asked_at=timezone.now() - timedelta(minutes=5))
    first = Consent.objects.earliest("pk")
    fail_for(monkeypatch, subscription_emails, "answer", first.pk)
    tasks.run_maintenance_jobs()
    assert mail_folder.to(MINA)
    assert list(Consent.objects.filter(answered_at=None)) == [first]


def test_an_issue_that_fails_to_start_reports_it_alone(
    edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscriber(OLA)
    broken, working = issue("Odd"), issue("Sound")
    for each in (broken, working):
        sending.send_at(each, timezone.now() + timedelta(hours=1), by=edna)
    past = timezone.now() - timedelta(minutes=1)
    Issue.objects.update(send_at=past)
    with monkeypatch.context() as temporarily:
        fail_for(temporarily, rendering, "compose", broken.pk)
        tasks.run_maintenance_jobs()
    for each in (broken, working):
        each.refresh_from_db()
    assert (broken.state, working.state) == ("scheduled", "sending")
    assert broken.error.startswith(
        "Sending could not start because of a program error. See the log of the worker."
    )
    tasks.run_maintenance_jobs()
    broken.refresh_from_db()
    assert (broken.state, broken.error) == ("sending", "")


def test_a_failing_issue_of_an_approved_digest_reports_it_alone(
    edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asia = category("Asia")
    chose(OLA, Frequency.DAILY, asia)
    chose(MINA, Frequency.DAILY)
    hours_ago(2, "Tokyo", categories=[asia])
    rule(needs_approval=True)
    broken, working = (Issue.objects.get(pk=key) for key in sorted(composition.compose_due()))
    fail_for(monkeypatch, rendering, "compose", broken.pk)
    digest = Digest.objects.get()
    approval.approve(digest, by=edna)
    assert approval.send_approved(digest.pk) == 1
    for each in (broken, working):
        each.refresh_from_db()
    assert (broken.state, working.state) == ("draft", "scheduled")
    assert broken.error
    digest.refresh_from_db()
    assert not digest.being_approved


def test_an_incomplete_digest_is_sent_and_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "Tokyo")
    rule()
    composition.compose_due()
    digest = Digest.objects.get()
    Digest.objects.update(composed_at=timezone.now() - timedelta(minutes=5))
    fail_for(monkeypatch, composition, "compose_missing", digest.pk)
    tasks.compose_digests()
    assert Issue.objects.get().state == "sending"


def test_all_unconfirmed_addresses_are_deleted_in_one_night(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opt_in, "DELETE_BATCH_SIZE", 2)
    stored = subscriber(OLA)
    Subscriber.objects.bulk_create(Subscriber(email=f"r{n}@readers.example") for n in range(5))
    Subscriber.objects.update(created_at=timezone.now() - timedelta(days=31))
    tasks.delete_unconfirmed()
    assert list(Subscriber.objects.all()) == [stored]
