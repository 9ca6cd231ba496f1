"""What the newsletter registers when Django starts."""

from typing import Any

from django.core import checks
from django.urls import reverse

from articles.editorial import signals
from articles.editorial.internal_links import other_texts
from iria.core import hooks
from iria.core.hooks import ImageUsage, PersonalDataHandler
from newsletter import dashboard, following, personal_data
from newsletter.checks import check_connections, check_provider
from newsletter.delivery import controls
from newsletter.digests import category_merges
from newsletter.email import editor_html
from newsletter.models import Issue
from newsletter.subscriptions import suppression


def register() -> None:
    checks.register(check_provider)
    checks.register(check_connections)
    category_merges.register()
    signals.unpublished.connect(pause_issues_with_article, dispatch_uid="newsletter.hold")
    handler = PersonalDataHandler(export=personal_data.export, erase=personal_data.erase_account)
    hooks.personal_data.register("newsletter", handler)
    hooks.mail_preferences.register("following", following.Following())
    hooks.dashboard_items.register("newsletter", dashboard.dashboard_items)
    hooks.dashboard_panels.register("newsletter", dashboard.newsletter_panel)
    hooks.image_usages.register("newsletter", image_usage)
    other_texts.register(editor_html.NAME, editor_html.LINKING_ISSUES)
    hooks.suppressed_emails.register("newsletter", suppression.is_suppressed)
    hooks.email_bounced.register("newsletter", suppression.suppress_bounced)
    hooks.email_reachable.register("newsletter", suppression.email_reachable)


def pause_issues_with_article(*, article_id: int, **signal: Any) -> None:
    """Pauses issues that are being sent with an article that was unpublished."""
    controls.pause_issues_with(article_id)


def image_usage(image_id: int) -> list[ImageUsage]:
    """Returns every issue with the image as lead image, or with an article that it illustrates."""
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
