"""Where the newsletter shows a picture: what the library asks before it lets one go.

What of the newsletter goes out with a picture: the mails of issues that are still to be sent.
"""

from django.urls import reverse

from iria.core.hooks import ImageUsage, PictureOutput
from newsletter.email import rendering
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


def of_picture(image_id: int) -> list[PictureOutput]:
    """The two forms of each mail that would show the picture now."""
    drafts = Issue.objects.filter(state__in=Issue.UNFROZEN)
    found = []
    for issue in drafts.showing(image_id).order_by("pk"):
        letter = rendering.compose(issue)
        found.append(PictureOutput(f"the mail “{issue}”", letter.html.encode()))
        found.append(PictureOutput(f"the text of the mail “{issue}”", letter.text.encode()))
    return found
