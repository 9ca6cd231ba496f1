"""Delivery status (RFC 3464) and feedback reports (RFC 5965).

Many servers put the fields of a delivery status into the text, quote them, leave some out, or call a failure an
error. So fields are searched in every text, and a group without an action is judged by its code.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from newsletter.bounces.parser import mime
from newsletter.bounces.parser.mime import Opened, Part
from newsletter.bounces.parser.reasons import AT_RECIPIENT, STATUS, reason_of, status_in
from newsletter.bounces.parser.report import Failure

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
REACHED: Final = re.compile(r"(?i)^(?:deliver|relay|expand|success)")
EMPTY_DIAGNOSIS: Final = re.compile(r"(?i)^\s*[\w-]+\s*;\s*[\d\s]{0,4}$")

MOST_GROUPS: Final = 200
MAX_RESPONSE: Final = 1000
"""Characters of an SMTP response that are parsed."""

Group = dict[str, str]


def failures(message: Opened, texts: Iterable[str], prose: str) -> list[Failure]:
    """Returns the failed or delayed recipients of the delivery reports in a message.

    Args:
        texts: the texts that may contain fields.
        prose: the text for people, used if a report gives no reason.
    """
    parsed = (_failure(group, prose) for text in texts for group in groups(text))
    unique: dict[str, Failure] = {}
    for failure in islice(parsed, MOST_GROUPS):
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
    if REACHED.match(action) or (not action and status.startswith("2")):
        return None
    delayed = bool(DELAYED.match(action))
    if not (delayed or FAILED.match(action) or status or "diagnostic-code" in group):
        return None
    diagnosis = group.get("diagnostic-code", "")
    response = "" if EMPTY_DIAGNOSIS.match(diagnosis) else diagnosis.partition(";")[2] or diagnosis
    addresses = [mime.clean(group.get(name, "")) for name in RECIPIENTS]
    recipients = [address for address in addresses if address]
    category = group.get("x-powermta-bouncecategory", "").replace("-", " ")
    details = f"{response} {_comment(group)} {_comment_of(action)} {category}"
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


def all_reached(texts: Iterable[str]) -> bool:
    """Whether there are reports and all of them report success."""
    actions = [group.get("action", "") for text in texts for group in groups(text)]
    return bool(actions) and all(REACHED.match(action) for action in actions)


def _status(group: Group) -> str:
    match = STATUS.search(group.get("status", ""))
    return ".".join(match.groups()) if match else ""


def _comment(group: Group) -> str:
    """Returns the comment after the code, as in `5.0.0 (recipient reached disk quota)`."""
    return STATUS.sub("", group.get("status", "")).replace("undefined status", "")


def _comment_of(action: str) -> str:
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
                addresses.append(mime.clean(value))
    return kind, list(dict.fromkeys(address for address in addresses if address))
