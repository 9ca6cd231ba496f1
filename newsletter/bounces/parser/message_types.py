"""The type of a message, by its headers: bounce, automatic reply, complaint, personal e-mail."""

import re
from typing import Final

from newsletter.bounces.parser import languages
from newsletter.bounces.parser.mime import Headers, Opened
from newsletter.bounces.parser.report import Topic

SERVER: Final = re.compile(
    r"(?i)mailer[-_. ]?daemon|post[-_]?master|\bndr@|mail[-_. ]?deliver|delivery[-_. ](?:sub)?system|mail[-_. ]?(?:system|server|service|administrator|gateway|router)|"
    r"system administrator|mdaemon|lsmtp|bounce|^\s*<>\s*$|imss|microsoft outlook|mailadm|smtp_mail|symantec|inet-?gw|no-?reply"
)
RETURNED: Final = re.compile(f"(?i){languages.any_of(Topic.SUBJECT)}")
REPLY: Final = re.compile(rf"(?i)^\W*(?:re:\s*)?(?:{languages.any_of(Topic.REPLY)})")
ARRIVED: Final = re.compile(
    rf"(?i){languages.any_of(Topic.RECEIPT)}|^(?:{languages.any_of(Topic.DELIVERED)})\s*:"
)
"""Subjects of confirmations that an e-mail was delivered or relayed."""
COMPLAINING: Final = re.compile(
    r"(?i)complaint about (?:a )?(?:message|e-?mail)s? from|e-?mail feedback report|(?:abuse|spam|complaint|feedback|opt-?out) report|(?:spam|abuse) complaint|reported as (?:spam|abuse|junk)"
)
COMPLAINT_WORDS: Final = re.compile(
    r"(?i)\bthis is an? (?:e-?mail )?(?:abuse|spam|opt-?out|complaint|feedback|fraud|unsubscribe) (?:report|notification|complaint)|"
    r"\breport (?:for|about) an? (?:e-?mail|message)[^.]{0,80}\breceived from|\b(?:user|recipient|customer|member|subscriber)s?\b[^.]{0,60}\b(?:reported|marked|flagged)\b[^.]{0,60}\b(?:spam|junk|abuse|unwanted|unsolicited)"
)
FEEDBACK_FIELD: Final = re.compile(r"(?im)^[> \t]{0,8}feedback-type[ \t]*:[ \t]*[\w-]+")
RETURNED_HEAD: Final = re.compile(r"(?im)^[> \t]{0,8}(?:received|return-path|message-id)[ \t]*:")
FEEDBACK_REPORT_FIELD: Final = re.compile(
    r"(?im)^[> \t]{0,8}(?:user-agent|version|original-rcpt-to|original-mail-from|removal-recipient|reported-domain|source-ip|received-date|arrival-date)[ \t]*:"
)
"""Fields that accompany the feedback type; a text may quote the type alone."""


def is_from_server(headers: Headers) -> bool:
    """Whether the sender looks like a mail server, or the return path is empty."""
    path = headers.get("return-path").strip()
    return is_called_server(headers) or path in {"<>", "<MAILER-DAEMON>"}


def is_called_server(headers: Headers) -> bool:
    """Whether the sender has the name of a mail server."""
    return bool(SERVER.search(headers.words("from")))


def says_returned(headers: Headers) -> bool:
    """Whether the subject or a header says that an e-mail was not delivered."""
    if ARRIVED.search(headers.words("subject")):
        return False
    return bool(RETURNED.search(headers.words("subject"))) or bool(
        headers.get("x-failed-recipients")
    )


def is_report(message: Opened) -> bool:
    """Whether the message contains or announces a delivery status."""
    if message.report_type == "delivery-status":
        return True
    return any(part.kind.endswith("delivery-status") for part in message.parts)


def is_receipt(message: Opened) -> bool:
    """Whether it is a receipt (RFC 8098): the e-mail was read or deleted."""
    return message.report_type == "disposition-notification" or any(
        part.kind == "message/disposition-notification" for part in message.parts
    )


def is_feedback(message: Opened) -> bool:
    """Whether it is a complaint, in the format of RFC 5965 or an older one.

    Older complaints have the fields in the text, or no fields: the provider returned the e-mail
    with a known subject, or with the complaining address in a header.
    """
    kinds = {message.kind, *(part.kind for part in message.parts)}
    if message.report_type == "feedback-report" or "message/feedback-report" in kinds:
        return True
    texts = [part.text for part in message.parts if not part.kind.startswith("message/delivery")]
    if any(FEEDBACK_FIELD.search(text) and FEEDBACK_REPORT_FIELD.search(text) for text in texts):
        return not is_report(message)
    has_returned_email = bool(message.returned) or any(RETURNED_HEAD.search(text) for text in texts)
    if not has_returned_email or is_report(message):
        return False
    if any(
        headers.get("x-hmxmroriginalrecipient") for headers in (message.headers, *message.returned)
    ):
        return True
    return bool(COMPLAINING.search(message.headers.words("subject"))) or (
        bool(texts) and bool(COMPLAINT_WORDS.search(texts[0][:1000]))
    )


def is_automatic_reply(headers: Headers) -> bool:
    """Whether it is an automatic reply (RFC 3834), such as an out-of-office message."""
    is_marked = headers.get("auto-submitted").lower().startswith("auto-")
    is_marked = is_marked or any(
        headers.get(name)
        for name in (
            "x-autoreply",
            "x-autorespond",
            "x-auto-reply",
            "x-autoresponder",
            "x-vacation",
        )
    )
    is_marked = is_marked or headers.get("precedence").lower() in {"auto_reply", "auto-reply"}
    return is_marked or bool(REPLY.match(headers.words("subject")))
