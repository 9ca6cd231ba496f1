"""Sending an issue: a test, the start, and what the worker looks after."""

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
    """The issue cannot go out; `obstacles` say what the editor must mend first."""


class NotTaken(Exception):
    """The mail server did not take a test; the text is a sentence."""


def send_test(issue: Issue, to: str, *, name: str = "", by: User | None = None) -> None:
    """Sends the issue as it stands now to one address, marked as a test.

    Args:
        name: whom it greets, where it greets by name.

    Raises:
        NotTaken: with what the mail server said.
    """
    letter = rendering.compose(issue)
    marked = replace(letter, subject=f"[Test] {letter.subject}")
    message = headers.message_to(
        to,
        marked,
        newsletter=issue.newsletter,
        publication=current_publication(),
        token=rendering.TEST_TOKEN,
        message_id=headers.new_message_id(),
        name=name,
        language=issue.speaks,
    )
    with SmtpConnection() as post:
        answer = post.deliver(message)
    if answer.outcome is not Outcome.SENT:
        sentence = f"The test to {to} was not sent. {answer.words}"
        raise NotTaken(sentence)
    preflight.note_test(issue, by=by)


def send_tests(issue: Issue, to: Sequence[User], *, by: User) -> None:
    """Sends the same test to several people of the desk, each greeted as they are called.

    Raises:
        NotTaken: with what the mail server said; those before were sent.
    """
    for user in to:
        send_test(issue, user.email, name=user.display_name, by=by)


def start(issue: Issue, *, by: User | None) -> int:
    """Freezes words and recipients and lets the worker send; returns how many will receive it.

    Raises:
        NotReady: with what the editor must mend first.
    """
    with transaction.atomic():
        # Of two issues of one digest the second sees whom the first takes: nobody gets both.
        recipients.hold_digest_of(issue.pk)
        current = (
            Issue.objects.select_for_update(of=("self",))
            .select_related("newsletter", "digest", "picture")
            .get(pk=issue.pk)
        )
        if found := blockers.obstacles(current):
            raise NotReady(found)
        _freeze_words(current, by)
        audience = recipients.audience(current).count()
        share = recipients.first_share(current, audience)
        count = recipients.snapshot_recipients(
            current, domain=headers.mail_domain(), first_share=share
        )
        if count == 0:
            # The last subscriber left while we looked.
            raise NotReady(["Nobody is subscribed at this moment, so there is nobody to send to."])
        _note_start(current, count, in_waves=share > 0, by=by)
        transaction.on_commit(recipients.count_anew)
        transaction.on_commit(lambda: job_queue.deliver_soon(current.pk))
    issue.refresh_from_db()
    return count


def _freeze_words(issue: Issue, by: User | None) -> None:
    # The database's clock: the worker that starts a scheduled issue may have another one.
    Issue.objects.filter(pk=issue.pk).update(started_at=Now(), started_by=by)
    issue.refresh_from_db(fields=["started_at", "started_by"])
    letter = rendering.compose(issue)
    if issue.newsletter.counts_links:
        letter = rendering.with_tracked_links(issue, letter)
    issue.sent_html, issue.sent_text = letter.html, letter.text


def _note_start(issue: Issue, count: int, *, in_waves: bool, by: User | None) -> None:
    issue.state = Issue.State.SENDING
    issue.wave = 0 if in_waves else 1
    issue.trouble = ""
    issue.save()
    words = f"To {count}."
    if issue.late_by is not None:
        minutes = round(issue.late_by.total_seconds() / 60)
        words += f" It is {minutes} minutes late: nobody was there to send it at its time."
    events.tell(issue, events.Deed.STARTED, words, by=by)


def run_maintenance() -> list[int]:
    """What the worker does every minute, so that no mail depends on a job that was lost.

    Deliveries left in hand become uncertain, claims of dead workers come free, finished issues are
    closed; returns the issues that have mails to send and that nobody is sending.
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
