"""The suppression list.

A `Suppression` says who, when and why. The state of the subscriber is what sending checks.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from iria.core.text.validators import one_line
from newsletter.models import Bounce, Subscriber, Suppression
from newsletter.models.querysets import email_hash


def is_suppressed(email: str) -> bool:
    """Whether the address is suppressed; also true if all its data were erased."""
    return Suppression.objects.blocking().for_email(email).exists()


def is_subscriber_suppressed(subscriber: Subscriber) -> bool:
    """Whether the subscriber is suppressed; also true if they were erased and signed up again."""
    return subscriber.state == Subscriber.State.SUPPRESSED or is_suppressed(subscriber.email)


def suppress_bounced(email: str, details: str) -> None:
    """Suppresses an address after a hard bounce of an e-mail from another app."""
    subscriber = Subscriber.objects.with_email(email).first()
    if subscriber is not None:
        suppress(subscriber, details=details, reason=Suppression.Reason.HARD)
        return
    erase_unsubscribe_hash(email)
    _save_hashes([email], Suppression.Reason.HARD, one_line(details)[:300] or "Bounced")


def keep_unsubscribe_hash(email: str) -> None:
    """Keeps a hash of an erased address that had unsubscribed, so that no import resubscribes it."""
    keep_unsubscribe_hashes([email], details="Unsubscribed before erasure")


def keep_unsubscribe_hashes(emails: Iterable[str], *, details: str) -> None:
    """Keeps hashes of several unsubscribed addresses, which need not be subscribers here."""
    _save_hashes(emails, Suppression.Reason.UNSUBSCRIBED, details)


def erase_unsubscribe_hash(email: str) -> None:
    """Deletes the hash of an unsubscribed address: it subscribes again, or a stronger reason replaces
    it.
    """
    Suppression.objects.active().for_email(email).filter(
        reason=Suppression.Reason.UNSUBSCRIBED
    ).delete()


def _save_hashes(emails: Iterable[str], reason: str, details: str) -> None:
    now = timezone.now()
    rows = (
        Suppression(email_hash=email_hash(email), reason=reason, details=details, created_at=now)
        for email in emails
    )
    Suppression.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


def suppress(
    subscriber: Subscriber,
    *,
    details: str,
    reason: str = Suppression.Reason.MANUAL,
    by: User | None = None,
    bounce: Bounce | None = None,
) -> None:
    """Suppresses the subscriber until the suppression is removed."""
    with transaction.atomic():
        current = Subscriber.objects.locked().get(pk=subscriber.pk)
        now = timezone.now()
        suppression = Suppression.objects.active().for_email(current.email).first()
        if suppression is not None and suppression.reason == Suppression.Reason.UNSUBSCRIBED:
            suppression.delete()
            suppression = None
        if suppression is None:
            suppression = Suppression.objects.create(
                email_hash=email_hash(current.email),
                subscriber=current,
                reason=reason,
                details=one_line(details)[:300] or "No reason was given",
                bounce=bounce,
                created_at=now,
                created_by=by,
            )
        elif suppression.subscriber_id is None:
            # Erased and signed up again: a removal has to find the subscriber.
            suppression.subscriber = current
            suppression.save(update_fields=["subscriber"])
        if current.state != Subscriber.State.SUPPRESSED:
            current.state = Subscriber.State.SUPPRESSED
            current.suppressed_at, current.suppression_reason = (
                suppression.created_at,
                suppression.details,
            )
            current.save(update_fields=["state", "suppressed_at", "suppression_reason"])
        current.subscriptions.delete_locked()
    subscriber.refresh_from_db()


def remove_suppression(suppression: Suppression, *, reason: str, by: User | None = None) -> None:
    """Removes a suppression; the address counts as unsubscribed until it subscribes again.

    Raises:
        ValueError: the reason is missing.
    """
    if not reason.strip():
        raise ValueError("Enter a reason.")
    with transaction.atomic():
        current = Suppression.objects.select_for_update(of=("self",)).get(pk=suppression.pk)
        if current.is_active:
            current.removed_at, current.removed_by = timezone.now(), by
            current.removal_reason = reason.strip()[:300]
            current.save(update_fields=["removed_at", "removed_by", "removal_reason"])
            _mark_unsubscribed(current)
    suppression.refresh_from_db()


def _mark_unsubscribed(suppression: Suppression) -> None:
    """Marks the subscriber as unsubscribed, unless their data was erased."""
    if suppression.subscriber_id is None:
        return
    Subscriber.objects.filter(
        pk=suppression.subscriber_id, state=Subscriber.State.SUPPRESSED
    ).update(state=Subscriber.State.UNSUBSCRIBED, unsubscribed_at=timezone.now())


def email_reachable(email: str) -> None:
    """Removes a bounce suppression after the recipient has followed a link in an e-mail.

    Complaints and manual suppressions remain, and nobody is resubscribed.
    """
    bounce_reasons = [Suppression.Reason.HARD, Suppression.Reason.SOFT]
    for suppression in (
        Suppression.objects.active().for_email(email).filter(reason__in=bounce_reasons)
    ):
        remove_suppression(
            suppression, reason="The owner confirmed the address with a link from an e-mail."
        )
