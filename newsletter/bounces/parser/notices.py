"""Amazon SES notifications that are forwarded as e-mails with JSON."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from newsletter.bounces.parser import mime
from newsletter.bounces.parser.mime import Opened
from newsletter.bounces.parser.reason import Reason
from newsletter.bounces.parser.reasons import reason_of, status_in
from newsletter.bounces.parser.report import Failure

BY_KIND: Final = {
    ("Permanent", "NoEmail"): Reason.UNKNOWN_USER,
    ("Transient", "MailboxFull"): Reason.FULL,
    ("Transient", "MessageTooLarge"): Reason.TOO_LARGE,
    ("Transient", "ContentRejected"): Reason.POLICY,
    ("Transient", "AttachmentRejected"): Reason.POLICY,
}

type Notice = dict[str, Any]


def notice_in(message: Opened) -> Notice:
    """Returns the notification in a message, or an empty dict."""
    for part in message.parts[:2]:
        text = part.text.lstrip()
        if not text.startswith("{"):
            continue
        with suppress(ValueError, RecursionError):
            found, _ = json.JSONDecoder().raw_decode(text)
            if isinstance(inner := found.get("Message"), str) and inner.startswith("{"):
                found = json.loads(inner)
            if isinstance(found, dict) and _kind(found) in {"Bounce", "Complaint"}:
                return found
    return {}


def _kind(notice: Notice) -> object:
    kind = notice.get("notificationType") or notice.get("eventType")
    return kind if isinstance(kind, str) else ""


def is_complaint(notice: Notice) -> bool:
    return _kind(notice) == "Complaint"


def feedback_of(notice: Notice) -> str:
    """Returns the complaint type in lower case."""
    return str(_inner(notice, "complaint").get("complaintFeedbackType") or "").lower()[:100]


def complainers(notice: Notice) -> list[str]:
    named = [
        mime.clean(str(each.get("emailAddress", "")))
        for each in _list(_inner(notice, "complaint"), "complainedRecipients")
    ]
    return [each for each in named if each]


def failures(notice: Notice) -> Iterator[Failure]:
    bounce = _inner(notice, "bounce")
    kind = (str(bounce.get("bounceType")), str(bounce.get("bounceSubType")))
    for each in _list(bounce, "bouncedRecipients"):
        words, status = str(each.get("diagnosticCode") or ""), str(each.get("status") or "")
        reason = reason_of(words.partition(";")[2] or words, status_in(status))
        yield Failure(
            address=mime.clean(str(each.get("emailAddress", ""))),
            reason=BY_KIND.get(kind, reason) if reason is Reason.UNSAID else reason,
            status=status_in(words) or status_in(status),
            smtp_response=" ".join(words.split())[:500],
        )


def message_ids(notice: Notice) -> list[str]:
    """Returns the Message-IDs of the e-mail that the notification is about."""
    named = _inner(_inner(notice, "mail"), "commonHeaders").get("messageId")
    return [named[:400]] if isinstance(named, str) and named.startswith("<") else []


def _inner(notice: Notice, name: str) -> Notice:
    inner = notice.get(name)
    return inner if isinstance(inner, dict) else {}


def _list(notice: Notice, name: str) -> list[Notice]:
    found = notice.get(name)
    return (
        [each for each in found[:200] if isinstance(each, dict)] if isinstance(found, list) else []
    )
