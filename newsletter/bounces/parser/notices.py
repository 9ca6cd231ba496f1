"""Amazon SES notifications that are forwarded as e-mails with JSON."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from newsletter.bounces.parser import mime
from newsletter.bounces.parser.mime import Opened
from newsletter.bounces.parser.reasons import reason_of, status_in
from newsletter.bounces.parser.report import Failure, Reason

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
            notice, _ = json.JSONDecoder().raw_decode(text)
            if isinstance(inner := notice.get("Message"), str) and inner.startswith("{"):
                notice = json.loads(inner)
            if isinstance(notice, dict) and _kind(notice) in {"Bounce", "Complaint"}:
                return notice
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
    addresses = [
        mime.clean(str(recipient.get("emailAddress", "")))
        for recipient in _list(_inner(notice, "complaint"), "complainedRecipients")
    ]
    return [address for address in addresses if address]


def failures(notice: Notice) -> Iterator[Failure]:
    bounce = _inner(notice, "bounce")
    kind = (str(bounce.get("bounceType")), str(bounce.get("bounceSubType")))
    for recipient in _list(bounce, "bouncedRecipients"):
        response, status = (
            str(recipient.get("diagnosticCode") or ""),
            str(recipient.get("status") or ""),
        )
        reason = reason_of(response.partition(";")[2] or response, status_in(status))
        yield Failure(
            address=mime.clean(str(recipient.get("emailAddress", ""))),
            reason=BY_KIND.get(kind, reason) if reason is Reason.UNSAID else reason,
            status=status_in(response) or status_in(status),
            smtp_response=" ".join(response.split())[:500],
        )


def message_ids(notice: Notice) -> list[str]:
    """Returns the Message-IDs of the e-mail that the notification is about."""
    message_id = _inner(_inner(notice, "mail"), "commonHeaders").get("messageId")
    return [message_id[:400]] if isinstance(message_id, str) and message_id.startswith("<") else []


def _inner(notice: Notice, name: str) -> Notice:
    inner = notice.get(name)
    return inner if isinstance(inner, dict) else {}


def _list(notice: Notice, name: str) -> list[Notice]:
    items = notice.get(name)
    return (
        [item for item in items[:200] if isinstance(item, dict)] if isinstance(items, list) else []
    )
