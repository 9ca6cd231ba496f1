"""The mailbox for what comes back, read every few minutes, and what is said where it cannot be."""

import logging

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from newsletter.bounces import mailbox
from newsletter.bounces.mailbox import Incoming, Unreadable
from newsletter.bounces.taking_in import take_in
from newsletter.models import MailboxReading

log = logging.getLogger(__name__)


def read_mailbox() -> int:
    """Takes in every unread message of the mailbox that is set; returns how many.

    A mailbox that cannot be read, or stops half-way, is written down in a sentence for the desk and tried again
    at the next turn. What was taken in counts; the rest is still unread. So is a message that we stumble over,
    and it holds up no other.
    """
    url = settings.BOUNCE_MAILBOX_URL
    if not url:
        return 0
    count, stumbled, trouble = 0, 0, ""
    try:
        for incoming in mailbox.of_url(url):
            if _was_taken_in(incoming):
                count += 1
                incoming.done()
            else:
                stumbled += 1
        trouble = _stayed_unread(stumbled)
    except Unreadable as unreadable:
        trouble = str(unreadable)[:500]
        log.warning("the mailbox for bounces: %s", trouble)
    _note(mailbox.without_password(url), count, trouble)
    return count


def _was_taken_in(incoming: Incoming) -> bool:
    try:
        take_in(incoming.raw)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception(
            "the message %s of the mailbox for bounces could not be taken in", incoming.name
        )
        return False
    return True


def _stayed_unread(count: int) -> str:
    if not count:
        return ""
    which = "One message" if count == 1 else f"{count} messages"
    stays = "stays" if count == 1 else "stay"
    return f"{which} could not be taken in and {stays} unread; the log of the worker says why."


def _note(name: str, count: int, trouble: str) -> None:
    now = timezone.now()
    reading, _ = MailboxReading.objects.get_or_create(
        mailbox=name,
        defaults={"tried_at": now, "trouble": trouble, "read_at": None if trouble else now},
    )
    reading.tried_at, reading.trouble = now, trouble
    reading.read_at = reading.read_at if trouble else now
    reading.messages += count
    reading.save()


def trouble() -> str:
    """Why the mailbox that is set cannot be read at the moment, or nothing."""
    if not settings.BOUNCE_MAILBOX_URL:
        return ""
    name = mailbox.without_password(settings.BOUNCE_MAILBOX_URL)
    reading = MailboxReading.objects.filter(mailbox=name).first()
    return reading.trouble if reading else ""
