"""A bounce that arrives by mailbox and webhook at the same time counts once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from newsletter.bounces.processing import process_message
from newsletter.bounces.verp import delivery_ref, return_path
from newsletter.models import Bounce
from tests.newsletter.bounces.messages import bounce
from tests.newsletter.bounces.sent import sent, state_of
from tests.newsletter.bounces.webhooks.calls import about, tell
from tests.newsletter.factories import subscriber

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_a_bounce_by_mail_and_webhook_at_once_counts_once(through: Callable[[str], None]) -> None:
    through("postmark")
    ola = subscriber()
    delivery = sent(ola)
    words: list[str] = []

    def read() -> None:
        try:
            words.extend(process_message(bounce(to=return_path(delivery.pk))).done)
        finally:
            connection.close()

    reading = threading.Thread(target=read)
    with transaction.atomic():
        assert tell("postmark", about(delivery, "hard", delivery_ref(delivery.pk))) == 200
        reading.start()
        reading.join(0.3)
        assert reading.is_alive()
    reading.join(10)
    assert words == ["known"]
    assert [state_of(ola), state_of(delivery)] == ["suppressed", "bounced"]
    assert Bounce.objects.count() == 1
