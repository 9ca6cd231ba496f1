"""A bounce that arrives by mailbox and webhook at the same time counts once."""

from collections.abc import Callable

import pytest
from django.db import transaction

from newsletter.bounces.processing import process_message
from newsletter.bounces.verp import delivery_ref, return_path
from newsletter.models import Bounce
from tests.newsletter.bounces.deliveries import sent_delivery, state_of
from tests.newsletter.bounces.messages import bounce
from tests.newsletter.bounces.webhooks.payloads import event_for, post_event
from tests.newsletter.factories import subscriber
from tests.together import begin_and_wait

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_a_bounce_by_mail_and_webhook_at_once_counts_once(
    use_provider: Callable[[str], None],
) -> None:
    use_provider("postmark")
    ola = subscriber()
    delivery = sent_delivery(ola)
    with transaction.atomic():
        assert post_event("postmark", event_for(delivery, "hard", delivery_ref(delivery.pk))) == 200
        reading = begin_and_wait(
            lambda: process_message(bounce(to=return_path(delivery.pk))).results
        )
    assert list(reading.result(20)) == ["known"]
    assert [state_of(ola), state_of(delivery)] == ["suppressed", "bounced"]
    assert Bounce.objects.count() == 1
