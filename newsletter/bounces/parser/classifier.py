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
from newsletter.bounces.parser.reason import Topic
from newsletter.bounces.parser.reasons import (
    AFTER_DATA,
    AT_RECIPIENT,
    Reason,
    answers_in,
    quotes_in,
    reason_of,
    status_in,
)
from newsletter.bounces.parser.report import Failure, Kind, Report

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
    return _read(opened(raw)).in_plain_words()


def _read(message: Opened) -> Report:
    body, returned = split_body(message)
    if notice := notices.notice_in(message):
        return _noticed(message, notice)
    if message_types.is_feedback(message):
        return _complaint(message, returned)
    found = [] if _is_receipt(message, body) else _failures(message, body)[:MOST_FAILURES]
    bounced = bool(found) or _is_bounce_without_email(message, body)
    kind = Kind.NONE
    if bounced:
        kind = Kind.HARD if any(each.is_hard for each in found) else Kind.SOFT
    return _report(message, returned, kind, failures=tuple(found))


def _noticed(message: Opened, notice: notices.Notice) -> Report:
    about = "\n".join(f"Message-ID: {each}" for each in notices.message_ids(notice))
    if notices.is_complaint(notice):
        return _report(
            message,
            about,
            Kind.COMPLAINT,
            feedback=notices.feedback_of(notice),
            complained=tuple(notices.complainers(notice)),
        )
    found = tuple(notices.failures(notice))
    kind = Kind.HARD if any(each.is_hard for each in found) else Kind.SOFT
    return _report(message, about, kind, failures=found)


def split_body(message: Opened) -> tuple[str, str]:
    """Returns the text of the server, and the returned message as text.

    The first part with text is the server's; those that follow are the returned message.
    """
    texts = [part.text for part in message.parts if not part.kind.startswith("message/")]
    returned = []
    for number, text in enumerate(texts):
        body, rest = free_text.until_returned(text)
        returned.append(rest)
        if body.strip():
            return body, "\n".join([*returned, *texts[number + 1 :]])
    return "", "\n".join(returned)


def _failures(message: Opened, body: str) -> list[Failure]:
    told = [part.text for part in message.parts if part.kind.startswith("message/")]
    by_fields = delivery_status.failures(message, [*told, body], body)
    if any(failure.address for failure in by_fields):
        return [failure for failure in by_fields if failure.address]
    if delivery_status.all_reached(told) or not _may_be_bounce(message, body):
        return []
    named = [mime.clean(each) for each in message.headers.get("x-failed-recipients").split(",")]
    found = [each for each in named if each] or _named_in(message, body)
    status = next((failure.status for failure in by_fields if failure.status), "")
    said = " ".join(failure.smtp_response for failure in by_fields)
    return [_failure_of(address, body, found, status, said) for address in found]


def _named_in(message: Opened, body: str) -> list[str]:
    ours = _ours(message.headers)
    found = free_text.failing(body, not_these=ours)
    if found or not free_text.FAILING.search(f"{body} {message.headers.words('subject')}"):
        return found
    subject = [each for each in mime.in_text(message.headers.words("subject")) if each not in ours]
    returned_to = [
        each
        for head in message.returned
        if not head.get("list-post")
        for each in mime.in_text(head.get("to"))
    ]
    return subject or (returned_to if len(returned_to) == 1 else [])


def _failure_of(address: str, body: str, others: list[str], status: str, said: str) -> Failure:
    about = said or (free_text.about(address, body, others) if len(others) > 1 else body)
    return Failure(
        address=address,
        reason=_reason(about, body, status),
        status=status_in(about) or status,
        smtp_response=" ".join(about.split())[:500],
        delayed=bool(DELAYED.search(body)),
    )


def _reason(about: str, body: str, status: str) -> Reason:
    """Returns the reason from the quoted SMTP response, or else from the whole text."""
    step = " rcpt" if AT_RECIPIENT.search(body) and not AFTER_DATA.search(body) else ""
    for part in (quotes_in(about), answers_in(about)):
        if part.strip() and (found := reason_of(f"{part}{step}", status)) is not Reason.UNSAID:
            return found
    return reason_of(f"{about}{step}", status)


def _may_be_bounce(message: Opened, body: str) -> bool:
    """Whether the body should be parsed as written by a server."""
    head = message.headers
    if message_types.is_report(message) or head.get("x-failed-recipients"):
        return True
    if message_types.ARRIVED.search(head.words("subject")):
        return False
    server, says = message_types.is_from_server(head), message_types.says_returned(head)
    named = message_types.is_called_server(head)
    if message_types.is_automatic_reply(head) and not (
        (server and says) or (named and free_text.FAILING.search(body))
    ):
        # Automatic replies also have an empty return path and say that somebody cannot be reached.
        return False
    return (server and bool(free_text.FAILING.search(body))) or (
        says
        and bool(free_text.FAILING.search(body))
        # A reply, or an issue of a newsletter, whatever its subject.
        and not (head.get("in-reply-to") or head.get("list-unsubscribe"))
    )


def _is_receipt(message: Opened, body: str) -> bool:
    """Whether it is a read receipt; a rejection by a filter (RFC 5429) has the same format."""
    refused = message_types.says_returned(message.headers) and free_text.FAILING.search(body)
    return message_types.is_receipt(message) and not refused


def _is_bounce_without_email(message: Opened, body: str) -> bool:
    """Whether an e-mail failed without a recipient being named.

    The caller may find the recipient by the return path.
    """
    head = message.headers
    return (
        not _is_receipt(message, body)
        and message_types.says_returned(head)
        and (message_types.is_from_server(head) or message_types.is_report(message))
        and _may_be_bounce(message, body)
        and not delivery_status.all_reached(part.text for part in message.parts)
    )


def _complaint(message: Opened, returned: str) -> Report:
    kind, named = delivery_status.complainers(message.parts)
    named = named or mime.in_text(message.headers.get("x-hmxmroriginalrecipient"))
    if not named:
        named = [
            each
            for head in message.returned
            for name in ("x-hmxmroriginalrecipient", "x-original-to", "delivered-to", "to")
            for each in mime.in_text(head.get(name))
        ][:1]
    return _report(message, returned, Kind.COMPLAINT, feedback=kind, complained=tuple(named))


def _report(message: Opened, returned: str, kind: Kind, **found: object) -> Report:
    head = message.headers
    ids = [head_of.get("message-id").strip() for head_of in message.returned]
    ids += IN_RETURNED_TEXT.findall(returned)
    ids += IDENTIFIER.findall(f"{head.get('in-reply-to')} {head.get('references')}")
    paths = [each for of in message.returned for each in mime.in_text(of.get("return-path"))]
    paths += RETURN_PATH.findall(returned)
    came_to = [
        each for name in ENVELOPE for value in head.all(name) for each in mime.in_text(value)
    ]
    return Report(
        kind=kind,
        message_ids=tuple(dict.fromkeys(each for each in ids if each))[:20],
        recipients=tuple(dict.fromkeys([*came_to, *paths]))[:40],
        sender=next(iter(mime.in_text(head.words("from"))), ""),
        subject=head.words("subject")[:300],
        automatic=message_types.is_automatic_reply(head),
        **found,  # type: ignore[arg-type]
    )


def _ours(head: Headers) -> set[str]:
    return {each for name in OWN for value in head.all(name) for each in mime.in_text(value)}
