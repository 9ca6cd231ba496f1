"""What the newsletter registers when Django starts."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Warning
from django.urls import reverse

from articles.editorial import signals
from articles.editorial.internal_links import other_texts
from iria.core import hooks
from iria.core.hooks import ImageUsage, PersonalDataHandler
from newsletter import dashboard, follow_emails, personal_data
from newsletter.bounces import webhooks
from newsletter.bounces.providers import PROVIDERS
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
    hooks.mail_preferences.register("following", follow_emails.Following())
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


def check_connections(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> list[CheckMessage]:
    """Each SMTP connection needs a database connection from the pool that other jobs share."""
    jobs: Any = settings.PROCRASTINATE_WORKER_DEFAULTS["concurrency"]
    max_connections = settings.DATABASE_POOL_SIZE - (jobs - 1)
    if 1 <= settings.NEWSLETTER_CONNECTIONS <= max_connections:
        return []
    message = f"NEWSLETTER_CONNECTIONS is {settings.NEWSLETTER_CONNECTIONS}. It must be between 1 and {max_connections}: the worker's pool has {settings.DATABASE_POOL_SIZE} database connections, and its other job needs one."
    return [Error(message, id="newsletter.E003")]


def check_provider(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Reports a wrong `MAIL_PROVIDER` or secret; nothing if no provider is configured."""
    if not settings.MAIL_PROVIDER:
        return []
    provider = PROVIDERS[settings.MAIL_PROVIDER]
    hint = f"Set it to {provider.credential_label} (docs/running-mail.md)."
    if not provider.accepts(settings.MAIL_PROVIDER_SECRET):
        message = f"MAIL_PROVIDER is {provider.name}, but MAIL_PROVIDER_SECRET is missing or too short, so anyone could call the webhook."
        return [Error(message, hint=hint, id="newsletter.E001")]
    try:
        webhooks.anymail_view(provider, settings.MAIL_PROVIDER_SECRET)
    except Exception:
        # The message may contain the secret.
        message = f"MAIL_PROVIDER_SECRET is not a valid secret of {provider.name}, so none of its webhook calls would be accepted."
        return [Error(message, hint=hint, id="newsletter.E002")]
    if not settings.SECURE and not settings.DEBUG:
        message = f"{provider.name} would call SITE_URL without https, so its secret could be intercepted."
        return [Warning(message, hint="Use an https URL.", id="newsletter.W001")]
    return []
