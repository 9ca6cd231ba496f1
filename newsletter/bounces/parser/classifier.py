"""Decides what a message says, from everything that was found in it."""

import re
from typing import Final

from newsletter.bounces.parser import (
    delivery_status,
    free_text,
    languages,
    message_types,
    mime,
    notices,
)
from newsletter.bounces.parser.mime import Headers, Opened, opened
from newsletter.bounces.parser.reasons import (
    AFTER_DATA,
    AT_RECIPIENT,
    answers_in,
    quotes_in,
    reason_of,
    status_in,
)
from newsletter.bounces.parser.report import Failure, Kind, Reason, Report, Topic

IDENTIFIER: Final = re.compile(r"<[^<>\s]{3,400}@[^<>\s]{1,255}>")
IN_RETURNED_TEXT: Final = re.compile(r"(?im)^[> \t]{0,8}message-id[ \t]*:[ \t]*(<[^<>\s]{3,400}>)")
RETURN_PATH: Final = re.compile(
    r"(?im)^[> \t]{0,8}return-path[ \t]*:[ \t]*<?([^<>\s]{3,320}@[^<>\s]{1,255})>?"
)
DELAYED: Final = re.compile(f"(?i){languages.any_of(Topic.DELAYED)}")
ENVELOPE: Final = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-rcpt-to",
    "to",
)
OWN: Final = ("from", "to", "cc", "reply-to", "delivered-to")
MOST_FAILURES: Final = 200


def read(raw: bytes) -> Report:
    """Parses a message; invalid bytes give a report without failures."""
    return _read(opened(raw)).without_unstorable()


def _read(message: Opened) -> Report:
    body, returned = split_body(message)
    if notice := notices.notice_in(message):
        return _ses_report(message, notice)
    if message_types.is_feedback(message):
        return _complaint(message, returned)
    failures = [] if _is_receipt(message, body) else _failures(message, body)[:MOST_FAILURES]
    is_bounce = bool(failures) or _is_bounce_without_email(message, body)
    kind = Kind.NONE
    if is_bounce:
        kind = Kind.HARD if any(failure.is_hard for failure in failures) else Kind.SOFT
    return _report(message, returned, kind, failures=tuple(failures))


def _ses_report(message: Opened, notice: notices.Notice) -> Report:
    message_ids = "\n".join(
        f"Message-ID: {message_id}" for message_id in notices.message_ids(notice)
    )
    if notices.is_complaint(notice):
        return _report(
            message,
            message_ids,
            Kind.COMPLAINT,
            feedback=notices.feedback_of(notice),
            complained=tuple(notices.complainers(notice)),
        )
    failures = tuple(notices.failures(notice))
    kind = Kind.HARD if any(failure.is_hard for failure in failures) else Kind.SOFT
    return _report(message, message_ids, kind, failures=failures)


def split_body(message: Opened) -> tuple[str, str]:
    """Returns the text of the server, and the returned message as text.

    The first part with text is the server's; those that follow are the returned message.
    """
    texts = [part.text for part in message.parts if not part.kind.startswith("message/")]
    returned = []
    for index, text in enumerate(texts):
        body, rest = free_text.until_returned(text)
        returned.append(rest)
        if body.strip():
            return body, "\n".join([*returned, *texts[index + 1 :]])
    return "", "\n".join(returned)


def _failures(message: Opened, body: str) -> list[Failure]:
    reports = [part.text for part in message.parts if part.kind.startswith("message/")]
    by_fields = delivery_status.failures(message, [*reports, body], body)
    if any(failure.address for failure in by_fields):
        return [failure for failure in by_fields if failure.address]
    if delivery_status.all_reached(reports) or not _may_be_bounce(message, body):
        return []
    header_addresses = [
        mime.clean(value) for value in message.headers.get("x-failed-recipients").split(",")
    ]
    addresses = [value for value in header_addresses if value] or _failed_emails(message, body)
    status = next((failure.status for failure in by_fields if failure.status), "")
    response = " ".join(failure.smtp_response for failure in by_fields)
    return [_failure_of(address, body, addresses, status, response) for address in addresses]


