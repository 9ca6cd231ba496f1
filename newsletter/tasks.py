"""The jobs of the newsletter."""

import logging
import time
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext

from articles.editorial import publishing
from newsletter import following, job_queue, preflight, subscription_emails
from newsletter.bounces import mailbox, processing, webhooks
from newsletter.delivery import controls, progress, sending, worker
from newsletter.digests import approval, composition
from newsletter.imports import runner, uploads
from newsletter.subscriptions import opt_in

logger = logging.getLogger(__name__)

MAX_RUN_SECONDS = 20
"""After this long a job stops for other jobs and enqueues the rest."""


@app.task(name=job_queue.ANSWER)
def answer(consent_id: int) -> None:
    subscription_emails.answer(consent_id)


@app.task(name=job_queue.WELCOME)
def welcome(consent_id: int) -> None:
    subscription_emails.send_welcome(consent_id)


@app.task(name=job_queue.START)
def start_scheduled(issue_id: int) -> None:
    sending.start_scheduled(issue_id)


@app.task(name=job_queue.APPROVE)
def send_approved(digest_id: int) -> None:
    approval.send_approved(digest_id)


@app.task(name=job_queue.CHECK)
def run_external_checks(issue_id: int) -> None:
    preflight.run_external_checks(issue_id)


@app.task(name=job_queue.DATA_LINK)
def send_data_link(subscriber_id: int) -> None:
    subscription_emails.send_data_link(subscriber_id)


@app.task(name=job_queue.IMPORT, queue=settings.LONG_QUEUE)
def run_import(import_id: int) -> None:
    runner.resume(import_id)


@app.task(name=job_queue.PAUSED)
def send_pause_email(issue_id: int) -> None:
    controls.email_editors(issue_id)


@app.task(name=job_queue.DELIVER, pass_context=True)
def deliver(context: JobContext, issue_id: int) -> None:
    deadline = time.monotonic() + MAX_RUN_SECONDS

    def should_stop() -> bool:
        return context.should_abort() or time.monotonic() > deadline

    if worker.is_long(issue_id):
        # Lets another idle worker help.
        job_queue.enqueue_delivery(issue_id)
    if worker.deliver(issue_id, should_stop=should_stop):
        job_queue.enqueue_delivery(issue_id)


@app.periodic(cron="* * * * *")
@app.task(name="newsletter.look_after", queueing_lock="newsletter.look_after", pass_context=False)
def run_maintenance_jobs(timestamp: int) -> None:
    """Repeats the work of lost jobs; a failure does not stop the others."""
    for action in (
        sending.start_due,
        processing.suppress_rejected,
        _resume_sending,
        _resume_imports,
    ):
        _run_safely(action)
    for consent_id in subscription_emails.unanswered():
        _run_safely(partial(subscription_emails.answer, consent_id))
    for consent_id in subscription_emails.unsent_welcomes():
        _run_safely(partial(subscription_emails.send_welcome, consent_id))


def _resume_sending() -> None:
    for issue_id in sending.run_maintenance():
        job_queue.enqueue_delivery(issue_id)


def _resume_imports() -> None:
    for import_id in uploads.in_progress():
        job_queue.enqueue_import(import_id)


def _run_safely(action: Callable[[], object]) -> None:
    try:
        action()
    except (OperationalError, InterfaceError):
        # Without the database, the other actions would fail too.
        raise
    except Exception:
        logger.exception("one step of the newsletter's maintenance failed")


@app.periodic(cron="* * * * *")
@app.task(
    name="newsletter.digests", queueing_lock="newsletter.digests", priority=job_queue.AFTER_OTHERS
)
def compose_digests(timestamp: int) -> None:
    """Composes and sends digests; a separate job, so that it does not delay others."""
    # Scheduled articles that are due belong to the period that ends.
    for action in (
        publishing.publish_due,
        composition.compose_due,
        approval.send_automatic,
        approval.resume_approvals,
    ):
        _run_safely(action)


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="newsletter.following",
    queueing_lock="newsletter.following",
    priority=job_queue.AFTER_OTHERS,
    pass_context=True,
)
def send_new_articles(context: JobContext, timestamp: int) -> None:
    """Sends new articles to those who follow their authors, sections or topics."""
    deadline = time.monotonic() + MAX_RUN_SECONDS * 10
    following.send_due(should_stop=lambda: context.should_abort() or time.monotonic() > deadline)


@app.periodic(cron="17 3 * * *")
@app.task(name="newsletter.forget_unconfirmed", queueing_lock="newsletter.forget_unconfirmed")
def delete_unconfirmed(timestamp: int) -> None:
    while opt_in.delete_unconfirmed():
        continue
    uploads.delete_old_files()
    following.delete_old(timezone.now())
    webhooks.delete_expired_receipts()


@app.periodic(cron="27 3 * * *")
@app.task(
    name="newsletter.delete_old",
    queueing_lock="newsletter.delete_old",
    priority=job_queue.AFTER_OTHERS,
)
def delete_old(timestamp: int) -> None:
    """Deletes old deliveries, attempts, bounces and results of external checks every night."""
    now = timezone.now()
    progress.delete_old(now)
    preflight.delete_old(now)


@app.periodic(cron="*/3 * * * *")
@app.task(name="newsletter.read_mailbox", queueing_lock="newsletter.read_mailbox")
def read_mailbox(timestamp: int) -> None:
    """Reads bounces and unsubscribe requests every few minutes."""
    mailbox.read_mailbox()
