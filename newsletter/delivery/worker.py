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


def deliver(issue_id: int, *, enough: Callable[[], bool]) -> bool:
    """Sends over several connections until `enough()`; returns whether more may be pending.

    Each SMTP connection has its own database connection, so that they wait for disk and network in
    parallel.
    """
    waiting = _waiting(issue_id)
    extra_connections = min(settings.NEWSLETTER_CONNECTIONS, 1 + waiting // PER_CONNECTION) - 1

    def work() -> bool:
        while not enough():
            if not deliver_batch(issue_id, size=BATCH_SIZE, enough=enough):
                return False
        return True

    def work_and_close() -> None:
        try:
            work()
        finally:
            connection.close()

    if extra_connections <= 0:
        return work()
    with ThreadPoolExecutor(extra_connections) as pool:
        helping = [pool.submit(work_and_close) for _ in range(extra_connections)]
        more = work()
    for each in helping:
        each.result()
    return more


def is_long(issue_id: int) -> bool:
    return _waiting(issue_id) > LONG_QUEUE


def deliver_batch(issue_id: int, *, size: int = 100, enough: Callable[[], bool] = never) -> int:
    """Tries up to `size` e-mails of an issue over one connection; returns how many were processed.

    0 means that nothing is due, or that the mail server accepts nothing at the moment.

    Args:
        enough: called between two e-mails; if true, the remaining claims are released.
    """
    issue = Issue.objects.select_related("newsletter", "digest").filter(pk=issue_id).first()
    if issue is None or issue.state != Issue.State.SENDING or controls.pause_if_blocked(issue):
        return 0
    with SmtpConnection() as post:
        if error := post.open():
            note(issue, error)
            return 0
        judged = Batch(issue, post, note).run(size=size, enough=enough)
    controls.send_to_remaining()
    uncertain.close(issue.pk)
    return judged


def note(issue: Issue, answer: Answer | None) -> None:
    """Stores an error of the server on the issue, once."""
    if answer is not None and answer.outcome is Outcome.PERMANENT:
        controls.pause_with_error(issue, answer.words)
        return
    words = answer.words[:500] if answer is not None else ""
    if issue.error != words:
        Issue.objects.filter(pk=issue.pk, state=Issue.State.SENDING).update(error=words)
        issue.error = words


def _waiting(issue_id: int) -> int:
    queued = Delivery.objects.filter(issue_id=issue_id, state=Delivery.State.QUEUED)
    return queued[:10_000].count()
