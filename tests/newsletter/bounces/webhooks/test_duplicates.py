"""A bounce that arrives by mailbox and webhook at the same time counts once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from newsletter.bounces.processing import process_message
from newsletter.bounces.verp import delivery_ref, return_path
from newsletter.models import Bounce
from tests.newsletter.bounces.deliveries import sent_delivery, state_of
from tests.newsletter.bounces.messages import bounce
from tests.newsletter.bounces.webhooks.payloads import event_for, post_event
from tests.newsletter.factories import subscriber

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_a_bounce_by_mail_and_webhook_at_once_counts_once(
    use_provider: Callable[[str], None],
) -> None:
    use_provider("postmark")
    ola = subscriber()
    delivery = sent_delivery(ola)
    results: list[str] = []

    def read() -> None:
        try:
            results.extend(process_message(bounce(to=return_path(delivery.pk))).done)
        finally:
            connection.close()

    thread = threading.Thread(target=read)
    with transaction.atomic():
        assert post_event("postmark", event_for(delivery, "hard", delivery_ref(delivery.pk))) == 200
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(10)
    assert results == ["known"]
    assert [state_of(ola), state_of(delivery)] == ["suppressed", "bounced"]
    assert Bounce.objects.count() == 1
