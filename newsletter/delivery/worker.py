"""Sends an issue over any number of connections of any number of workers.

Each connection is a `Batch`, which claims deliveries, marks one, submits it and records the outcome. Must not run inside
a transaction: each mark is committed before its e-mail is submitted.
"""

import re
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from iria.publication.models import current_publication
from newsletter.bounces.providers import REF_PLACEHOLDER
from newsletter.bounces.verp import delivery_ref, return_path
from newsletter.delivery import claims as delivery_claims
from newsletter.delivery import controls
from newsletter.delivery.claims import AttemptResult, Claim, MarkedDelivery, Personal
from newsletter.email import headers
from newsletter.email.headers import ADDRESS, MESSAGE_ID, EmailTemplate
from newsletter.email.rendering import TOKEN, Greeting, RenderedEmail, stored_email
from newsletter.email.smtp import Answer, Outcome, SmtpConnection, add_signature
from newsletter.models import Attempt, Delivery, Issue

MAX_ATTEMPTS: Final = 8
FIRST_PAUSE: Final = timedelta(minutes=5)
MAX_PAUSE: Final = timedelta(hours=6)
PAUSE_WITHOUT_SERVER: Final = timedelta(minutes=1)

State, Result = Delivery.State, Attempt.Outcome


def result_of(marked: MarkedDelivery, answer: Answer) -> AttemptResult:
    """Returns the new state of a delivery, and the pause before the next attempt, if any."""
    response = _without_email(marked.email, answer.response)
    match answer.outcome:
        case Outcome.SENT:
            return AttemptResult(marked, State.SENT, Result.SENT, response)
        case Outcome.REJECTED:
            return AttemptResult(marked, State.REJECTED, Result.REJECTED, response)
        case Outcome.UNCERTAIN:
            return AttemptResult(marked, State.UNCERTAIN, Result.UNCERTAIN, response)
        case Outcome.UNREACHABLE | Outcome.PERMANENT:
            return AttemptResult(
                marked,
                State.QUEUED,
                Result.UNREACHABLE,
                response,
                pause=PAUSE_WITHOUT_SERVER,
                counted=False,
            )
        case Outcome.DEFERRED if marked.attempt >= MAX_ATTEMPTS:
            message = f"Given up after {marked.attempt} attempts: {response}"
            return AttemptResult(marked, State.REJECTED, Result.DEFERRED, message)
        case Outcome.DEFERRED:
            pause = pause_after(marked.attempt)
            return AttemptResult(marked, State.DEFERRED, Result.DEFERRED, response, pause=pause)


def _without_email(email: str, response: str) -> str:
    """Removes the address that servers repeat: it must be erased with the subscriber."""
    if email.lower() not in response.lower():
        return response
    return re.sub(re.escape(email), "(address)", response, flags=re.IGNORECASE)


def pause_after(attempt: int) -> timedelta:
    """Returns the pause after a deferred attempt; it doubles each time."""
    factor: int = 2 ** max(0, attempt - 1)
    return min(FIRST_PAUSE * factor, MAX_PAUSE)


CLAIM_SIZE: Final = 50
CHECK_EVERY: Final = 5.0
"""Seconds between two checks for too many rejections."""
DATABASE_TIMEOUT: Final = 60.0
"""Seconds to wait for the database so that a result can be recorded."""
NOT_SUBMITTED: Final = {Outcome.UNREACHABLE, Outcome.PERMANENT}

ReportError = Callable[[Issue, Answer | None], None]
ShouldStop = Callable[[], bool]


