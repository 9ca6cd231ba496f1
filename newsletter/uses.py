"""Where the newsletter shows a picture: what the library asks before it lets one go."""

from django.urls import reverse

from iria.kit.registry import PictureUse
from newsletter.models import Issue


def in_issues(image_id: int) -> list[PictureUse]:
    """Every issue on top of which the picture stands, or with an article that it leads."""
    issues = Issue.objects.showing(image_id)
    return [
        PictureUse(
            where=f"the newsletter “{issue}”",
            address=reverse("admin:newsletter_issue_change", args=[issue.pk]),
            public=issue.is_frozen,
            scheduled=issue.state == Issue.State.SCHEDULED,
        )
        for issue in issues.order_by("pk").only("subject", "state")
    ]
