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
    """Returns the new state of a delivery, and the pause before the next attempt, if any."""
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
    """Removes the address that servers repeat: it must be erased with the subscriber."""
    if email.lower() not in words.lower():
        return words
    return re.sub(re.escape(email), "(address)", words, flags=re.IGNORECASE)


def pause_after(attempt: int) -> timedelta:
    """Returns the pause after a deferred attempt; it doubles each time."""
    doubled: int = 2 ** max(0, attempt - 1)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


CLAIM_SIZE: Final = 50
LOOK_EVERY: Final = 5.0
"""Seconds between two checks for too many rejections."""
DATABASE_PATIENCE: Final = 60.0
"""Seconds to wait for the database so that a result can be recorded."""
OUT_OF_REACH: Final = {Outcome.UNREACHABLE, Outcome.PERMANENT}

Note = Callable[[Issue, Answer | None], None]
Enough = Callable[[], bool]


class Batch:
    """One SMTP connection and one lease."""

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
        """Tries up to `size` e-mails; returns how many got a final or temporary result."""
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
                # Before any other query: the database may be gone.
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
        """Waits for the rate limits; if the wait is too long, the delivery is released for later."""
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
        """Records the last result and marks this delivery, in one commit."""
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
        """Records the last result."""
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
        """Records the last result after a database failure.

        It is unknown whether the last commit succeeded. Recording the result again does no harm,
        and a mark that was committed is undone, because its e-mail was not submitted.
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
        """Every few seconds, checks for too many rejections and for unpublished articles."""
        if time.monotonic() - self.looked_at < LOOK_EVERY:
            return
        self.looked_at = time.monotonic()
        held = controls.pause_if_blocked(self.issue) or controls.pause_on_failures(self.issue)
        self.over = self.over or held


def template_of(issue: Issue, rendered: RenderedEmail) -> EmailTemplate:
    """Returns the stored e-mail of an issue as a template."""
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
    """Sleeps, and regularly checks whether the worker has to stop."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not enough():
        time.sleep(min(left, 0.2))
