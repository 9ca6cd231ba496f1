"""Failed addresses in each format: delivery status (RFC 3464), feedback report (RFC 5965), notification of Amazon SES, text.

Many servers put the fields of a delivery status into the text, quote them, leave some out, or call a failure an
error. So fields are searched in every text, and a group without an action is judged by its code. For texts written for
people there is no standard, so the parser looks for an address in a prominent place, or in a sentence about a failure.
Methods are tried from the most to the least reliable; the first that finds an address is used.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, Final

from newsletter.bounces.parser import languages, mime
from newsletter.bounces.parser.mime import ADDRESS, ParsedMessage, Part, emails_in, is_email
from newsletter.bounces.parser.reasons import AT_RECIPIENT, STATUS, reason_of, status_in
from newsletter.bounces.parser.report import Failure, Reason, Topic

FIELD: Final = re.compile(r"^[> \t]{0,8}([A-Za-z][A-Za-z0-9-]{2,60})[ \t]*:[ \t]*(.*)$")
RECIPIENTS: Final = ("original-recipient", "final-recipient", "x-actual-recipient")
RECIPIENT_FIELDS: Final = frozenset(
    {*RECIPIENTS, "action", "status", "diagnostic-code", "remote-mta", "x-powermta-bouncecategory"}
)
COMPLAINER_FIELDS: Final = frozenset(
    {"original-rcpt-to", "original-recipient", "removal-recipient", "x-hmxmroriginalrecipient"}
)
"""Fields with the complaining address; Microsoft uses the last one, a header of the returned e-mail."""
FAILED: Final = re.compile(r"(?i)^(?:fail|error|reject|undeliver|bounce)")
DELAYED: Final = re.compile(r"(?i)^delay")
DELIVERED: Final = re.compile(r"(?i)^(?:deliver|relay|expand|success)")
EMPTY_DIAGNOSIS: Final = re.compile(r"(?i)^\s*[\w-]+\s*;\s*[\d\s]{0,4}$")

MAX_GROUPS: Final = 200
MAX_RESPONSE: Final = 1000
"""Characters of an SMTP response that are parsed."""

Group = dict[str, str]


def failures(texts: Iterable[str], prose: str) -> list[Failure]:
    """Returns the failed or delayed recipients of the delivery reports in a message.

    Args:
        texts: the texts that may contain fields.
        prose: the text for people, used if a report gives no reason.
    """
    parsed = (_failure(group, prose) for text in texts for group in groups(text))
    unique: dict[str, Failure] = {}
    for failure in islice(parsed, MAX_GROUPS):
        if failure is not None:
            unique.setdefault(failure.address.lower() or f"?{len(unique)}", failure)
    return list(unique.values())


def groups(text: str) -> list[Group]:
    """Splits a report into groups of fields, one for each recipient.

    A group ends at an empty line, or at a field that contradicts an earlier one. Fields without a
    recipient are merged into the next group that has one.
    """
    result: list[Group] = []
    group: Group = {}
    last = ""
    for line in text.splitlines():
        field = FIELD.match(line)
        name = field[1].lower() if field else ""
        if field is None or (last and line[:1] in " \t" and name not in RECIPIENT_FIELDS):
            if not line.strip("> \t"):
                group, last = _finish_group(group, result), ""
            elif last and line[:1] in " \t>":
                group[last] = f"{group[last]} {line.strip('> ').strip()}"[:2000]
            continue
        if name not in RECIPIENT_FIELDS:
            last = ""
            continue
        if name in group:
            group = _finish_group(group, result)
        group[name], last = field[2].strip()[:2000], name
    _finish_group(group, result)
    return result


def _finish_group(group: Group, result: list[Group]) -> Group:
    if any(name in group for name in RECIPIENTS):
        result.append(group)
        return {}
    if result and "status" not in result[-1] and "action" not in result[-1]:
        result[-1].update(group)
        return {}
    return group


def _failure(group: Group, prose: str) -> Failure | None:
    """Returns the failure of a group, or None if the group reports success or nothing."""
    action, status = group.get("action", ""), _status(group)
    if DELIVERED.match(action) or (not action and status.startswith("2")):
        return None
    delayed = bool(DELAYED.match(action))
    if not (delayed or FAILED.match(action) or status or "diagnostic-code" in group):
        return None
    diagnosis = group.get("diagnostic-code", "")
    response = "" if EMPTY_DIAGNOSIS.match(diagnosis) else diagnosis.partition(";")[2] or diagnosis
    addresses = [mime.email_in(group.get(name, "")) for name in RECIPIENTS]
    recipients = [address for address in addresses if address]
    category = group.get("x-powermta-bouncecategory", "").replace("-", " ")
    details = f"{response} {_status_comment(group)} {_action_comment(action)} {category}"
    text = details[:MAX_RESPONSE] if details.strip() else prose
    return Failure(
        address=recipients[0] if recipients else "",
        also=recipients[1]
        if len(recipients) > 1 and recipients[1].lower() != recipients[0].lower()
        else "",
        reason=reason_of(f"{text} {_smtp_step(prose)}", status),
        status=status_in(response) or status,
        smtp_response=" ".join((response or text).split())[:500],
        delayed=delayed,
    )


def all_delivered(texts: Iterable[str]) -> bool:
    """Whether there are reports and all of them report success."""
    actions = [group.get("action", "") for text in texts for group in groups(text)]
    return bool(actions) and all(DELIVERED.match(action) for action in actions)


def _status(group: Group) -> str:
    match = STATUS.search(group.get("status", ""))
    return ".".join(match.groups()) if match else ""


def _status_comment(group: Group) -> str:
    """Returns the comment after the code, as in `5.0.0 (recipient reached disk quota)`."""
    return STATUS.sub("", group.get("status", "")).replace("undefined status", "")


def _action_comment(action: str) -> str:
    return action.partition("(")[2]


def _smtp_step(prose: str) -> str:
    """Returns the rejected SMTP command: Postfix names it only in the text, sendmail quotes the
    session.
    """
    if "reply to end of DATA" in prose:
        return "end of data"
    return "rcpt" if AT_RECIPIENT.search(prose) else ""


def complainers(parts: Iterable[Part]) -> tuple[str, list[str]]:
    """Returns the type of a feedback report and the recipients that it names."""
    kind, addresses = "", []
    for part in parts:
        for line in part.text.splitlines():
            field = FIELD.match(line)
            if field is None:
                continue
            name, value = field[1].lower(), field[2].strip()
            if name == "feedback-type":
                kind = kind or value.lower()
            elif name in COMPLAINER_FIELDS:
                addresses.append(mime.email_in(value))
    return kind, list(dict.fromkeys(address for address in addresses if address))


BY_KIND: Final = {
    ("Permanent", "NoEmail"): Reason.UNKNOWN_USER,
    ("Transient", "MailboxFull"): Reason.FULL,
    ("Transient", "MessageTooLarge"): Reason.TOO_LARGE,
    ("Transient", "ContentRejected"): Reason.POLICY,
    ("Transient", "AttachmentRejected"): Reason.POLICY,
}

type Notice = dict[str, Any]


def notice_in(message: ParsedMessage) -> Notice:
    """Returns the notification in a message, or an empty dict."""
    for part in message.parts[:2]:
        text = part.text.lstrip()
        if not text.startswith("{"):
            continue
        with suppress(ValueError, RecursionError):
            notice, _ = json.JSONDecoder().raw_decode(text)
            if isinstance(inner := notice.get("Message"), str) and inner.startswith("{"):
                notice = json.loads(inner)
            if isinstance(notice, dict) and _notice_type(notice) in {"Bounce", "Complaint"}:
                return notice
    return {}


def _notice_type(notice: Notice) -> object:
    kind = notice.get("notificationType") or notice.get("eventType")
    return kind if isinstance(kind, str) else ""


def is_complaint(notice: Notice) -> bool:
    return _notice_type(notice) == "Complaint"


def feedback_of(notice: Notice) -> str:
    """Returns the complaint type in lower case."""
    return str(_inner(notice, "complaint").get("complaintFeedbackType") or "").lower()[:100]


def complainers_in(notice: Notice) -> list[str]:
    addresses = [
        mime.email_in(str(recipient.get("emailAddress", "")))
        for recipient in _list(_inner(notice, "complaint"), "complainedRecipients")
    ]
    return [address for address in addresses if address]


def failures_in(notice: Notice) -> Iterator[Failure]:
    bounce = _inner(notice, "bounce")
    kind = (str(bounce.get("bounceType")), str(bounce.get("bounceSubType")))
    for recipient in _list(bounce, "bouncedRecipients"):
        response, status = (
            str(recipient.get("diagnosticCode") or ""),
            str(recipient.get("status") or ""),
        )
        reason = reason_of(response.partition(";")[2] or response, status_in(status))
        yield Failure(
            address=mime.email_in(str(recipient.get("emailAddress", ""))),
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


RETURNED_HEAD: Final = re.compile(
    r"(?i)^[> \t]{0,8}(?:received|return-path|dkim-signature|arc-[\w-]+|delivered-to|x-received|domainkey-signature)[ \t]*:"
)
RETURNED_LINE: Final = re.compile(rf"(?i)^[\W_]{{0,80}}(?:{languages.any_of(Topic.RETURNED)})")
NOT_RETURNED_LINE: Final = re.compile(
    r"(?i)\b(?:was received at|was not|has been|could not|relates to)\b|@"
)

FAILING: Final = re.compile(f"(?i){languages.any_of(Topic.FAILED)}")
"""Phrases of which every bounce contains at least one."""

SENDER_LABEL: Final = re.compile(rf"(?i)\b(?:{languages.any_of(Topic.SENDER)})\b[^@\n]{{0,60}}$")
"""Labels before an address that did not fail."""
LINE_START: Final = re.compile(
    rf"^[\s>*•|\-]*(?:\d{{3}}[ -](?:\d\.\d{{1,3}}\.\d{{1,3}} )?)?[\"'<\[(]{{0,3}}({ADDRESS})[\"'>\])]{{0,3}}(?=\s*(?:$|[:;(<\[,\-]|\.\.\.|\bon\b|\bInvalid|\bError|\bdelivery|\bfailed))"
)
AFTER_LABEL: Final = re.compile(
    rf"(?i)\b(?:{languages.any_of(Topic.RECIPIENT)})(?!\w)"
    rf"(?:\s+(?:to|for|from|is|by|address|server|with|reach))*\s*(?:[:=]\s*)?[\s\[(<\"']{{0,4}}(?<![\w.+=/%-])(?:smtp[:=]|(?!smtp=))[<\"']?({ADDRESS})"
)
IN_COMMAND: Final = re.compile(rf"(?i)\bRCPT(?: TO)?\s*:\s*[<\"']?({ADDRESS})")
SMTP_REPLY: Final = re.compile(r"^\s*[23]\d\d[ -]")

Finder = Callable[[str], list[str]]


def split_at_returned_message(text: str) -> tuple[str, str]:
    """Splits the text into the server's message and the returned e-mail."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if number == 0 and RETURNED_HEAD.match(line):
            continue
        if RETURNED_HEAD.match(line) or (
            RETURNED_LINE.match(line)
            and not NOT_RETURNED_LINE.search(line)
            and _follows_failure(lines, number)
        ):
            return "\n".join(lines[:number]), "\n".join(lines[number:])
    return text, ""


