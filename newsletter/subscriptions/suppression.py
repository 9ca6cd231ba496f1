"""Addresses that are not written to: barred for a reason, released for a reason.

The row of the suppression says who, when and why; the subscriber's own state is what a mailing asks at each mail.
"""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from iria.core.text.validators import one_line
from newsletter.models import Bounce, Subscriber, Suppression
from newsletter.models.querysets import address_hash


def is_suppressed(email: str) -> bool:
    """Whether this address may not be written to, though all else of it may be erased."""
    return Suppression.objects.barring().of_address(email).exists()


def is_subscriber_suppressed(subscriber: Subscriber) -> bool:
    """Whether this subscriber may not be written to; they may have been erased and have come again."""
    return subscriber.state == Subscriber.State.SUPPRESSED or is_suppressed(subscriber.email)


def mail_came_back(email: str, words: str) -> None:
    """Bars an address from which a mail of another part of the site came back for good."""
    subscriber = Subscriber.objects.with_address(email).first()
    if subscriber is not None:
        suppress(subscriber, because=words, reason=Suppression.Reason.HARD)
        return
    came_back(email)
    _remember(email, Suppression.Reason.HARD, one_line(words)[:300] or "Mail came back")


def keep_unsubscribe_hash(email: str) -> None:
    """Whose data are erased after they left stays known as a hash, so that no list brings them back."""
    _remember(email, Suppression.Reason.LEFT, "Had left; may only come back by themselves")


def came_back(email: str) -> None:
    """Its owner subscribes again, or something graver is known now: that they left once is past."""
    Suppression.objects.standing().of_address(email).filter(reason=Suppression.Reason.LEFT).delete()


def _remember(email: str, reason: str, words: str) -> None:
    row = Suppression(
        address_hash=address_hash(email), reason=reason, words=words, since=timezone.now()
    )
    Suppression.objects.bulk_create([row], ignore_conflicts=True)


def suppress(
    subscriber: Subscriber,
    *,
    because: str,
    reason: str = Suppression.Reason.BY_HAND,
    by: User | None = None,
    bounce: Bounce | None = None,
) -> None:
    """Never writes to this address again, whoever enters it, until it is released."""
    with transaction.atomic():
        current = Subscriber.objects.held().get(pk=subscriber.pk)
        now = timezone.now()
        known = Suppression.objects.standing().of_address(current.email).first()
        if known is not None and known.reason == Suppression.Reason.LEFT:
            known.delete()
            known = None
        if known is None:
            known = Suppression.objects.create(
                address_hash=address_hash(current.email),
                subscriber=current,
                reason=reason,
                words=one_line(because)[:300] or "No reason was given",
                bounce=bounce,
                since=now,
                by=by,
            )
        if current.state != Subscriber.State.SUPPRESSED:
            current.state = Subscriber.State.SUPPRESSED
            current.suppressed_at, current.suppressed_because = known.since, known.words
            current.save(update_fields=["state", "suppressed_at", "suppressed_because"])
        current.subscriptions.end()
    subscriber.refresh_from_db()


def remove_suppression(suppression: Suppression, *, because: str, by: User | None = None) -> None:
    """Lets an address subscribe again; until it does, it counts as having left.

    Raises:
        ValueError: no reason was given.
    """
    if not because.strip():
        sentence = "Write why the address may be written to again."
        raise ValueError(sentence)
    with transaction.atomic():
        current = Suppression.objects.select_for_update(of=("self",)).get(pk=suppression.pk)
        if current.is_active:
            current.released_at, current.released_by = timezone.now(), by
            current.released_because = because.strip()[:300]
            current.save(update_fields=["released_at", "released_by", "released_because"])
            _let_return(current)
    suppression.refresh_from_db()


def release_subscriber(subscriber: Subscriber, *, because: str, by: User | None = None) -> None:
    """Releases the address of a subscriber, whatever barred it."""
    for suppression in Suppression.objects.standing().of_address(subscriber.email):
        remove_suppression(suppression, because=because, by=by)
    subscriber.refresh_from_db()


def _let_return(suppression: Suppression) -> None:
    """Whoever is released has left; a subscriber who was erased and came again is found by the hash."""
    if suppression.subscriber_id is None:
        return
    Subscriber.objects.filter(
        pk=suppression.subscriber_id, state=Subscriber.State.SUPPRESSED
    ).update(state=Subscriber.State.UNSUBSCRIBED, left_at=timezone.now())


def mail_arrives(email: str) -> None:
    """Its owner came by a link from a mail: what came back once does not bar the address any more.

    A complaint, or what somebody here decided, does; and nobody is subscribed again by this.
    """
    returned = [Suppression.Reason.HARD, Suppression.Reason.SOFT]
    for suppression in Suppression.objects.standing().of_address(email).filter(reason__in=returned):
        remove_suppression(
            suppression, because="Its owner came by a link from a mail and asked for mails."
        )
