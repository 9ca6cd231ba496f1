"""The jobs of the newsletter; each calls the verb that pages and the admin call."""

import logging
import time
from collections.abc import Callable
from functools import partial

from django.db import InterfaceError, OperationalError
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext

from articles.editorial import publishing
from newsletter import notices, queueing
from newsletter.bounces import refusals, watching
from newsletter.bounces.told import replays
from newsletter.by_rule import digests, releasing
from newsletter.consent import subscribing
from newsletter.importing import running, starting
from newsletter.preflight import looking
from newsletter.run import delivering, pausing, scheduling, sending

logger = logging.getLogger(__name__)

SECONDS_AT_A_TIME = 20
"""After this long a job makes room for other jobs and queues the rest."""


@app.task(name=queueing.ANSWER)
def answer(consent_id: int) -> None:
    notices.answer(consent_id)


@app.task(name=queueing.BEGIN)
def begin(issue_id: int) -> None:
    scheduling.begin(issue_id)


@app.task(name=queueing.APPROVE)
def carry_out_approval(digest_id: int) -> None:
    releasing.carry_out(digest_id)


@app.task(name=queueing.LOOK)
def look(issue_id: int) -> None:
    looking.look(issue_id)


@app.task(name=queueing.DATA_LINK)
def send_data_link(subscriber_id: int) -> None:
    notices.send_data_link(subscriber_id)


@app.task(name=queueing.IMPORT)
def take_in_subscribers(import_id: int) -> None:
    running.carry_on(import_id)


@app.task(name=queueing.PAUSED)
def tell_of_pause(issue_id: int) -> None:
    pausing.tell_editors(issue_id)


@app.task(name=queueing.DELIVER, pass_context=True)
def deliver(context: JobContext, issue_id: int) -> None:
    until = time.monotonic() + SECONDS_AT_A_TIME

    def enough() -> bool:
        return context.should_abort() or time.monotonic() > until

    if delivering.is_long(issue_id):
        # Another worker, if one has nothing to do, takes part.
        queueing.deliver_soon(issue_id)
    if delivering.deliver(issue_id, enough=enough):
        queueing.deliver_soon(issue_id)


@app.periodic(cron="* * * * *")
@app.task(name="newsletter.look_after", queueing_lock="newsletter.look_after", pass_context=False)
def look_after(timestamp: int) -> None:
    """Picks up what a lost job left: mails to send, people to answer; what fails holds up nothing else."""
    for deed in (scheduling.begin_due, refusals.learn_from_refusals, _send_on, _take_in_on):
        _by_itself(deed)
    for consent_id in notices.unanswered():
        _by_itself(partial(notices.answer, consent_id))


def _send_on() -> None:
    for issue_id in sending.look_after():
        queueing.deliver_soon(issue_id)


def _take_in_on() -> None:
    for import_id in starting.under_way():
        queueing.import_soon(import_id)


def _by_itself(deed: Callable[[], object]) -> None:
    try:
        deed()
    except (OperationalError, InterfaceError):
        # Without a database nothing else succeeds either.
        raise
    except Exception:
        logger.exception("what the worker looks after every minute failed at one point")


@app.periodic(cron="* * * * *")
@app.task(
    name="newsletter.digests", queueing_lock="newsletter.digests", priority=queueing.AFTER_OTHERS
)
def compose_digests(timestamp: int) -> None:
    """What composes itself; in a job of its own, so that it holds up nothing else."""
    # What should have been public by now belongs to the period that ends.
    for deed in (
        publishing.publish_due,
        digests.compose_due,
        releasing.send_ready,
        releasing.carry_out_approved,
    ):
        _by_itself(deed)


@app.periodic(cron="17 3 * * *")
@app.task(name="newsletter.forget_unconfirmed", queueing_lock="newsletter.forget_unconfirmed")
def forget_unconfirmed(timestamp: int) -> None:
    while subscribing.forget_unconfirmed():
        continue
    starting.forget_files()
    replays.delete_expired_receipts()


@app.periodic(cron="*/3 * * * *")
@app.task(name="newsletter.read_mailbox", queueing_lock="newsletter.read_mailbox")
def read_mailbox(timestamp: int) -> None:
    """Every few minutes: what came back, and who wishes to leave by mail."""
    watching.read_mailbox()
