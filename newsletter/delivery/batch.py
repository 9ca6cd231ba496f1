"""One SMTP connection: claims deliveries, marks one, submits it, records the outcome."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from iria.publication.models import current_publication
from newsletter.bounces.verp import delivery_ref, return_path
from newsletter.bounces.webhooks.providers import REF_PLACEHOLDER
from newsletter.delivery import claims as delivery_claims
from newsletter.delivery import controls, throttling
from newsletter.delivery.claims import AttemptResult, Claim, MarkedDelivery
from newsletter.email import headers
from newsletter.email.dkim import signed
from newsletter.email.greeting import Greeting
from newsletter.email.personalisation import ADDRESS, MESSAGE_ID, EmailTemplate
from newsletter.email.rendering import TOKEN, RenderedEmail, frozen
from newsletter.email.smtp import Answer, Outcome, SmtpConnection
from newsletter.models import Attempt, Delivery, Issue

MOST_ATTEMPTS: Final = 8
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
PAUSE_WITHOUT_SERVER: Final = timedelta(minutes=1)

State, Said = Delivery.State, Attempt.Outcome


def result_of(marked: MarkedDelivery, answer: Answer) -> AttemptResult:
    """The state an answer leads to, and how long to wait where that is not the end."""
    words = _without(marked.email, answer.words)
    match answer.outcome:
        case Outcome.SENT:
            return AttemptResult(marked, State.SENT, Said.SENT, words)
        case Outcome.REFUSED:
            return AttemptResult(marked, State.REJECTED, Said.REJECTED, words)
        case Outcome.UNCERTAIN:
            return AttemptResult(marked, State.UNCERTAIN, Said.UNCERTAIN, words)
        case Outcome.UNREACHABLE | Outcome.PERMANENT:
            return AttemptResult(
                marked,
                State.QUEUED,
                Said.UNREACHABLE,
                words,
                pause=PAUSE_WITHOUT_SERVER,
                counted=False,
            )
        case Outcome.DEFERRED if marked.attempt >= MOST_ATTEMPTS:
            given_up = f"Given up after {marked.attempt} attempts: {words}"
            return AttemptResult(marked, State.REJECTED, Said.DEFERRED, given_up)
        case Outcome.DEFERRED:
            pause = pause_after(marked.attempt)
            return AttemptResult(marked, State.DEFERRED, Said.DEFERRED, words, pause=pause)


def _without(email: str, words: str) -> str:
    """Servers like to repeat the address, which is to go away with the subscriber."""
    if email.lower() not in words.lower():
        return words
    return re.sub(re.escape(email), "(address)", words, flags=re.IGNORECASE)


def pause_after(attempt: int) -> timedelta:
    """How long to wait after an attempt that was put off: twice as long each time."""
    doubled: int = 2 ** max(0, attempt - 1)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


CLAIM_SIZE: Final = 50
LOOK_EVERY: Final = 5.0
"""Seconds between two looks at how many were refused."""
DATABASE_PATIENCE: Final = 60.0
"""Seconds for which an answer is kept until the database is back to write it down."""
OUT_OF_REACH: Final = {Outcome.UNREACHABLE, Outcome.PERMANENT}

Note = Callable[[Issue, Answer | None], None]
Enough = Callable[[], bool]


class Batch:
    """One connection to the mail server, and one lease."""

    def __init__(self, issue: Issue, post: SmtpConnection, note: Note) -> None:
        self.issue, self.post, self.note = issue, post, note
        self.lease = uuid4()
        self.rendered = frozen(issue)
        self.template = template_of(issue, self.rendered) if post.speaks_smtp else None
        self.sender = headers.from_email(issue.newsletter)
        self.pending_outcome: AttemptResult | None = None
        self.judged = 0
        self.rejected_in_a_row = 0
        self.looked_at = time.monotonic()
        self.over = False

    def run(self, *, size: int, enough: Enough) -> int:
        """Tries up to `size` mails; returns how many were judged."""
        try:
            while self.judged < size and not self.over and not (self.judged and enough()):
                self._look()
                if self.over:
                    break
                limits = throttling.Limits.now()
                wanted = min(CLAIM_SIZE, size - self.judged)
                claims = delivery_claims.claim(self.issue, self.lease, size=wanted)
                if not claims:
                    break
                self._send(claims, limits, enough)
                # Before anything else is asked of a database that may have gone away.
                self._process()
        finally:
            self._process()
            delivery_claims.release(self.lease)
        return self.judged

    def _send(self, claims: list[Claim], limits: throttling.Limits, enough: Enough) -> None:
        for claimed in claims:
            if limits and not self._may_go(claimed, limits, enough):
                if self.over:
                    return
                continue
            marked = self._mark(claimed)
            if marked is None:
                continue
            answer = self._hand_over(marked)
            self.pending_outcome = result_of(marked, answer)
            self._count(answer)
            if self.over or enough():
                return

    def _may_go(self, claimed: Claim, limits: throttling.Limits, enough: Enough) -> bool:
        """Passes the gates, waiting where that is short; else the mail waits for its turn."""
        wait = throttling.wait_for_domain(limits, claimed.domain)
        if wait is None:
            turn = throttling.next_turn(limits, claimed.domain)
            delivery_claims.release_one(self.lease, claimed, pause=turn)
            return False
        for_all = throttling.wait_for_all(limits)
        if for_all is None:
            self.over = True
            return False
        wait = max(wait, for_all)
        if wait > timedelta(0):
            self._process()
            _sleep(wait.total_seconds(), enough)
        return True

    def _mark(self, claimed: Claim) -> MarkedDelivery | None:
        """The answer of the mail before and the mark of this one, in one commit."""
        try:
            marked = delivery_claims.mark(self.issue, self.lease, claimed, self.pending_outcome)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            self._settle_after_trouble(claimed)
            return None
        self.pending_outcome = None
        return marked

    def _process(self) -> None:
        """Writes down the last answer."""
        if self.pending_outcome is None:
            return
        try:
            delivery_claims.record_outcome(self.pending_outcome)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            self._settle_after_trouble(None)
        self.pending_outcome = None

    def _settle_after_trouble(self, claimed: Claim | None) -> None:
        """The database went away: what the server answered is still known here, and kept.

        Whether the last commit counted, nobody said. Writing the answer again changes nothing if
        it did; and a mark that did is taken back, since nothing was handed over for it.
        """
        until = time.monotonic() + DATABASE_PATIENCE
        while True:
            connection.close()
            try:
                if self.pending_outcome is not None:
                    delivery_claims.record_outcome(self.pending_outcome)
                if claimed is not None:
                    delivery_claims.unmark(self.lease, claimed)
            except (OperationalError, InterfaceError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.25)
            else:
                self.pending_outcome = None
                return

    def _hand_over(self, marked: MarkedDelivery) -> Answer:
        ref = delivery_ref(marked.delivery_id) if settings.MAIL_PROVIDER else ""
        if self.template is None:
            own = (marked.email, marked.token, marked.message_id, marked.name, ref)
            return self.post.deliver(message_of(self.issue, self.rendered, *own))
        try:
            wire = self.template.render_for(
                address=marked.email,
                token=marked.token,
                message_id=marked.message_id,
                name=marked.name,
                ref=ref,
            )
        except ValueError as mistake:
            return Answer(Outcome.REFUSED, str(mistake))
        sender = return_path(marked.delivery_id) or self.sender
        return self.post.hand_over(sender, marked.email, signed(wire))

    def _count(self, answer: Answer) -> None:
        if answer.outcome in OUT_OF_REACH:
            self.over = True
            self.note(self.issue, answer)
            return
        self.judged += 1
        self.note(self.issue, None)
        refused = answer.outcome is Outcome.REFUSED
        self.rejected_in_a_row = self.rejected_in_a_row + 1 if refused else 0
        if self.rejected_in_a_row >= controls.MAX_REJECTED_IN_A_ROW and self.issue.auto_pause:
            self.over = True
            self._process()
            words = f"{self.rejected_in_a_row} e-mails were rejected in a row: {answer.words}"
            controls.pause_with_error(self.issue, words)

    def _look(self) -> None:
        """Now and then: whether too many were refused, or an article was withdrawn."""
        if time.monotonic() - self.looked_at < LOOK_EVERY:
            return
        self.looked_at = time.monotonic()
        held = controls.pause_if_blocked(self.issue) or controls.pause_on_failures(self.issue)
        self.over = self.over or held


def template_of(issue: Issue, rendered: RenderedEmail) -> EmailTemplate:
    """The frozen mail of an issue, ready to be filled in for each recipient."""
    unfilled = replace(rendered, greeting=None)
    message = message_of(issue, unfilled, ADDRESS, TOKEN, MESSAGE_ID, ref=REF_PLACEHOLDER)
    return EmailTemplate.from_message(message, rendered.greeting or Greeting())


def message_of(
    issue: Issue,
    rendered: RenderedEmail,
    address: str,
    token: str,
    message_id: str,
    name: str = "",
    ref: str = "",
) -> headers.ListEmail:
    return headers.message_to(
        address,
        rendered,
        newsletter=issue.newsletter,
        publication=current_publication(),
        token=token,
        message_id=message_id,
        name=name,
        language=issue.effective_language,
        campaign=f"issue-{issue.pk}",
        ref=ref,
        automatic=issue.is_automatic,
    )


def _sleep(seconds: float, enough: Enough) -> None:
    """Waits, and asks now and then whether it is time to go."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not enough():
        time.sleep(min(left, 0.2))
