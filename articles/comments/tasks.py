"""The jobs of comments; each calls a function that tests and pages can call too."""

import logging
import time

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext

from articles.comments import job_queue
from articles.comments.moderation import ban_matching, bans, flagging, queues
from articles.comments.notifications import follows, outbox, sending
from articles.comments.notifications.outbox import NotSent
from articles.comments.screening import pipeline, spam_model
from articles.comments.submission import posting
from iria.core.http.safe_client import RequestFailed

log = logging.getLogger(__name__)

RETRY_EMAIL = RetryStrategy(max_attempts=6, exponential_wait=8, retry_exceptions={NotSent})
RETRY_AKISMET = RetryStrategy(max_attempts=6, exponential_wait=6, retry_exceptions={RequestFailed})
SECONDS_PER_RUN = 40
"""After this time the job ends; the rest is sent in the next minute."""


@app.task(name=job_queue.RECEIVED, retry=RETRY_EMAIL)
def received(comment_id: int) -> None:
    sending.send_received(comment_id)


@app.task(name=job_queue.CONFIRM, retry=RETRY_EMAIL)
def confirm(comment_id: int) -> None:
    sending.send_confirm(comment_id)


@app.task(name=job_queue.DECIDED, retry=RETRY_EMAIL)
def decided(moderation_id: int) -> None:
    sending.send_decided(moderation_id)


@app.task(name=job_queue.FLAG_DECIDED, retry=RETRY_EMAIL)
def flag_decided(flag_id: int) -> None:
    sending.send_flag_decided(flag_id)


@app.task(name=job_queue.CONFIRM_FOLLOW, retry=RETRY_EMAIL)
def confirm_follow(follow_id: int) -> None:
    sending.send_follow_confirmation(follow_id)


@app.task(name=job_queue.CREATE_NOTIFICATIONS)
def create_notifications(comment_id: int) -> None:
    outbox.create_notifications(comment_id)


@app.periodic(cron="* * * * *")
@app.task(name="comments.tell", queueing_lock="comments.tell", pass_context=True)
def send_notifications(context: JobContext, timestamp: int) -> None:
    """Every minute: the notifications that are due, and the daily e-mails when it is time."""
    until = time.monotonic() + SECONDS_PER_RUN

    def should_stop() -> bool:
        return context.should_abort() or time.monotonic() > until

    outbox.mark_uncertain(timezone.now())
    sending.send_due(should_stop=should_stop)


@app.task(name=job_queue.ASK_AKISMET, retry=RETRY_AKISMET)
def ask_akismet(comment_id: int) -> None:
    pipeline.ask_about(comment_id)


@app.task(name=job_queue.CORRECT_AKISMET, retry=RETRY_AKISMET)
def correct_akismet(moderation_id: int) -> None:
    pipeline.report_decision(moderation_id)


@app.periodic(cron="23 4 * * *")
@app.task(name="comments.learn", queueing_lock="comments.learn")
def train_spam_model(timestamp: int) -> None:
    """Once a night, from the decisions of moderators."""
    log.info("Spam model: %s", spam_model.train_if_possible())


@app.periodic(cron="31 4 * * *")
@app.task(name="comments.forget", queueing_lock="comments.forget")
def delete_emails_of_reports(timestamp: int) -> None:
    """Once a night: e-mail addresses that were stored for one e-mail and are not needed any more."""
    flagging.erase_emails()


@app.periodic(cron="37 4 * * *")
@app.task(name="comments.forget_unconfirmed", queueing_lock="comments.forget_unconfirmed")
def delete_unconfirmed(timestamp: int) -> None:
    """Once a night: comments that nobody confirmed within a week, or whose e-mail was never sent."""
    log.info("Comments that could not be confirmed: %d pending", posting.moderate_unreached())
    log.info("Comments never confirmed: %d deleted", posting.delete_unconfirmed())


@app.periodic(cron="37 4 * * *")
@app.task(name="comments.destroy", queueing_lock="comments.destroy")
def delete_expired(timestamp: int) -> None:
    """Once a night: IP addresses after thirty days, the values of expired bans, old claims."""
    ban_matching.delete_expired_ip_addresses()
    bans.end_expired()
    queues.delete_expired_claims()


@app.periodic(cron="37 4 * * *")
@app.task(name="comments.forget_follows", queueing_lock="comments.forget_follows")
def delete_old_follows(timestamp: int) -> None:
    """Once a night: follows never confirmed or ended long ago, and old notifications."""
    outbox.delete_old(timezone.now())
    follows.delete_old()
