"""Usage of images in issues, for the image library."""

from django.urls import reverse

from iria.core.hooks import ImageUsage
from newsletter.models import Issue


def image_usage(image_id: int) -> list[ImageUsage]:
    """Every issue on top of which the image stands, or with an article that it leads."""
    issues = Issue.objects.with_image(image_id)
    return [
        ImageUsage(
            label=f"the newsletter “{issue}”",
            url=reverse("admin:newsletter_issue_change", args=[issue.pk]),
            public=issue.has_started,
            scheduled=issue.state == Issue.State.SCHEDULED,
        )
        for issue in issues.order_by("pk").only("subject", "state")
    ]
