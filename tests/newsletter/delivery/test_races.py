"""Workers, readers and editors act at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from accounts.models import User
from newsletter.delivery import sending
from newsletter.delivery import worker as delivery_worker
from newsletter.models import Delivery, Frequency, Newsletter
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from tests.newsletter.factories import issue, mark_next, news, subscriber, subscribers
from tests.newsletter.mailserver import MailServer
from tests.together import at_once, begin_and_wait, in_own_connection

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("without_jobs"),
]
OLA = "ola@readers.example"


def test_delivery_waits_for_an_unsubscribe_in_progress(edna: User) -> None:
    """The mark must not be based on the state before the unsubscribe was committed."""
    ola = subscriber(OLA)
    draft = issue()
    sending.start(draft, by=edna)
    with transaction.atomic():
        opt_in.unsubscribe(ola.token)
        marking = begin_and_wait(lambda: mark_next(draft))
    marking.result(20)
    assert draft.deliveries.counts()["suppressed"] == 1


def test_delivery_waits_for_the_removal_of_one_newsletter(edna: User) -> None:
    weekly = Newsletter.objects.create(name="Weekly analysis", slug="weekly")
    ola = subscriber(OLA)
    draft = issue()
    sending.start(draft, by=edna)
    with transaction.atomic():
        opt_in.choose(ola.token, Choice([SubscriptionChoice.usual(weekly)]))
        marking = begin_and_wait(lambda: mark_next(draft))
    marking.result(20)
    assert draft.deliveries.counts()["suppressed"] == 1


def test_delivery_waits_for_a_change_of_frequency(edna: User) -> None:
    ola = subscriber(OLA)
    draft = issue()
    sending.start(draft, by=edna)
    with transaction.atomic():
        opt_in.choose(ola.token, Choice([SubscriptionChoice(news(), Frequency.WEEKLY)]))
        marking = begin_and_wait(lambda: mark_next(draft))
    marking.result(20)
    delivery = draft.deliveries.get()
    assert (delivery.state, delivery.details) == (
        "suppressed",
        "Changed preferences before it was sent.",
    )


def test_two_workers_at_once_send_nothing_twice(edna: User, mail_server: MailServer) -> None:
    subscribers(30)
    draft = issue()
    sending.start(draft, by=edna)
    at_once(*[lambda: delivery_worker.deliver_batch(draft.pk)] * 3)
    assert len(mail_server.recipients) == 30
    assert len(set(mail_server.recipients)) == 30
    draft.refresh_from_db()
    assert draft.state == "sent"
    assert draft.deliveries.counts()["sent"] == 30


def test_the_mark_is_committed_before_the_mail_is_submitted(
    edna: User, mail_server: MailServer
) -> None:
    subscriber(OLA)
    draft = issue()
    sending.start(draft, by=edna)
    seen: list[str] = []

    def look(recipient: str) -> None:
        seen.append(Delivery.objects.get().state)
        connections.close_all()

    mail_server.before_answer = look
    delivery_worker.deliver_batch(draft.pk)
    assert seen == ["sending"]
    assert Delivery.objects.get().state == "sent"


def test_nobody_gets_mail_after_unsubscribing_during_delivery(
    edna: User, mail_server: MailServer
) -> None:
    everybody = subscribers(40)
    draft = issue()
    sending.start(draft, by=edna)

    def leave_all() -> None:
        for reader in reversed(everybody):
            opt_in.unsubscribe(reader.token)

    with ThreadPoolExecutor(1) as readers:
        leaving = readers.submit(in_own_connection(leave_all))
        delivery_worker.deliver_batch(draft.pk)
        leaving.result()
    delivery_worker.deliver_batch(draft.pk)
    for delivery in draft.deliveries.select_related("subscriber"):
        unsubscribed_at = delivery.subscriber.unsubscribed_at if delivery.subscriber else None
        received = delivery.subscriber and delivery.subscriber.email in mail_server.recipients
        assert unsubscribed_at is not None
        if received:
            assert delivery.sending_at is not None
            assert delivery.sending_at <= unsubscribed_at
        else:
            assert delivery.state == "suppressed"
    counts = draft.deliveries.counts()
    assert counts["sent"] + counts["suppressed"] == 40
    assert len(mail_server.recipients) == counts["sent"]