class Batch:
    """One SMTP connection and one lease."""

    def __init__(self, issue: Issue, smtp: SmtpConnection, report_error: ReportError) -> None:
        self.issue, self.smtp, self.report_error = issue, smtp, report_error
        self.lease = uuid4()
        self.rendered = stored_email(issue)
        self.template = template_of(issue, self.rendered) if smtp.speaks_smtp else None
        self.sender = headers.from_email(issue.newsletter)
        self.pending_result: AttemptResult | None = None
        self.processed = 0
        self.rejected_in_a_row = 0
        self.checked_at = time.monotonic()
        self.is_stopped = False
        # Sends ahead, and does not use the database.
        self.helper = ThreadPoolExecutor(1)
        self.sends_ahead = True

    def run(self, *, size: int, should_stop: ShouldStop) -> int:
        """Tries up to `size` e-mails; returns how many got a final or temporary result."""
        try:
            while (
                self.processed < size
                and not self.is_stopped
                and not (self.processed and should_stop())
            ):
                self._check_for_problems()
                if self.is_stopped:
                    break
                limits = delivery_claims.Limits.now()
                claim_size = min(CLAIM_SIZE, size - self.processed)
                claims = delivery_claims.claim(self.issue, self.lease, size=claim_size)
                if not claims:
                    break
                self._send(claims, limits, should_stop)
                # Before any other query: the database may be gone.
                self._record_result()
        finally:
            self.helper.shutdown()
            self._record_result()
            delivery_claims.release(self.lease)
        return self.processed

    def _send(
        self, claims: list[Claim], limits: delivery_claims.Limits, should_stop: ShouldStop
    ) -> None:
        for claim in claims:
            if limits and not self._wait_for_limits(claim, limits, should_stop):
                if self.is_stopped:
                    return
                continue
            ahead = self._send_ahead(claim)
            try:
                marked = self._mark(claim)
            finally:
                wire = ahead.result() if ahead is not None else b""
            # An e-mail that is not completed costs the connection, and often the next mark fails too.
            self.sends_ahead = marked is not None
            if marked is None:
                continue
            answer = self._submit(marked, wire if marked.personal == claim.personal else b"")
            self.pending_result = result_of(marked, answer)
            self._count(answer)
            if self.is_stopped or should_stop():
                return

    def _wait_for_limits(
        self, claim: Claim, limits: delivery_claims.Limits, should_stop: ShouldStop
    ) -> bool:
        """Waits for the rate limits; if the wait is too long, the delivery is released for later."""
        wait = delivery_claims.wait_for_domain(limits, claim.domain)
        if wait is None:
            delay = delivery_claims.next_turn(limits, claim.domain)
            delivery_claims.release_one(self.lease, claim, pause=delay)
            return False
        for_all = delivery_claims.wait_for_all(limits)
        if for_all is None:
            self.is_stopped = True
            return False
        wait = max(wait, for_all)
        if wait > timedelta(0):
            self._record_result()
            _sleep(wait.total_seconds(), should_stop)
        return True

    def _send_ahead(self, claim: Claim) -> Future[bytes] | None:
        """Begins to send the e-mail up to its last line, while its mark is committed."""
        if self.template is None or claim.personal is None or not self.sends_ahead:
            return None
        arguments = (self.template, claim.delivery_id, claim.personal)
        return self.helper.submit(self._send_all_but_last_line, *arguments)

    def _send_all_but_last_line(
        self, template: EmailTemplate, delivery_id: int, personal: Personal
    ) -> bytes:
        """Returns the SMTP data, or nothing if it cannot be sent to this address."""
        try:
            wire = _wire(template, delivery_id, personal)
        except ValueError:
            return b""
        self.smtp.send_ahead(self._sender(delivery_id), personal.email, wire)
        return wire

    def _mark(self, claim: Claim) -> MarkedDelivery | None:
        """Records the last result and marks this delivery, in one commit."""
        try:
            marked = delivery_claims.mark(self.issue, self.lease, claim, self.pending_result)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            self._record_after_database_failure(claim)
            return None
        self.pending_result = None
        return marked

    def _record_result(self) -> None:
        """Records the last result."""
        if self.pending_result is None:
            return
        try:
            delivery_claims.record_result(self.pending_result)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            self._record_after_database_failure(None)
        self.pending_result = None

    def _record_after_database_failure(self, claim: Claim | None) -> None:
        """Records the last result after a database failure.

        It is unknown whether the last commit succeeded. Recording the result again does no harm,
        and a mark that was committed is undone, because its e-mail was not submitted.
        """
        deadline = time.monotonic() + DATABASE_TIMEOUT
        while True:
            connection.close()
            try:
                if self.pending_result is not None:
                    delivery_claims.record_result(self.pending_result)
                if claim is not None:
                    delivery_claims.unmark(self.lease, claim)
            except (OperationalError, InterfaceError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.25)
            else:
                self.pending_result = None
                return

    def _submit(self, marked: MarkedDelivery, wire: bytes) -> Answer:
        """Submits an e-mail, of which `wire` may have been sent ahead."""
        personal = marked.personal
        if self.template is None:
            ref = _ref(marked.delivery_id)
            values = (personal.email, personal.token, personal.message_id, personal.name, ref)
            return self.smtp.deliver(message_of(self.issue, self.rendered, *values))
        try:
            wire = wire or _wire(self.template, marked.delivery_id, personal)
        except ValueError as error:
            return Answer(Outcome.REJECTED, str(error))
        return self.smtp.submit(self._sender(marked.delivery_id), personal.email, wire)

    def _sender(self, delivery_id: int) -> str:
        return return_path(delivery_id) or self.sender

    def _count(self, answer: Answer) -> None:
        if answer.outcome in NOT_SUBMITTED:
            self.is_stopped = True
            self.report_error(self.issue, answer)
            return
        self.processed += 1
        self.report_error(self.issue, None)
        is_rejected = answer.outcome is Outcome.REJECTED
        self.rejected_in_a_row = self.rejected_in_a_row + 1 if is_rejected else 0
        if self.rejected_in_a_row >= controls.MAX_REJECTED_IN_A_ROW and self.issue.auto_pause:
            self.is_stopped = True
            self._record_result()
            message = f"{self.rejected_in_a_row} e-mails were rejected in a row: {answer.response}"
            controls.pause_with_error(self.issue, message)

    def _check_for_problems(self) -> None:
        """Every few seconds, checks for too many rejections and for unpublished articles."""
        if time.monotonic() - self.checked_at < CHECK_EVERY:
            return
        self.checked_at = time.monotonic()
        is_paused = controls.pause_if_blocked(self.issue) or controls.pause_on_failures(self.issue)
        self.is_stopped = self.is_stopped or is_paused


