"""The history of an issue, and the e-mail to editors when sending pauses automatically."""

from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse

from accounts.models import User
from iria.publication.mail import Button, EmailContent, Paragraph, mail
from iria.publication.models import current_publication
from newsletter.models import Delivery, DeliveryEvent, Issue

Action = DeliveryEvent.Action


def log_event(
    issue: Issue, action: DeliveryEvent.Action, details: str = "", *, by: User | None = None
) -> None:
    """Logs an event; the time is that of the database, as everywhere in delivery."""
    DeliveryEvent.objects.create(
        issue=issue, action=action, details=details[:500], created_by=by, created_at=Now()
    )


def email_editors(issue_id: int) -> int:
    """E-mails everybody who may resume the issue, if it is still paused; returns how many."""
    issue = Issue.objects.filter(pk=issue_id, state=Issue.State.PAUSED).exclude(error="").first()
    if issue is None:
        return 0
    content, publication = _email_content(issue), current_publication()
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    editors = [user for user in staff if user.has_perm("newsletter.send_issue")]
    for editor in editors:
        mail(content, publication, to=editor.email).send(using="default")
    return len(editors)


def _email_content(issue: Issue) -> EmailContent:
    counts = issue.deliveries.counts()
    pending = sum(counts[state] for state in Delivery.OPEN)
    path = reverse("admin:newsletter_issue_change", args=[issue.pk])
    return EmailContent(
        subject=f"Paused: {issue}",
        blocks=(
            Paragraph(f"The newsletter “{issue}” was paused automatically. {issue.error}"),
            Paragraph(
                f"Sent: {counts[Delivery.State.SENT]}, waiting: {pending}. Nothing more is sent until someone resumes or cancels it."
            ),
            Button("View issue", f"{settings.SITE_URL}{path}"),
        ),
        reason="You receive this e-mail because you can send newsletters.",
    )