def _failed_emails(message: Opened, body: str) -> list[str]:
    own_addresses = _own_emails(message.headers)
    failed = free_text.failing(body, not_these=own_addresses)
    if failed or not free_text.FAILING.search(f"{body} {message.headers.words('subject')}"):
        return failed
    in_subject = [
        address
        for address in mime.in_text(message.headers.words("subject"))
        if address not in own_addresses
    ]
    returned_recipients = [
        address
        for headers in message.returned
        if not headers.get("list-post")
        for address in mime.in_text(headers.get("to"))
    ]
    return in_subject or (returned_recipients if len(returned_recipients) == 1 else [])


def _failure_of(address: str, body: str, others: list[str], status: str, response: str) -> Failure:
    text = response or (free_text.about(address, body, others) if len(others) > 1 else body)
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


def _may_be_bounce(message: Opened, body: str) -> bool:
    """Whether the body should be parsed as written by a server."""
    headers = message.headers
    if message_types.is_report(message) or headers.get("x-failed-recipients"):
        return True
    if message_types.ARRIVED.search(headers.words("subject")):
        return False
    from_server, returned = (
        message_types.is_from_server(headers),
        message_types.says_returned(headers),
    )
    called_server = message_types.is_called_server(headers)
    if message_types.is_automatic_reply(headers) and not (
        (from_server and returned) or (called_server and free_text.FAILING.search(body))
    ):
        # Automatic replies also have an empty return path and say that somebody cannot be reached.
        return False
    return (from_server and bool(free_text.FAILING.search(body))) or (
        returned
        and bool(free_text.FAILING.search(body))
        # A reply, or an issue of a newsletter, whatever its subject.
        and not (headers.get("in-reply-to") or headers.get("list-unsubscribe"))
    )


def _is_receipt(message: Opened, body: str) -> bool:
    """Whether it is a read receipt; a rejection by a filter (RFC 5429) has the same format."""
    is_rejection = message_types.says_returned(message.headers) and free_text.FAILING.search(body)
    return message_types.is_receipt(message) and not is_rejection


def _is_bounce_without_email(message: Opened, body: str) -> bool:
    """Whether an e-mail failed without a recipient being named.

    The caller may find the recipient by the return path.
    """
    headers = message.headers
    return (
        not _is_receipt(message, body)
        and message_types.says_returned(headers)
        and (message_types.is_from_server(headers) or message_types.is_report(message))
        and _may_be_bounce(message, body)
        and not delivery_status.all_reached(part.text for part in message.parts)
    )


def _complaint(message: Opened, returned: str) -> Report:
    kind, complainers = delivery_status.complainers(message.parts)
    complainers = complainers or mime.in_text(message.headers.get("x-hmxmroriginalrecipient"))
    if not complainers:
        complainers = [
            address
            for headers in message.returned
            for name in ("x-hmxmroriginalrecipient", "x-original-to", "delivered-to", "to")
            for address in mime.in_text(headers.get(name))
        ][:1]
    return _report(message, returned, Kind.COMPLAINT, feedback=kind, complained=tuple(complainers))


def _report(message: Opened, returned: str, kind: Kind, **fields: object) -> Report:
    headers = message.headers
    ids = [returned_headers.get("message-id").strip() for returned_headers in message.returned]
    ids += IN_RETURNED_TEXT.findall(returned)
    ids += IDENTIFIER.findall(f"{headers.get('in-reply-to')} {headers.get('references')}")
    return_paths = [
        item
        for returned_headers in message.returned
        for item in mime.in_text(returned_headers.get("return-path"))
    ]
    return_paths += RETURN_PATH.findall(returned)
    envelope_recipients = [
        item for name in ENVELOPE for value in headers.all(name) for item in mime.in_text(value)
    ]
    return Report(
        kind=kind,
        message_ids=tuple(dict.fromkeys(item for item in ids if item))[:20],
        recipients=tuple(dict.fromkeys([*envelope_recipients, *return_paths]))[:40],
        sender=next(iter(mime.in_text(headers.words("from"))), ""),
        subject=headers.words("subject")[:300],
        automatic=message_types.is_automatic_reply(headers),
        **fields,  # type: ignore[arg-type]
    )


def _own_emails(headers: Headers) -> set[str]:
    return {
        address for name in OWN for value in headers.all(name) for address in mime.in_text(value)
    }
