"""Decides what a message says, from its headers and everything that was found in it.

A message is a bounce, an automatic reply, a complaint or a personal e-mail.
"""

import re
from typing import Final

from newsletter.bounces.parser import formats, languages, mime
from newsletter.bounces.parser.mime import Headers, ParsedMessage, parse_message
from newsletter.bounces.parser.reasons import (
    AFTER_DATA,
    AT_RECIPIENT,
    answers_in,
    quotes_in,
    reason_of,
    status_in,
)
from newsletter.bounces.parser.report import Failure, Kind, Reason, Report, Topic

SERVER: Final = re.compile(
    r"(?i)mailer[-_. ]?daemon|post[-_]?master|\bndr@|mail[-_. ]?deliver|delivery[-_. ](?:sub)?system|mail[-_. ]?(?:system|server|service|administrator|gateway|router)|"
    r"system administrator|mdaemon|lsmtp|bounce|^\s*<>\s*$|imss|microsoft outlook|mailadm|smtp_mail|symantec|inet-?gw|no-?reply"
)
BOUNCE_SUBJECT: Final = re.compile(f"(?i){languages.any_of(Topic.SUBJECT)}")
REPLY_SUBJECT: Final = re.compile(rf"(?i)^\W*(?:re:\s*)?(?:{languages.any_of(Topic.REPLY)})")
RECEIPT_SUBJECT: Final = re.compile(
    rf"(?i){languages.any_of(Topic.RECEIPT)}|^(?:{languages.any_of(Topic.DELIVERED)})\s*:"
)
"""Subjects of confirmations that an e-mail was delivered or relayed."""
COMPLAINT_SUBJECT: Final = re.compile(
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
    return has_server_name(headers) or path in {"<>", "<MAILER-DAEMON>"}


def has_server_name(headers: Headers) -> bool:
    """Whether the sender has the name of a mail server."""
    return bool(SERVER.search(headers.decoded("from")))


def announces_bounce(headers: Headers) -> bool:
    """Whether the subject or a header says that an e-mail was not delivered."""
    if RECEIPT_SUBJECT.search(headers.decoded("subject")):
        return False
    return bool(BOUNCE_SUBJECT.search(headers.decoded("subject"))) or bool(
        headers.get("x-failed-recipients")
    )


def is_report(message: ParsedMessage) -> bool:
    """Whether the message contains or announces a delivery status."""
    if message.report_type == "delivery-status":
        return True
    return any(part.media_type.endswith("delivery-status") for part in message.parts)


def is_receipt(message: ParsedMessage) -> bool:
    """Whether it is a receipt (RFC 8098): the e-mail was read or deleted."""
    return message.report_type == "disposition-notification" or any(
        part.media_type == "message/disposition-notification" for part in message.parts
    )


def is_feedback(message: ParsedMessage) -> bool:
    """Whether it is a complaint, in the format of RFC 5965 or an older one.

    Older complaints have the fields in the text, or no fields: the provider returned the e-mail
    with a known subject, or with the complaining address in a header.
    """
    media_types = {message.media_type, *(part.media_type for part in message.parts)}
    if message.report_type == "feedback-report" or "message/feedback-report" in media_types:
        return True
    texts = [
        part.text for part in message.parts if not part.media_type.startswith("message/delivery")
    ]
    if any(FEEDBACK_FIELD.search(text) and FEEDBACK_REPORT_FIELD.search(text) for text in texts):
        return not is_report(message)
    has_returned_email = bool(message.returned) or any(RETURNED_HEAD.search(text) for text in texts)
    if not has_returned_email or is_report(message):
        return False
    if any(
        headers.get("x-hmxmroriginalrecipient") for headers in (message.headers, *message.returned)
    ):
        return True
    return bool(COMPLAINT_SUBJECT.search(message.headers.decoded("subject"))) or (
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
    return is_marked or bool(REPLY_SUBJECT.match(headers.decoded("subject")))


MESSAGE_ID: Final = re.compile(r"<[^<>\s]{3,400}@[^<>\s]{1,255}>")
MESSAGE_ID_LINE: Final = re.compile(r"(?im)^[> \t]{0,8}message-id[ \t]*:[ \t]*(<[^<>\s]{3,400}>)")
RETURN_PATH_LINE: Final = re.compile(
    r"(?im)^[> \t]{0,8}return-path[ \t]*:[ \t]*<?([^<>\s]{3,320}@[^<>\s]{1,255})>?"
)
DELAYED: Final = re.compile(f"(?i){languages.any_of(Topic.DELAYED)}")
RECIPIENT_HEADERS: Final = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-rcpt-to",
    "to",
)
OWN_ADDRESS_HEADERS: Final = ("from", "to", "cc", "reply-to", "delivered-to")
MAX_FAILURES: Final = 200


def read(raw: bytes) -> Report:
    """Parses a message; invalid bytes give a report without failures."""
    return _read(parse_message(raw)).without_unstorable()


def _read(message: ParsedMessage) -> Report:
    body, returned = split_body(message)
    if notice := formats.notice_in(message):
        return _ses_report(message, notice)
    if is_feedback(message):
        return _complaint(message, returned)
    failures = [] if _is_receipt(message, body) else _failures(message, body)[:MAX_FAILURES]
    is_bounce = bool(failures) or _is_bounce_without_email(message, body)
    kind = Kind.NONE
    if is_bounce:
        kind = Kind.HARD if any(failure.is_hard for failure in failures) else Kind.SOFT
    return _report(message, returned, kind, failures=tuple(failures))


def _ses_report(message: ParsedMessage, notice: formats.Notice) -> Report:
    message_ids = "\n".join(
        f"Message-ID: {message_id}" for message_id in formats.message_ids(notice)
    )
    if formats.is_complaint(notice):
        return _report(
            message,
            message_ids,
            Kind.COMPLAINT,
            feedback=formats.feedback_of(notice),
            complained=tuple(formats.complainers_in(notice)),
        )
    failures = tuple(formats.failures_in(notice))
    kind = Kind.HARD if any(failure.is_hard for failure in failures) else Kind.SOFT
    return _report(message, message_ids, kind, failures=failures)


def split_body(message: ParsedMessage) -> tuple[str, str]:
    """Returns the text of the server, and the returned message as text.

    The first part with text is the server's; those that follow are the returned message.
    """
    texts = [part.text for part in message.parts if not part.media_type.startswith("message/")]
    returned = []
    for index, text in enumerate(texts):
        body, rest = formats.split_at_returned_message(text)
        returned.append(rest)
        if body.strip():
            return body, "\n".join([*returned, *texts[index + 1 :]])
    return "", "\n".join(returned)


def _failures(message: ParsedMessage, body: str) -> list[Failure]:
    reports = [part.text for part in message.parts if part.media_type.startswith("message/")]
    by_fields = formats.failures([*reports, body], body)
    if any(failure.address for failure in by_fields):
        return [failure for failure in by_fields if failure.address]
    if formats.all_delivered(reports) or not _may_be_bounce(message, body):
        return []
    header_addresses = [
        mime.email_in(value) for value in message.headers.get("x-failed-recipients").split(",")
    ]
    addresses = [value for value in header_addresses if value] or _failed_emails(message, body)
    status = next((failure.status for failure in by_fields if failure.status), "")
    response = " ".join(failure.smtp_response for failure in by_fields)
    return [_failure_of(address, body, addresses, status, response) for address in addresses]


def _failed_emails(message: ParsedMessage, body: str) -> list[str]:
    own_addresses = _own_emails(message.headers)
    failed = formats.failed_emails(body, excluding=own_addresses)
    if failed or not formats.FAILING.search(f"{body} {message.headers.decoded('subject')}"):
        return failed
    in_subject = [
        address
        for address in mime.emails_in(message.headers.decoded("subject"))
        if address not in own_addresses
    ]
    returned_recipients = [
        address
        for headers in message.returned
        if not headers.get("list-post")
        for address in mime.emails_in(headers.get("to"))
    ]
    return in_subject or (returned_recipients if len(returned_recipients) == 1 else [])


def _failure_of(address: str, body: str, others: list[str], status: str, response: str) -> Failure:
    text = response or (formats.text_about(address, body, others) if len(others) > 1 else body)
    return Failure(
        address=address,
        reason=_reason(text, body, status),
        status=status_in(text) or status,
        smtp_response=" ".join(text.split())[:500],
        delayed=bool(DELAYED.search(body)),
    )


def _reason(text: str, body: str, status: str) -> Reason:
    """Returns the reason from the quoted SMTP response, or else from the whole text."""
    step = " rcpt" if AT_RECIPIENT.search(body) and not AFTER_DATA.search(body) else ""
    for excerpt in (quotes_in(text), answers_in(text)):
        if (
            excerpt.strip()
            and (reason := reason_of(f"{excerpt}{step}", status)) is not Reason.UNSAID
        ):
            return reason
    return reason_of(f"{text}{step}", status)


def _may_be_bounce(message: ParsedMessage, body: str) -> bool:
    """Whether the body should be parsed as written by a server."""
    headers = message.headers
    if is_report(message) or headers.get("x-failed-recipients"):
        return True
    if RECEIPT_SUBJECT.search(headers.decoded("subject")):
        return False
    from_server, returned = is_from_server(headers), announces_bounce(headers)
    says_failed = bool(formats.FAILING.search(body))
    if is_automatic_reply(headers) and not (
        (from_server and returned) or (has_server_name(headers) and says_failed)
    ):
        # Automatic replies also have an empty return path and say that somebody cannot be reached.
        return False
    # A reply, or an issue of a newsletter, is no bounce, whatever its subject.
    is_other_mail = headers.get("in-reply-to") or headers.get("list-unsubscribe")
    return says_failed and (from_server or (returned and not is_other_mail))


def _is_receipt(message: ParsedMessage, body: str) -> bool:
    """Whether it is a read receipt; a rejection by a filter (RFC 5429) has the same format."""
    is_rejection = announces_bounce(message.headers) and formats.FAILING.search(body)
    return is_receipt(message) and not is_rejection


def _is_bounce_without_email(message: ParsedMessage, body: str) -> bool:
    """Whether an e-mail failed without a recipient being named.

    The caller may find the recipient by the return path.
    """
    headers = message.headers
    return (
        not _is_receipt(message, body)
        and announces_bounce(headers)
        and (is_from_server(headers) or is_report(message))
        and _may_be_bounce(message, body)
        and not formats.all_delivered(part.text for part in message.parts)
    )


def _complaint(message: ParsedMessage, returned: str) -> Report:
    kind, complainers = formats.complainers(message.parts)
    complainers = complainers or mime.emails_in(message.headers.get("x-hmxmroriginalrecipient"))
    if not complainers:
        complainers = [
            address
            for headers in message.returned
            for name in ("x-hmxmroriginalrecipient", "x-original-to", "delivered-to", "to")
            for address in mime.emails_in(headers.get(name))
        ][:1]
    return _report(message, returned, Kind.COMPLAINT, feedback=kind, complained=tuple(complainers))


def _report(message: ParsedMessage, returned: str, kind: Kind, **fields: object) -> Report:
    headers = message.headers
    ids = [returned_headers.get("message-id").strip() for returned_headers in message.returned]
    ids += MESSAGE_ID_LINE.findall(returned)
    ids += MESSAGE_ID.findall(f"{headers.get('in-reply-to')} {headers.get('references')}")
    return_paths = [
        item
        for returned_headers in message.returned
        for item in mime.emails_in(returned_headers.get("return-path"))
    ]
    return_paths += RETURN_PATH_LINE.findall(returned)
    envelope_recipients = [
        item
        for name in RECIPIENT_HEADERS
        for value in headers.all(name)
        for item in mime.emails_in(value)
    ]
    return Report(
        kind=kind,
        message_ids=tuple(dict.fromkeys(item for item in ids if item))[:20],
        recipients=tuple(dict.fromkeys([*envelope_recipients, *return_paths]))[:40],
        sender=next(iter(mime.emails_in(headers.decoded("from"))), ""),
        subject=headers.decoded("subject")[:300],
        automatic=is_automatic_reply(headers),
        **fields,  # type: ignore[arg-type]
    )


def _own_emails(headers: Headers) -> set[str]:
    return {
        address
        for name in OWN_ADDRESS_HEADERS
        for value in headers.all(name)
        for address in mime.emails_in(value)
    }
