"""What becomes of a delivery after an answer of the mail server.

What one connection does: claims a few, marks one, hands it over, writes down what came of it.
"""

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
from newsletter.bounces.verp import mark_of, return_path
from newsletter.bounces.webhooks.providers import MARK
from newsletter.delivery import claims as delivery_claims
from newsletter.delivery import controls, throttling
from newsletter.delivery.claims import Claim, Marked, Verdict
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


def verdict_on(marked: Marked, answer: Answer) -> Verdict:
    """The state an answer leads to, and how long to wait where that is not the end."""
    words = _without(marked.email, answer.words)
    match answer.outcome:
        case Outcome.SENT:
            return Verdict(marked, State.SENT, Said.SENT, words)
        case Outcome.REFUSED:
            return Verdict(marked, State.REFUSED, Said.REFUSED, words)
        case Outcome.UNCERTAIN:
            return Verdict(marked, State.UNCERTAIN, Said.UNCERTAIN, words)
        case Outcome.UNREACHABLE | Outcome.SHUT:
            return Verdict(
                marked,
                State.QUEUED,
                Said.UNREACHABLE,
                words,
                pause=PAUSE_WITHOUT_SERVER,
                counted=False,
            )
        case Outcome.DEFERRED if marked.attempt >= MOST_ATTEMPTS:
            given_up = f"Given up after {marked.attempt} attempts: {words}"
            return Verdict(marked, State.REFUSED, Said.DEFERRED, given_up)
        case Outcome.DEFERRED:
            pause = pause_after(marked.attempt)
            return Verdict(marked, State.DEFERRED, Said.DEFERRED, words, pause=pause)


def _without(email: str, words: str) -> str:
    """Servers like to repeat the address, which is to go away with the subscriber."""
    if email.lower() not in words.lower():
        return words
    return re.sub(re.escape(email), "(their address)", words, flags=re.IGNORECASE)


def pause_after(attempt: int) -> timedelta:
    """How long to wait after an attempt that was put off: twice as long each time."""
    doubled: int = 2 ** max(0, attempt - 1)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


CLAIM_SIZE: Final = 50
LOOK_EVERY: Final = 5.0
"""Seconds between two looks at how many were refused."""
DATABASE_PATIENCE: Final = 60.0
"""Seconds for which an answer is kept until the database is back to write it down."""
OUT_OF_REACH: Final = {Outcome.UNREACHABLE, Outcome.SHUT}

Note = Callable[[Issue, Answer | None], None]
Enough = Callable[[], bool]


class Batch:
    """One connection to the mail server, and one lease."""

    def __init__(self, issue: Issue, post: SmtpConnection, note: Note) -> None:
        self.issue, self.post, self.note = issue, post, note
        self.lease = uuid4()
        self.letter = frozen(issue)
        self.stencil = stencil_of(issue, self.letter) if post.speaks_smtp else None
        self.sender = headers.from_address(issue.newsletter)
        self.unwritten: Verdict | None = None
        self.judged = 0
        self.refused_in_a_row = 0
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
                self._settle()
        finally:
            self._settle()
            delivery_claims.give_back(self.lease)
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
            self.unwritten = verdict_on(marked, answer)
            self._count(answer)
            if self.over or enough():
                return

    def _may_go(self, claimed: Claim, limits: throttling.Limits, enough: Enough) -> bool:
        """Passes the gates, waiting where that is short; else the mail waits for its turn."""
        wait = throttling.wait_for_domain(limits, claimed.domain)
        if wait is None:
            turn = throttling.turn_of(limits, claimed.domain)
            delivery_claims.give_back_one(self.lease, claimed, pause=turn)
            return False
        for_all = throttling.wait_for_all(limits)
        if for_all is None:
            self.over = True
            return False
        wait = max(wait, for_all)
        if wait > timedelta(0):
            self._settle()
            _sleep(wait.total_seconds(), enough)
        return True

    def _mark(self, claimed: Claim) -> Marked | None:
        """The answer of the mail before and the mark of this one, in one commit."""
        try:
            marked = delivery_claims.mark(self.issue, self.lease, claimed, self.unwritten)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            self._settle_after_trouble(claimed)
            return None
        self.unwritten = None
        return marked

    def _settle(self) -> None:
        """Writes down the last answer."""
        if self.unwritten is None:
            return
        try:
            delivery_claims.record_outcome(self.unwritten)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            self._settle_after_trouble(None)
        self.unwritten = None

    def _settle_after_trouble(self, claimed: Claim | None) -> None:
        """The database went away: what the server answered is still known here, and kept.

        Whether the last commit counted, nobody said. Writing the answer again changes nothing if
        it did; and a mark that did is taken back, since nothing was handed over for it.
        """
        until = time.monotonic() + DATABASE_PATIENCE
        while True:
            connection.close()
            try:
                if self.unwritten is not None:
                    delivery_claims.record_outcome(self.unwritten)
                if claimed is not None:
                    delivery_claims.unmark(self.lease, claimed)
            except (OperationalError, InterfaceError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.25)
            else:
                self.unwritten = None
                return

    def _hand_over(self, marked: Marked) -> Answer:
        mark = mark_of(marked.delivery_id) if settings.MAIL_PROVIDER else ""
        if self.stencil is None:
            own = (marked.email, marked.token, marked.message_id, marked.name, mark)
            return self.post.deliver(message_of(self.issue, self.letter, *own))
        try:
            wire = self.stencil.render_for(
                address=marked.email,
                token=marked.token,
                message_id=marked.message_id,
                name=marked.name,
                mark=mark,
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
        self.refused_in_a_row = self.refused_in_a_row + 1 if refused else 0
        if self.refused_in_a_row >= controls.IN_A_ROW and self.issue.guarded:
            self.over = True
            self._settle()
            words = f"{self.refused_in_a_row} mails were refused in a row: {answer.words}"
            controls.hold(self.issue, words)

    def _look(self) -> None:
        """Now and then: whether too many were refused, or an article was withdrawn."""
        if time.monotonic() - self.looked_at < LOOK_EVERY:
            return
        self.looked_at = time.monotonic()
        held = controls.hold_if_hindered(self.issue) or controls.pause_on_failures(self.issue)
        self.over = self.over or held


def stencil_of(issue: Issue, letter: RenderedEmail) -> EmailTemplate:
    """The frozen mail of an issue, ready to be filled in for each recipient."""
    unfilled = replace(letter, greeting=None)
    message = message_of(issue, unfilled, ADDRESS, TOKEN, MESSAGE_ID, mark=MARK)
    return EmailTemplate.from_message(message, letter.greeting or Greeting())


def message_of(
    issue: Issue,
    letter: RenderedEmail,
    address: str,
    token: str,
    message_id: str,
    name: str = "",
    mark: str = "",
) -> headers.ListEmail:
    return headers.message_to(
        address,
        letter,
        newsletter=issue.newsletter,
        publication=current_publication(),
        token=token,
        message_id=message_id,
        name=name,
        language=issue.speaks,
        campaign=f"issue-{issue.pk}",
        mark=mark,
        automatic=issue.composed_by_rule,
    )


def _sleep(seconds: float, enough: Enough) -> None:
    """Waits, and asks now and then whether it is time to go."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not enough():
        time.sleep(min(left, 0.2))
