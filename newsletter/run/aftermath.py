"""What followed from an issue, besides what came back."""

from django.db.models import Exists, F, OuterRef

from newsletter.models import Delivery, Issue


def left_after(issue: Issue) -> int:
    """How many left altogether after this issue and before another mail of ours reached them."""
    sent = Delivery.objects.filter(
        issue=issue, sending_at__isnull=False, subscriber__left_at__gte=F("sending_at")
    )
    later = Delivery.objects.filter(
        subscriber=OuterRef("subscriber"),
        sending_at__gt=OuterRef("sending_at"),
        sending_at__lte=OuterRef("subscriber__left_at"),
    )
    return sent.exclude(Exists(later)).count()
