"""Mail about comments, sent by the worker.

A job is put into the queue within the transaction that makes it true: PostgreSQL keeps both or
neither, so no mail is lost by a crash in between and none tells what did not happen.
"""

import logging
from typing import Final

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.types import TimeDeltaParams

from articles.comments.flags import flagging
from articles.comments.flags.models import Flag
from articles.comments.models import Comment, Moderation
from articles.comments.moderation import undo
from articles.comments.notifications import commenter_emails
from articles.comments.notifications.smtp import NotSent
from articles.comments.spam import training
from articles.comments.submission import email_confirmation

log = logging.getLogger(__name__)

PATIENT = RetryStrategy(max_attempts=6, exponential_wait=8, retry_exceptions={NotSent})
ONCE_FINAL: Final[TimeDeltaParams] = {"seconds": int(undo.TAKEN_FOR.total_seconds()) + 1}


@app.task(name="comments.received", retry=PATIENT)
def _received(comment_id: int) -> None:
    commenter_emails.send_received(comment_id)


@app.task(name="comments.decided", retry=PATIENT)
def _decided(moderation_id: int) -> None:
    commenter_emails.send_decided(moderation_id)


@app.task(name="comments.flag_decided", retry=PATIENT)
def _flag_decided(flag_id: int) -> None:
    commenter_emails.send_flag_decided(flag_id)


def tell_reporter_what_was_decided(flag: Flag) -> None:
    """Queues the mail to a reader who reported a comment and left an address."""
    if flag.email or flag.user_id:
        _flag_decided.configure(schedule_in=ONCE_FINAL).defer(flag_id=flag.pk)


@app.task(name="comments.confirm", retry=PATIENT)
def _confirm(comment_id: int) -> None:
    commenter_emails.send_confirm(comment_id)


@app.periodic(cron="37 4 * * *")
@app.task(name="comments.forget_unconfirmed", queueing_lock="comments.forget_unconfirmed")
def forget_unconfirmed(timestamp: int) -> None:
    """Once a night: comments whose address nobody confirmed within a week, or could not be asked for."""
    log.info("Comments that could not be asked about: %d held", email_confirmation.hold_unreached())
    log.info("Comments never confirmed: %d removed", email_confirmation.forget_unconfirmed())


def ask_writer_to_confirm(comment: Comment) -> None:
    """Queues the mail whose link puts a guest's comment before the rules."""
    _confirm.defer(comment_id=comment.pk)


def tell_writer_it_was_received(comment: Comment) -> None:
    """Queues the mail that says a comment waits for a moderator."""
    _received.defer(comment_id=comment.pk)


def tell_writer_what_was_decided(moderation: Moderation) -> None:
    """Queues the mail that says what a moderator decided, for when it can be undone no more."""
    _decided.configure(schedule_in=ONCE_FINAL).defer(moderation_id=moderation.pk)


@app.periodic(cron="23 4 * * *")
@app.task(name="comments.learn", queueing_lock="comments.learn")
def learn_from_decisions(timestamp: int) -> None:
    """Once a night, from what moderators decided."""
    log.info("Spam model: %s", training.try_to_learn())


@app.periodic(cron="31 4 * * *")
@app.task(name="comments.forget", queueing_lock="comments.forget")
def forget_addresses_of_reports(timestamp: int) -> None:
    """Once a night: addresses that were left for one mail, and are of no use any more."""
    flagging.forget_addresses()
