"""Hands one e-mail to the mail server, and returns the outcome. The log never contains an address."""

import logging
import re
from enum import Enum, auto
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Final

from django.core.mail import EmailMessage, mailers

from articles.comments.notifications import follows
from iria.core import hooks

MAILBOX_FULL: Final = 552
NOBODY: Final = re.compile(r"55[013] (?!\d\.)|5\d\d (?:5\.1\.\d|5\.2\.1)\b")
"""There is no such address, or it is closed for good (RFC 3463): not that we are unwelcome today."""

log = logging.getLogger(__name__)


class NotSent(Exception):
    """The mail server could not be reached or asked us to come back."""


class Outcome(Enum):
    SENT = auto()
    REFUSED = auto()
    """Nobody has this address, or it must not be written to."""
    DEFERRED = auto()
    """Not now; the mail did not leave us."""
    UNCERTAIN = auto()
    """The server may have it or not."""


def send(message: EmailMessage, *, about: str) -> Outcome:
    """Sends it, unless its address is one that mail came back from.

    Args:
        about: what the mail is about, for the log.
    """
    (address,) = message.to
    if follows.is_closed(address):
        return Outcome.REFUSED
    backend = mailers["default"]
    try:
        backend.open()
    except (SMTPException, OSError) as trouble:
        log.warning("mail about %s: no mail server (%s)", about, type(trouble).__name__)
        return Outcome.DEFERRED
    try:
        return _sent(message, backend, about)
    finally:
        _hang_up(backend)


def close(address: str, because: str) -> None:
    """Suppresses an address, here and in the other apps that send e-mail."""
    follows.suppress(address, because=because)
    for told in hooks.email_bounced:
        told(address, because)


def _sent(message: EmailMessage, backend: object, about: str) -> Outcome:
    try:
        backend.send_messages([message])  # type: ignore[attr-defined]
    except SMTPRecipientsRefused as refusal:
        (code, said), *_ = refusal.recipients.values()
        if code < 500 or code == MAILBOX_FULL:
            return Outcome.DEFERRED
        log.warning("the mail about %s was refused for its recipient", about)
        words = f"{code} {said.decode('utf-8', 'replace')}"
        if NOBODY.match(words):
            close(message.to[0], words)
        return Outcome.REFUSED
    except ValueError:
        # An address that no mail server takes from us, such as one with accents before the @.
        log.warning("the mail about %s has an address that cannot be written to", about)
        return Outcome.REFUSED
    except SMTPResponseException as answer:
        log.warning("the mail about %s was not taken: %s", about, answer.smtp_code)
        return Outcome.DEFERRED
    except (SMTPException, OSError) as trouble:
        log.warning("the mail about %s broke off: %s", about, type(trouble).__name__)
        return Outcome.UNCERTAIN
    return Outcome.SENT


def _hang_up(backend: object) -> None:
    try:
        backend.close()  # type: ignore[attr-defined]
    except (SMTPException, OSError):
        return
