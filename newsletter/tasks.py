"""The jobs of the newsletter."""

import logging
from collections.abc import Callable
from functools import partial

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from procrastinate.job_context import JobContext

from articles.editorial import publishing
from iria.core.jobs import AFTER_OTHERS, enqueue, job, stop_after
from newsletter import follow_emails, preflight, subscription_emails
from newsletter.bounces import processing, webhooks
from newsletter.delivery import progress, sending, worker
from newsletter.digests import approval, composition
from newsletter.imports import uploads
from newsletter.subscriptions import opt_in

logger = logging.getLogger(__name__)

MAX_RUN_SECONDS = 20
"""After this long a job stops for other jobs and enqueues the rest."""


@job("newsletter.deliver", priority=AFTER_OTHERS, pass_context=True)
def deliver(context: JobContext, issue_id: int) -> None:
    should_stop = stop_after(MAX_RUN_SECONDS, context)
    if worker.is_long(issue_id):
        # Lets another idle worker help.
        enqueue("newsletter.deliver", once=True, issue_id=issue_id)
    if worker.deliver(issue_id, should_stop=should_stop):
        enqueue("newsletter.deliver", once=True, issue_id=issue_id)


@job("newsletter.look_after", cron="* * * * *")
def run_maintenance_jobs() -> None:
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
        enqueue("newsletter.deliver", once=True, issue_id=issue_id)


def _resume_imports() -> None:
    for import_id in uploads.in_progress():
        uploads.enqueue(import_id)


def _run_safely(action: Callable[[], object]) -> None:
    try:
        action()
    except (OperationalError, InterfaceError):
        # Without the database, the other actions would fail too.
        raise
    except Exception:
        logger.exception("one step of the newsletter's maintenance failed")


@job("newsletter.digests", cron="* * * * *", priority=AFTER_OTHERS)
def compose_digests() -> None:
    """Composes and sends digests; a separate job, so that it does not delay others."""
    # Scheduled articles that are due belong to the period that ends.
    for action in (
        publishing.publish_due,
        composition.compose_due,
        approval.send_automatic,
        approval.resume_approvals,
    ):
        _run_safely(action)


@job("newsletter.following", cron="*/5 * * * *", priority=AFTER_OTHERS, pass_context=True)
def send_new_articles(context: JobContext) -> None:
    """Sends new articles to those who follow their authors, sections or topics."""
    follow_emails.send_due(should_stop=stop_after(MAX_RUN_SECONDS * 10, context))


@job("newsletter.forget_unconfirmed", cron="17 3 * * *")
def delete_unconfirmed() -> None:
    while opt_in.delete_unconfirmed():
        continue
    uploads.delete_old_files()
    follow_emails.delete_old(timezone.now())
    webhooks.delete_expired_receipts()


@job("newsletter.delete_old", cron="27 3 * * *", priority=AFTER_OTHERS)
def delete_old() -> None:
    """Deletes old deliveries, attempts, bounces and results of external checks every night."""
    now = timezone.now()
    progress.delete_old(now)
    preflight.delete_old(now)
