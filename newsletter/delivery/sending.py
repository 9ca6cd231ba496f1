"""Sends tests, starts an issue, and the worker's maintenance."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from iria.core.blockers import Blocked
from iria.publication.models import current_publication
from newsletter import job_queue
from newsletter.delivery import blockers, controls, events, recipients, uncertain
from newsletter.email import headers, rendering
from newsletter.email.smtp import Outcome, SmtpConnection
from newsletter.models import Issue
from newsletter.preflight import checks as preflight


class NotReady(Blocked):
    """The issue cannot be sent; `obstacles` lists what to fix first."""


class TestNotSent(Exception):
    """The mail server rejected a test. The message is shown to the user."""


def send_test(issue: Issue, to: str, *, name: str = "", by: User | None = None) -> None:
    """Sends the current issue to one address, marked as a test.

    Args:
        name: the name for the greeting.

    Raises:
        TestNotSent: with what the mail server said.
    """
    rendered = rendering.compose(issue)
    test = replace(rendered, subject=f"[Test] {rendered.subject}")
    email = headers.message_to(
        to,
        test,
        newsletter=issue.newsletter,
        publication=current_publication(),
        token=rendering.TEST_TOKEN,
        message_id=headers.new_message_id(),
        name=name,
        language=issue.effective_language,
    )
    with SmtpConnection() as smtp:
        answer = smtp.deliver(email)
    if answer.outcome is not Outcome.SENT:
        message = f"The test to {to} was not sent. {answer.response}"
        raise TestNotSent(message)
    preflight.record_test(issue, by=by)


def send_tests(issue: Issue, to: Sequence[User], *, by: User) -> None:
    """Sends the same test to several users, each with their own greeting.

    Raises:
        TestNotSent: with what the mail server said; those before were sent.
    """
    for user in to:
        send_test(issue, user.email, name=user.display_name, by=by)


def start(issue: Issue, *, by: User | None) -> int:
    """Fixes text and recipients and enqueues delivery; returns the number of recipients.

    Raises:
        NotReady: with what the editor must fix first.
    """
    with transaction.atomic():
        # The second of two issues of a digest sees the recipients of the first: nobody gets both.
        recipients.lock_digest_of(issue.pk)
        current = (
            Issue.objects.select_for_update(of=("self",))
            .select_related("newsletter", "digest", "image")
            .get(pk=issue.pk)
        )
        if findings := blockers.blockers(current):
            raise NotReady(findings)
        _snapshot_text(current, by)
        audience = recipients.audience(current).count()
        share = recipients.canary_share(current, audience)
        count = recipients.snapshot_recipients(
            current, domain=headers.mail_domain(), canary_share=share
        )
        if count == 0:
            # The last subscriber unsubscribed after the check.
            raise NotReady(["No recipients: nobody is subscribed at the moment."])
        _record_start(current, count, has_canary=share > 0, by=by)
        transaction.on_commit(recipients.analyze)
        transaction.on_commit(lambda: job_queue.enqueue_delivery(current.pk))
    issue.refresh_from_db()
    return count


def _snapshot_text(issue: Issue, by: User | None) -> None:
    # The clock of the database: that of the worker may differ.
    Issue.objects.filter(pk=issue.pk).update(started_at=Now(), started_by=by)
    issue.refresh_from_db(fields=["started_at", "started_by"])
    rendered = rendering.compose(issue)
    if issue.newsletter.tracks_clicks:
        rendered = rendering.with_tracked_links(issue, rendered)
    issue.sent_html, issue.sent_text = rendered.html, rendered.text


def _record_start(issue: Issue, count: int, *, has_canary: bool, by: User | None) -> None:
    issue.state = Issue.State.SENDING
    issue.wave = 0 if has_canary else 1
    issue.error = ""
    issue.save()
    details = f"Recipients: {count}."
    if issue.delay is not None:
        minutes = round(issue.delay.total_seconds() / 60)
        details += f" Started {minutes} minutes late, because no worker was running."
    events.log_event(issue, events.Action.STARTED, details, by=by)


def run_maintenance() -> list[int]:
    """Repairs the state of deliveries every minute, so that no e-mail depends on a lost job.

    Unfinished deliveries become uncertain, expired leases are released, finished issues are closed.
    Returns the issues that have pending deliveries and no worker.
    """
    uncertain.mark_stale_uncertain()
    uncertain.expire_leases()
    uncertain.cancel_stopped()
    controls.send_to_remaining()
    open_issues = list(Issue.objects.sending().values_list("pk", flat=True))
    return [
        issue_id
        for issue_id in open_issues
        if not uncertain.close(issue_id) and not uncertain.is_busy(issue_id)
    ]
