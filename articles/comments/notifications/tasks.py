"""The jobs of following; each calls the verb that pages and tests call."""

import time

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext

from articles.comments.notifications import (
    confirmation,
    fan_out,
    follows,
    job_queue,
    moderator_digest,
    outbox,
    sending,
)
from articles.comments.notifications.smtp import NotSent

PATIENT = RetryStrategy(max_attempts=6, exponential_wait=8, retry_exceptions={NotSent})
SECONDS_AT_A_TIME = 40
"""Of each minute, after which the job ends; the rest waits for the next minute."""


@app.task(name=job_queue.SPREAD)
def create_notifications(comment_id: int) -> None:
    fan_out.create_notifications(comment_id)


@app.task(name=job_queue.ASK, retry=PATIENT)
def ask(follow_id: int) -> None:
    confirmation.answer(follow_id)


@app.periodic(cron="* * * * *")
@app.task(name="comments.tell", queueing_lock="comments.tell", pass_context=True)
def tell(context: JobContext, timestamp: int) -> None:
    """Every minute: what can be told now, the mails of the day when it is time."""
    until = time.monotonic() + SECONDS_AT_A_TIME

    def enough() -> bool:
        return context.should_abort() or time.monotonic() > until

    outbox.look_after(timezone.now())
    sending.send_due(enough=enough)
    moderator_digest.send_due()


@app.periodic(cron="37 4 * * *")
@app.task(name="comments.forget_follows", queueing_lock="comments.forget_follows")
def forget(timestamp: int) -> None:
    """Once a night: what was never confirmed, what was left, and what was told long ago."""
    outbox.forget(timezone.now())
    follows.forget()