def _wire(template: EmailTemplate, delivery_id: int, personal: Personal) -> bytes:
    """Returns the SMTP data of an e-mail.

    Raises:
        ValueError: it cannot be sent to this address.
    """
    wire = template.render_for(
        address=personal.email,
        token=personal.token,
        message_id=personal.message_id,
        name=personal.name,
        ref=_ref(delivery_id),
    )
    return add_signature(wire)


def _ref(delivery_id: int) -> str:
    return delivery_ref(delivery_id) if settings.MAIL_PROVIDER else ""


def template_of(issue: Issue, rendered: RenderedEmail) -> EmailTemplate:
    """Returns the stored e-mail of an issue as a template."""
    without_greeting = replace(rendered, greeting=None)
    message = message_of(issue, without_greeting, ADDRESS, TOKEN, MESSAGE_ID, ref=REF_PLACEHOLDER)
    return EmailTemplate.from_message(message, rendered.greeting or Greeting())


def message_of(
    issue: Issue,
    rendered: RenderedEmail,
    email: str,
    token: str,
    message_id: str,
    name: str = "",
    ref: str = "",
) -> headers.ListEmail:
    return headers.message_to(
        email,
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


def _sleep(seconds: float, should_stop: ShouldStop) -> None:
    """Sleeps, and regularly checks whether the worker has to stop."""
    end = time.monotonic() + seconds
    while (remaining := end - time.monotonic()) > 0 and not should_stop():
        time.sleep(min(remaining, 0.2))


LONG_QUEUE: Final = 500
"""With this many pending deliveries, other workers are asked to help."""
DELIVERIES_PER_CONNECTION: Final = 100
BATCH_SIZE: Final = 10_000


def never() -> bool:
    return False


def deliver(issue_id: int, *, should_stop: Callable[[], bool]) -> bool:
    """Sends over several connections until `should_stop()`; returns whether more may be pending.

    Each SMTP connection has its own database connection, so that they wait for disk and network in
    parallel.
    """
    pending = _pending(issue_id)
    extra_connections = (
        min(settings.NEWSLETTER_CONNECTIONS, 1 + pending // DELIVERIES_PER_CONNECTION) - 1
    )

    def send_batches() -> bool:
        while not should_stop():
            if not deliver_batch(issue_id, size=BATCH_SIZE, should_stop=should_stop):
                return False
        return True

    def send_and_close() -> bool:
        try:
            return send_batches()
        finally:
            connection.close()

    if extra_connections <= 0:
        return send_batches()
    with ThreadPoolExecutor(extra_connections) as pool:
        futures = [pool.submit(send_and_close) for _ in range(extra_connections)]
        is_unfinished = send_batches()
    # One connection may find nothing while another one still has claims, which it releases when it stops.
    return any([is_unfinished, *(future.result() for future in futures)])


def is_long(issue_id: int) -> bool:
    return _pending(issue_id) > LONG_QUEUE


def deliver_batch(
    issue_id: int, *, size: int = 100, should_stop: Callable[[], bool] = never
) -> int:
    """Tries up to `size` e-mails of an issue over one connection; returns how many were processed.

    0 means that nothing is due, or that the mail server accepts nothing at the moment.

    Args:
        should_stop: called between two e-mails; if true, the remaining claims are released.
    """
    issue = Issue.objects.select_related("newsletter", "digest").filter(pk=issue_id).first()
    if issue is None or issue.state != Issue.State.SENDING or controls.pause_if_blocked(issue):
        return 0
    with SmtpConnection() as smtp:
        if error := smtp.open():
            store_error(issue, error)
            return 0
        processed = Batch(issue, smtp, store_error).run(size=size, should_stop=should_stop)
    controls.send_to_remaining()
    controls.close(issue.pk)
    return processed


def store_error(issue: Issue, answer: Answer | None) -> None:
    """Stores an error of the server on the issue, once."""
    if answer is not None and answer.outcome is Outcome.PERMANENT:
        controls.pause_with_error(issue, answer.response)
        return
    message = answer.response[:500] if answer is not None else ""
    if issue.error != message:
        Issue.objects.filter(pk=issue.pk, state=Issue.State.SENDING).update(error=message)
        issue.error = message


def _pending(issue_id: int) -> int:
    queued = Delivery.objects.filter(issue_id=issue_id, state=Delivery.State.QUEUED)
    return queued[:10_000].count()