def _follows_failure(lines: list[str], number: int) -> bool:
    """Whether a line starts the returned message; a failure must come before it."""
    return any(FAILING.search(line) or "@" in line for line in lines[:number])


def failed_emails(body: str, *, excluding: Iterable[str]) -> list[str]:
    """Returns the addresses that a text reports as failed.

    Args:
        excluding: addresses of the sender and of this site, which are also mentioned.
    """
    own_addresses = {address.lower() for address in excluding}
    finders: tuple[Finder, ...] = (_in_prominent_place, _in_commands, _in_failing_sentences)
    for finder in finders:
        addresses = [
            address
            for address in dict.fromkeys(finder(body))
            if is_email(address) and "." in address.rpartition("@")[2]
        ]
        others = [address for address in addresses if address.lower() not in own_addresses]
        if others:
            return others
    return []


def _in_prominent_place(body: str) -> list[str]:
    """Returns addresses at the beginning of a line or after an introducing phrase."""
    addresses = []
    for line in body.splitlines():
        if "@" not in line or SMTP_REPLY.match(line):
            continue
        match = LINE_START.match(line)
        if match and not SENDER_LABEL.search(line[: match.start(1)]):
            addresses.append(match[1])
        addresses += [
            match[1]
            for match in AFTER_LABEL.finditer(line)
            if not SENDER_LABEL.search(line[: match.start(1)])
        ]
    return addresses


def _in_commands(body: str) -> list[str]:
    return [match[1] for match in IN_COMMAND.finditer(body)]


def _in_failing_sentences(body: str) -> list[str]:
    addresses = []
    for paragraph in re.split(r"\n[>\s]*\n", body):
        if FAILING.search(paragraph):
            for address in emails_in(paragraph):
                before = paragraph[: paragraph.find(address)]
                if not SENDER_LABEL.search(before):
                    addresses.append(address)
    return addresses


def text_about(address: str, body: str, others: Iterable[str]) -> str:
    """Returns the part of a text about one address: up to where the next one is mentioned."""
    lower_body = body.lower()
    start = lower_body.find(address.lower())
    if start < 0:
        return body
    line_start = body.rfind("\n", 0, start) + 1
    ends = [
        lower_body.rfind("\n", 0, position)
        for other in others
        if other.lower() != address.lower()
        and (position := lower_body.find(other.lower(), start + len(address))) > 0
    ]
    excerpt = body[line_start : min([end for end in ends if end > start], default=len(body))]
    return excerpt[:4000]
