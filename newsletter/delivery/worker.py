"""Sends an issue over any number of connections of any number of workers.

Must not run inside a transaction: each mark is committed before its e-mail is submitted.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.conf import settings
from django.db import connection

from newsletter.delivery import controls, uncertain
from newsletter.delivery.batch import Batch
from newsletter.email.smtp import Answer, Outcome, SmtpConnection
from newsletter.models import Delivery, Issue

LONG_QUEUE: Final = 500
"""With this many pending deliveries, other workers are asked to help."""
PER_CONNECTION: Final = 100
BATCH_SIZE: Final = 10_000


def never() -> bool:
    return False


def deliver(issue_id: int, *, should_stop: Callable[[], bool]) -> bool:
    """Sends over several connections until `should_stop()`; returns whether more may be pending.

    Each SMTP connection has its own database connection, so that they wait for disk and network in
    parallel.
    """
    pending = _pending(issue_id)
    extra_connections = min(settings.NEWSLETTER_CONNECTIONS, 1 + pending // PER_CONNECTION) - 1

    def send_batches() -> bool:
        while not should_stop():
            if not deliver_batch(issue_id, size=BATCH_SIZE, should_stop=should_stop):
                return False
        return True

    def send_and_close() -> None:
        try:
            send_batches()
        finally:
            connection.close()

    if extra_connections <= 0:
        return send_batches()
    with ThreadPoolExecutor(extra_connections) as pool:
        futures = [pool.submit(send_and_close) for _ in range(extra_connections)]
        is_unfinished = send_batches()
    for future in futures:
        future.result()
    return is_unfinished


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
    uncertain.close(issue.pk)
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
