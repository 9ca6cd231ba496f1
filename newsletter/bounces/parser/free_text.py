"""Failed addresses in the text that a mail server writes for people.

There is no standard, so the parser looks for an address in a prominent place, or in a sentence about a failure. Methods
are tried from the most to the least reliable; the first that finds an address is used.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from newsletter.bounces.parser import languages
from newsletter.bounces.parser.mime import ADDRESS, in_text, is_email
from newsletter.bounces.parser.report import Topic

RETURNED_HEAD: Final = re.compile(
    r"(?i)^[> \t]{0,8}(?:received|return-path|dkim-signature|arc-[\w-]+|delivered-to|x-received|domainkey-signature)[ \t]*:"
)
RETURNED_MARK: Final = re.compile(rf"(?i)^[\W_]{{0,80}}(?:{languages.any_of(Topic.RETURNED)})")
NOT_A_MARK: Final = re.compile(
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


def until_returned(text: str) -> tuple[str, str]:
    """Splits the text into the server's message and the returned e-mail."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if number == 0 and RETURNED_HEAD.match(line):
            continue
        if RETURNED_HEAD.match(line) or (
            RETURNED_MARK.match(line) and not NOT_A_MARK.search(line) and _is_mark(lines, number)
        ):
            return "\n".join(lines[:number]), "\n".join(lines[number:])
    return text, ""


def _is_mark(lines: list[str], number: int) -> bool:
    """Whether a line starts the returned message; a failure must come before it."""
    return any(FAILING.search(line) or "@" in line for line in lines[:number])


def failing(body: str, *, not_these: Iterable[str]) -> list[str]:
    """Returns the addresses that a text reports as failed.

    Args:
        not_these: addresses of the sender and of this site, which are also mentioned.
    """
    own_addresses = {address.lower() for address in not_these}
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
            for address in in_text(paragraph):
                before = paragraph[: paragraph.find(address)]
                if not SENDER_LABEL.search(before):
                    addresses.append(address)
    return addresses


def about(address: str, body: str, others: Iterable[str]) -> str:
    """Returns the part of a text about one address: up to where the next one is mentioned."""
    low = body.lower()
    start = low.find(address.lower())
    if start < 0:
        return body
    line_start = body.rfind("\n", 0, start) + 1
    ends = [
        low.rfind("\n", 0, position)
        for other in others
        if other.lower() != address.lower()
        and (position := low.find(other.lower(), start + len(address))) > 0
    ]
    excerpt = body[line_start : min([end for end in ends if end > start], default=len(body))]
    return excerpt[:4000]
