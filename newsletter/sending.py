"""Sending an issue: a test, the start, and the batches that the worker delivers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from iria.kit.obstacles import Refused
from iria.publication.models import Publication, current_publication
from newsletter import checklist, claiming, composing, headers, queueing
from newsletter.claiming import Marked
from newsletter.composing import Letter
from newsletter.envelope import Answer, Outcome, Post
from newsletter.headers import ListMail
from newsletter.models import Delivery, Issue

MOST_ATTEMPTS: Final = 8
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
PAUSE_WITHOUT_SERVER: Final = timedelta(minutes=1)
TEST_TOKEN: Final = "test"  # noqa: S105 - opens nothing


class NotReady(Refused):
    """The issue cannot go out; `obstacles` say what the editor must mend first."""


class NotTaken(Exception):
    """The mail server did not take a test; the text is a sentence."""


def send_test(issue: Issue, to: str) -> None:
    """Sends the issue as it stands now to one address, marked as a test.

    Raises:
        NotTaken: with what the mail server said.
    """
    letter = composing.compose(issue)
    marked = Letter(f"[Test] {letter.subject}", letter.html, letter.text)
    message = headers.message_to(
        to,
        marked,
        newsletter=issue.newsletter,
        publication=current_publication(),
        token=TEST_TOKEN,
        message_id=headers.new_message_id(),
    )
    with Post() as post:
        answer = post.deliver(message)
    if answer.outcome is not Outcome.SENT:
        sentence = f"The test was not sent. {answer.words}"
        raise NotTaken(sentence)


def start(issue: Issue, *, by: User) -> int:
    """Freezes words and recipients and lets the worker send; returns how many will receive it.

    Raises:
        NotReady: with what the editor must mend first.
    """
    with transaction.atomic():
        current = (
            Issue.objects.select_for_update(of=("self",))
            .select_related("newsletter")
            .get(pk=issue.pk)
        )
        if found := checklist.obstacles(current):
            raise NotReady(found)
        current.started_at, current.started_by = timezone.now(), by
        letter = composing.compose(current)
        current.sent_html, current.sent_text = letter.html, letter.text
        current.state = Issue.State.SENDING
        current.save()
        count = claiming.freeze(current, domain=headers.mail_domain())
        if count == 0:
            # The last subscriber left while we looked.
            raise NotReady(["Nobody is subscribed at this moment, so there is nobody to send to."])
        transaction.on_commit(claiming.count_anew)
        transaction.on_commit(lambda: queueing.deliver_soon(current.pk))
    issue.refresh_from_db()
    return count


def never() -> bool:
    return False


def deliver_batch(issue_id: int, *, size: int = 100, enough: Callable[[], bool] = never) -> int:
    """Tries up to `size` mails of an issue over one connection; returns how many were judged.

    0 means that nothing is due, or that the mail server takes nothing at the moment.

    Must not run inside a transaction: each mark is committed before its mail leaves.

    Args:
        enough: asked between two mails; what is not in hand by then waits for the next batch.
    """
    issue = Issue.objects.select_related("newsletter").filter(pk=issue_id).first()
    if issue is None or issue.state != Issue.State.SENDING:
        return 0
    if hindrance := checklist.hindrance(issue):
        _note_trouble(issue, hindrance)
        return 0
    with Post() as post:
        if trouble := post.open():
            _note_trouble(issue, trouble.words)
            return 0
        judged = _deliver(issue, post, size=size, enough=enough)
    claiming.close(issue.pk)
    return judged


def _deliver(issue: Issue, post: Post, *, size: int, enough: Callable[[], bool]) -> int:
    publication = current_publication()
    letter = Letter(issue.subject, issue.sent_html, issue.sent_text)
    judged = 0
    marked = claiming.mark_next(issue)
    while marked is not None:
        answer = post.deliver(_message(marked, letter, issue, publication))
        out_of_reach = answer.outcome is Outcome.UNREACHABLE
        judged += not out_of_reach
        # The answer of this mail and the mark of the next share a commit.
        with transaction.atomic(durable=True):
            _write_down(marked, answer)
            ends = out_of_reach or judged >= size or enough()
            marked = None if ends else claiming.mark_next(issue)
        if out_of_reach or issue.trouble:
            _note_trouble(issue, answer.words if out_of_reach else "")
    return judged


def _message(marked: Marked, letter: Letter, issue: Issue, publication: Publication) -> ListMail:
    return headers.message_to(
        marked.email,
        letter,
        newsletter=issue.newsletter,
        publication=publication,
        token=marked.token,
        message_id=marked.message_id,
    )


def _write_down(marked: Marked, answer: Answer) -> None:
    state = Delivery.State
    match answer.outcome:
        case Outcome.SENT:
            claiming.finish(marked, state.SENT, answer.words)
        case Outcome.REFUSED:
            claiming.finish(marked, state.FAILED, answer.words)
        case Outcome.UNCERTAIN:
            claiming.finish(marked, state.UNCERTAIN, answer.words)
        case Outcome.UNREACHABLE:
            claiming.put_back(marked, answer.words, pause=PAUSE_WITHOUT_SERVER, counted=False)
        case Outcome.DEFERRED if marked.attempt >= MOST_ATTEMPTS:
            claiming.finish(
                marked, state.FAILED, f"Given up after {marked.attempt} attempts: {answer.words}"
            )
        case Outcome.DEFERRED:
            claiming.put_back(marked, answer.words, pause=pause_after(marked.attempt), counted=True)


def pause_after(attempt: int) -> timedelta:
    """How long to wait after an attempt that was put off: twice as long each time."""
    doubled: int = 2 ** max(0, attempt - 1)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _note_trouble(issue: Issue, words: str) -> None:
    issue.trouble = words[:500]
    issue.save(update_fields=["trouble"])


def stop(issue: Issue, *, by: User) -> None:
    """Sends nothing more of this issue; what has left cannot be called back."""
    Issue.objects.filter(pk=issue.pk, state=Issue.State.SENDING, stopped_at__isnull=True).update(
        stopped_at=Now(), stopped_by=by, trouble=""
    )
    claiming.close(issue.pk)
    issue.refresh_from_db()


def look_after() -> list[int]:
    """What the worker does every minute, so that no mail depends on a job that was lost.

    Deliveries left in hand become uncertain, finished issues are closed; returns the issues
    that have mails to send and that nobody is sending.
    """
    claiming.doubt_stranded()
    open_issues = list(Issue.objects.sending().values_list("pk", flat=True))
    return [
        issue_id
        for issue_id in open_issues
        if not claiming.close(issue_id) and not claiming.is_busy(issue_id)
    ]


def send_again(delivery: Delivery) -> None:
    """Puts an uncertain or refused delivery back into the queue, with the same Message-ID.

    Only a person decides this: whoever may have the mail already would get it twice.
    """
    with transaction.atomic():
        current = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("issue")
            .get(pk=delivery.pk)
        )
        may_be = {Delivery.State.UNCERTAIN, Delivery.State.FAILED}
        if current.state not in may_be or current.issue.stopped_at is not None:
            return
        # The database's clock, as everywhere in a mailing: workers may have others.
        Delivery.objects.filter(pk=current.pk).update(
            state=Delivery.State.QUEUED, words="", due_at=Now(), done_at=None
        )
        Issue.objects.filter(pk=current.issue_id, state=Issue.State.SENT).update(
            state=Issue.State.SENDING, sent_at=None
        )
        transaction.on_commit(lambda: queueing.deliver_soon(current.issue_id))
    delivery.refresh_from_db()
