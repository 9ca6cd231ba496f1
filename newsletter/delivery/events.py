"""What happens to the run of an issue, kept with who did it and why.

The mail to the editors when a run paused by itself: an issue that nobody watches waits for a word.
"""

from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse

from accounts.models import User
from iria.publication.mail.blocks import Button, EmailContent, Paragraph
from iria.publication.mail.rendering import mail
from iria.publication.models import current_publication
from newsletter.models import Delivery, Issue, RunEvent

Deed = RunEvent.Action


def tell(issue: Issue, deed: RunEvent.Action, words: str = "", *, by: User | None = None) -> None:
    """Keeps a deed; the time is the database's, as everywhere in a mailing."""
    RunEvent.objects.create(issue=issue, deed=deed, words=words[:500], made_by=by, made_at=Now())


def tell_editors(issue_id: int) -> int:
    """Writes to everybody who may let it go on, while it still waits; returns to how many."""
    issue = Issue.objects.filter(pk=issue_id, state=Issue.State.PAUSED).exclude(trouble="").first()
    if issue is None:
        return 0
    note, publication = _note(issue), current_publication()
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    editors = [user for user in staff if user.has_perm("newsletter.send_issue")]
    for editor in editors:
        mail(note, publication, to=editor.email).send(using="default")
    return len(editors)


def _note(issue: Issue) -> EmailContent:
    counts = issue.deliveries.counts()
    waiting = sum(counts[state] for state in Delivery.OPEN)
    page = reverse("admin:newsletter_issue_change", args=[issue.pk])
    return EmailContent(
        subject=f"Paused: {issue}",
        blocks=(
            Paragraph(f"The newsletter “{issue}” paused by itself. {issue.trouble}"),
            Paragraph(
                f"{counts[Delivery.State.SENT]} were sent, {waiting} wait. Nothing more goes out "
                "until somebody lets it go on or stops it."
            ),
            Button("Look at the issue", f"{settings.SITE_URL}{page}"),
        ),
        reason="You get this because you may send newsletters.",
    )
