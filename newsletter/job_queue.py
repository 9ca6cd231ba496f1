"""Enqueues the jobs of `newsletter.tasks`.

A lost job loses nothing: the state is in the tables, and the worker checks them every minute.
"""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

ANSWER = "newsletter.answer"
WELCOME = "newsletter.welcome"
DELIVER = "newsletter.deliver"
START = "newsletter.begin"
CHECK = "newsletter.look"
IMPORT = "newsletter.import"
APPROVE = "newsletter.approve"
PAUSED = "newsletter.tell_of_pause"
DATA_LINK = "newsletter.data_link"

AFTER_OTHERS = -10
"""Delivery takes long, so all other jobs come first."""


def enqueue_answer(consent_id: int) -> None:
    """Enqueues the e-mail to somebody who entered an address."""
    app.configure_task(ANSWER).defer(consent_id=consent_id)


def enqueue_welcome(consent_id: int) -> None:
    """Enqueues the welcome e-mail to somebody who confirmed a subscription."""
    app.configure_task(WELCOME).defer(consent_id=consent_id)


def enqueue_delivery(issue_id: int) -> None:
    """Enqueues sending the next e-mails of an issue; one pending job per issue is enough."""
    task = app.configure_task(DELIVER, queueing_lock=f"{DELIVER} {issue_id}", priority=AFTER_OTHERS)
    with suppress(AlreadyEnqueued):
        task.defer(issue_id=issue_id)


def enqueue_checks(issue_id: int) -> None:
    """Enqueues the external checks of an issue."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(CHECK, queueing_lock=f"{CHECK} {issue_id}").defer(issue_id=issue_id)


def enqueue_pause_email(issue_id: int) -> None:
    """Enqueues the e-mail to editors about a paused issue."""
    app.configure_task(PAUSED).defer(issue_id=issue_id)


def enqueue_approval(digest_id: int) -> None:
    """Enqueues sending an approved digest; never two jobs for the same digest."""
    name = f"{APPROVE} {digest_id}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(APPROVE, queueing_lock=name, lock=name).defer(digest_id=digest_id)


def enqueue_start(issue_id: int, at: datetime | None) -> None:
    """Enqueues the start of a scheduled issue; the worker also checks every minute."""
    app.configure_task(START, schedule_at=at).defer(issue_id=issue_id)


def enqueue_import(import_id: int) -> None:
    """Enqueues the check or import of a file; never two jobs for the same file."""
    name = f"{IMPORT} {import_id}"
    task = app.configure_task(IMPORT, queueing_lock=name, lock=name, priority=AFTER_OTHERS)
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(import_id=import_id)


def enqueue_data_link(subscriber_id: int) -> None:
    """Enqueues the e-mail with the link to a subscriber's data."""
    app.configure_task(DATA_LINK).defer(subscriber_id=subscriber_id)
