"""Where the newsletter uses an image."""

from django.urls import reverse

from iria.core.hooks import ImageUsage
from newsletter.models import Issue


def in_issues(image_id: int) -> list[ImageUsage]:
    """Every issue on top of which the picture stands, or with an article that it leads."""
    issues = Issue.objects.showing(image_id)
    return [
        ImageUsage(
            label=f"the newsletter “{issue}”",
            url=reverse("admin:newsletter_issue_change", args=[issue.pk]),
            public=issue.is_frozen,
            scheduled=issue.state == Issue.State.SCHEDULED,
        )
        for issue in issues.order_by("pk").only("subject", "state")
    ]
