"""What followed from an issue, besides what came back."""

from django.db.models import Exists, F, OuterRef

from newsletter.models import Delivery, Issue, Subscriber


def left_after(issue: Issue) -> int:
    """How many left altogether after this issue and before another mail of ours reached them.

    Asked of those who left since it started, who are few, not of all whom it went to.
    """
    left = Subscriber.objects.filter(left_at__gte=issue.started_at)
    sent = Delivery.objects.filter(
        issue=issue, subscriber__in=left, subscriber__left_at__gte=F("sending_at")
    )
    later = Delivery.objects.filter(
        subscriber=OuterRef("subscriber"),
        sending_at__gt=OuterRef("sending_at"),
        sending_at__lte=OuterRef("subscriber__left_at"),
    )
    return sent.exclude(Exists(later)).count()
