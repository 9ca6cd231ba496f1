"""Failed addresses in the text that a mail server writes for people.

There is no standard, so the parser looks for an address in a prominent place, or in a sentence about a failure. Methods
are tried from the most to the least reliable; the first that finds an address is used.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from newsletter.bounces.parser import languages
from newsletter.bounces.parser.mime import ADDRESS, in_text, is_email
from newsletter.bounces.parser.reason import Topic

RETURNED_HEAD: Final = re.compile(
    r"(?i)^[> \t]{0,8}(?:received|return-path|dkim-signature|arc-[\w-]+|delivered-to|x-received|domainkey-signature)[ \t]*:"
)
RETURNED_MARK: Final = re.compile(rf"(?i)^[\W_]{{0,80}}(?:{languages.any_of(Topic.RETURNED)})")
SAYS_MORE: Final = re.compile(
    r"(?i)\b(?:was received at|was not|has been|could not|relates to)\b|@"
)

FAILING: Final = re.compile(f"(?i){languages.any_of(Topic.FAILED)}")
"""Phrases of which every bounce contains at least one."""

OURS: Final = re.compile(rf"(?i)\b(?:{languages.any_of(Topic.SENDER)})\b[^@\n]{{0,60}}$")
"""Labels before an address that did not fail."""
STANDS_FIRST: Final = re.compile(
    rf"^[\s>*•|\-]*(?:\d{{3}}[ -](?:\d\.\d{{1,3}}\.\d{{1,3}} )?)?[\"'<\[(]{{0,3}}({ADDRESS})[\"'>\])]{{0,3}}(?=\s*(?:$|[:;(<\[,\-]|\.\.\.|\bon\b|\bInvalid|\bError|\bdelivery|\bfailed))"
)
TOLD_OF: Final = re.compile(
    rf"(?i)\b(?:{languages.any_of(Topic.RECIPIENT)})(?!\w)"
    rf"(?:\s+(?:to|for|from|is|by|address|server|with|reach))*\s*(?:[:=]\s*)?[\s\[(<\"']{{0,4}}(?<![\w.+=/%-])(?:smtp[:=]|(?!smtp=))[<\"']?({ADDRESS})"
)
IN_COMMAND: Final = re.compile(rf"(?i)\bRCPT(?: TO)?\s*:\s*[<\"']?({ADDRESS})")
OF_A_REPLY: Final = re.compile(r"^\s*[23]\d\d[ -]")

Finder = Callable[[str], list[str]]


def until_returned(text: str) -> tuple[str, str]:
    """Splits the text into the server's message and the returned e-mail."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if number == 0 and RETURNED_HEAD.match(line):
            continue
        if RETURNED_HEAD.match(line) or (
            RETURNED_MARK.match(line) and not SAYS_MORE.search(line) and _is_mark(lines, number)
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
    ours = {address.lower() for address in not_these}
    ways: tuple[Finder, ...] = (_in_place, _in_commands, _in_failing_sentences)
    for way in ways:
        found = [
            each
            for each in dict.fromkeys(way(body))
            if is_email(each) and "." in each.rpartition("@")[2]
        ]
        others = [each for each in found if each.lower() not in ours]
        if others:
            return others
    return []


def _in_place(body: str) -> list[str]:
    """Returns addresses at the beginning of a line or after an introducing phrase."""
    found = []
    for line in body.splitlines():
        if "@" not in line or OF_A_REPLY.match(line):
            continue
        first = STANDS_FIRST.match(line)
        if first and not OURS.search(line[: first.start(1)]):
            found.append(first[1])
        found += [
            each[1] for each in TOLD_OF.finditer(line) if not OURS.search(line[: each.start(1)])
        ]
    return found


def _in_commands(body: str) -> list[str]:
    return [each[1] for each in IN_COMMAND.finditer(body)]


def _in_failing_sentences(body: str) -> list[str]:
    found = []
    for paragraph in re.split(r"\n[>\s]*\n", body):
        if FAILING.search(paragraph):
            for address in in_text(paragraph):
                before = paragraph[: paragraph.find(address)]
                if not OURS.search(before):
                    found.append(address)
    return found


def about(address: str, body: str, others: Iterable[str]) -> str:
    """Returns the part of a text about one address: up to where the next one is mentioned."""
    low = body.lower()
    start = low.find(address.lower())
    if start < 0:
        return body
    line_start = body.rfind("\n", 0, start) + 1
    ends = [
        low.rfind("\n", 0, place)
        for other in others
        if other.lower() != address.lower()
        and (place := low.find(other.lower(), start + len(address))) > 0
    ]
    told = body[line_start : min([end for end in ends if end > start], default=len(body))]
    return told[:4000]
