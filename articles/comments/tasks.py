"""The nightly jobs of comments, and the one that sends notifications every minute.

Other jobs are declared where they are: in `notifications`, `screening.pipeline` and `moderation.flagging`.
"""

import logging

from django.utils import timezone
from procrastinate.job_context import JobContext

from articles.comments.moderation import ban_matching, bans, queues
from articles.comments.notifications import follows, outbox, sending
from articles.comments.screening import spam_model
from articles.comments.submission import posting
from iria.core.jobs import job, stop_after

log = logging.getLogger(__name__)

SECONDS_PER_RUN = 40
"""After this time the job ends; the rest is sent in the next minute."""


@job("comments.send_notifications", cron="* * * * *", aliases=["comments.tell"], pass_context=True)
def send_notifications(context: JobContext) -> None:
    """Every minute: the notifications that are due, and the daily e-mails when it is time."""
    outbox.mark_uncertain(timezone.now())
    sending.send_due(should_stop=stop_after(SECONDS_PER_RUN, context))


@job("comments.learn", cron="23 4 * * *")
def train_spam_model() -> None:
    """Once a night, from the decisions of moderators."""
    log.info("Spam model: %s", spam_model.train_if_possible())


@job("comments.forget_unconfirmed", cron="37 4 * * *")
def delete_unconfirmed() -> None:
    """Once a night: comments that nobody confirmed within a week, or whose e-mail was never sent."""
    log.info("Comments that could not be confirmed: %d pending", posting.moderate_unreached())
    log.info("Comments never confirmed: %d deleted", posting.delete_unconfirmed())


@job("comments.destroy", cron="37 4 * * *")
def delete_expired() -> None:
    """Once a night: IP addresses after thirty days, the values of expired bans, old claims."""
    ban_matching.delete_expired_ip_addresses()
    bans.end_expired()
    queues.delete_expired_claims()


@job("comments.forget_follows", cron="37 4 * * *")
def delete_old_follows() -> None:
    """Once a night: follows never confirmed or ended long ago, and old notifications."""
    outbox.delete_old(timezone.now())
    follows.delete_old()
