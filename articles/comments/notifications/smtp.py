"""Sends one e-mail and returns the outcome. The log never contains an e-mail address."""

import logging
import re
from enum import Enum, auto
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Final

from django.core.mail import EmailMessage, mailers

from articles.comments.notifications import follows
from iria.core import hooks

MAILBOX_FULL: Final = 552
NO_MAILBOX: Final = re.compile(r"55[013] (?!\d\.)|5\d\d (?:5\.1\.\d|5\.2\.1)\b")
"""There is no such mailbox, or it is disabled (RFC 3463). Other rejections may be temporary."""

log = logging.getLogger(__name__)


class NotSent(Exception):
    """The mail server could not be reached or deferred the e-mail."""


class Outcome(Enum):
    SENT = auto()
    REFUSED = auto()
    """The address does not exist or is suppressed."""
    DEFERRED = auto()
    """The e-mail was not sent and can be retried."""
    UNCERTAIN = auto()
    """The mail server may have accepted the e-mail."""


def send(message: EmailMessage, *, about: str) -> Outcome:
    """Sends an e-mail, unless its address is suppressed.

    Args:
        about: what the e-mail is about, for the log.
    """
    (address,) = message.to
    if follows.is_suppressed(address):
        return Outcome.REFUSED
    backend = mailers["default"]
    try:
        backend.open()
    except (SMTPException, OSError) as error:
        log.warning("mail about %s: no mail server (%s)", about, type(error).__name__)
        return Outcome.DEFERRED
    try:
        return _send(message, backend, about)
    finally:
        _close_connection(backend)


def suppress_everywhere(address: str, reason: str) -> None:
    """Suppresses an address, here and in the other apps that send e-mail."""
    follows.suppress(address, reason=reason)
    for handler in hooks.email_bounced:
        handler(address, reason)


def _send(message: EmailMessage, backend: object, about: str) -> Outcome:
    try:
        backend.send_messages([message])  # type: ignore[attr-defined]
    except SMTPRecipientsRefused as refusal:
        (code, response), *_ = refusal.recipients.values()
        if code < 500 or code == MAILBOX_FULL:
            return Outcome.DEFERRED
        log.warning("the e-mail about %s was rejected for its recipient", about)
        text = f"{code} {response.decode('utf-8', 'replace')}"
        if NO_MAILBOX.match(text):
            suppress_everywhere(message.to[0], text)
        return Outcome.REFUSED
    except ValueError:
        # An address that cannot be sent to, such as one with accents before the @.
        log.warning("the e-mail about %s has an invalid address", about)
        return Outcome.REFUSED
    except SMTPResponseException as error:
        log.warning("the e-mail about %s was rejected: %s", about, error.smtp_code)
        return Outcome.DEFERRED
    except (SMTPException, OSError) as error:
        log.warning("sending the e-mail about %s failed: %s", about, type(error).__name__)
        return Outcome.UNCERTAIN
    return Outcome.SENT


def _close_connection(backend: object) -> None:
    try:
        backend.close()  # type: ignore[attr-defined]
    except (SMTPException, OSError):
        return
