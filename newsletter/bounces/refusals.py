"""What a mail server says at the door is a bounce too: an address that does not exist is suppressed for it."""

import hashlib
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from newsletter.bounces.reading.reasons import HARD, MAIL_ADDRESS, reason_of, status_in
from newsletter.consent import suppressing
from newsletter.models import Bounce, Delivery, Suppression

WITHIN: Final = timedelta(days=1)
MOST: Final = 5_000


def learn_from_refusals() -> int:
    """Suppresses who was refused lately because there is no such address; returns how many."""
    known = Bounce.objects.filter(delivery=OuterRef("pk"))
    refused = Delivery.objects.filter(
        ~Exists(known),
        state=Delivery.State.REFUSED,
        done_at__gt=Now() - WITHIN,
        subscriber__state="active",
    ).select_related("subscriber")
    # At RCPT a server has checked the address and nothing else, so it knows what it says.
    dead = [each for each in refused[:MOST] if reason_of(f"{each.words} rcpt") in HARD]
    for delivery in dead:
        _suppress_rejected(delivery)
    return len(dead)


def _suppress_rejected(delivery: Delivery) -> None:
    subscriber = delivery.subscriber
    if subscriber is None:
        return
    reason = reason_of(f"{delivery.words} rcpt")
    with transaction.atomic():
        bounce, _ = Bounce.objects.get_or_create(
            message_key=hashlib.sha256(f"refused {delivery.pk}".encode()).hexdigest(),
            number=0,
            defaults={
                "kind": Bounce.Kind.HARD,
                "reason": reason,
                "status": status_in(delivery.words)[:12],
                "words": MAIL_ADDRESS.sub("…", delivery.words)[:500],
                "domain": subscriber.email.rpartition("@")[2].lower(),
                "matched_by": Bounce.MatchedBy.ANSWER,
                "delivery": delivery,
                "subscriber": subscriber,
            },
        )
        suppressing.suppress(
            subscriber, because=reason, reason=Suppression.Reason.HARD, bounce=bounce
        )
