"""Letters in which a mail server tells people that a mail did not arrive.

There is no form for them, so what is looked for is what all of them must do: name an address, at a place where
it is seen, or in a sentence that says that something failed. Ways of naming are tried from the surest to the weakest;
the first that finds an address has found all of them.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from newsletter.bounces.parser import languages
from newsletter.bounces.parser.mime import ADDRESS, in_text, is_address

RETURNED_HEAD: Final = re.compile(
    r"(?i)^[> \t]{0,8}(?:received|return-path|dkim-signature|arc-[\w-]+|delivered-to|x-received|domainkey-signature)[ \t]*:"
)
RETURNED_MARK: Final = re.compile(
    r"(?i)^[\W_]{0,80}(?:(?:this|here|below|enclosed|included|attached|following)\b.{0,60}\b(?:copy|message|mail)\b.{0,40}\b(?:header|message|part|line)|"
    r"(?:the )?(?:header|headers|first|start|copy|top)\b.{0,30}\bof (?:the |your |a )?(?:original|returned|message|unsent|bounced)|"
    r"(?:original|returned|unsent|undelivered|bounced|source|old|forwarded)[ -](?:message|mail|e-mail)\b(?! (?:was|is|has|to))|"
    r"message (?:header|headers|text|body)s? (?:follow|suppress)|below this line|your message reads|"
    + "|".join(languages.words_for(languages.RETURNED))
    + ")"
)
SAYS_MORE: Final = re.compile(
    r"(?i)\b(?:was received at|was not|has been|could not|relates to)\b|@"
)

FAILING: Final = re.compile(
    r"(?i)undeliver|not (?:be |been |yet been )?(?:deliver|accept|receiv)|could ?n[o']t (?:be )?deliver|unable to (?:deliver|send)|fail|reject|bounce|"
    r"did not (?:reach|receive|exactly)|could not|cannot|can't|unknown|no such|invalid|does ?n[o']t exist|not exist|not found|wrong|no longer|not (?:a )?valid|"
    r"error|problem|quota|mailbox|full|returned|delay|postponed|refused|block|not listed|loops? back|too many|too large|expired|timed out|disabled|suspended|exceed|denied|"
    + "|".join(languages.words_for(languages.FAILED))
)
"""Words that a letter about a mail that did not arrive cannot do without."""

OURS: Final = re.compile(
    r"(?i)\b(?:mail from|envelope-from|(?<!generated )(?<!expanded )from|sender|reply-to|return-path|contact|assistance|questions?|support|help ?desk|postmaster|abuse|message-id|subject|"
    r"generat\w+ server|cc|expéditeur|absender|mittente|remitente)\b[^@\n]{0,60}$"
)
"""What stands before an address that is not a failing one."""
STANDS_FIRST: Final = re.compile(
    rf"^[\s>*•|\-]*(?:\d{{3}}[ -](?:\d\.\d{{1,3}}\.\d{{1,3}} )?)?[\"'<\[(]{{0,3}}({ADDRESS})[\"'>\])]{{0,3}}(?=\s*(?:$|[:;(<\[,\-]|\.\.\.|\bon\b|\bInvalid|\bError|\bdelivery|\bfailed))"
)
TOLD_OF: Final = re.compile(
    rf"(?i)\b(?:recipient|address(?:ed)?|userid|user|error-for|mailbox|destinat\w+|empfänger|utilisateur|ontvanger|odbiorca|mottagare|modtager|alıcı|получател\w*|адресат\w*|收件人|收件者|收信人|宛先|あて先|수신자|받는 사람|deliver\w* (?:failed|attempts)|attempts|could not be delivered|"
    rf"undeliver\w*|deliver(?:ing)? (?:\w+ )?(?:message|mail)|mailbox is full|delivery|message|generated|expanded|recipient\(s\)|dda|violation)(?!\w)"
    rf"(?:\s+(?:to|for|from|is|by|address|server|with|reach))*\s*(?:[:=]\s*)?[\s\[(<\"']{{0,4}}(?<![\w.+=/%-])(?:smtp[:=]|(?!smtp=))[<\"']?({ADDRESS})"
)
IN_COMMAND: Final = re.compile(rf"(?i)\bRCPT(?: TO)?\s*:\s*[<\"']?({ADDRESS})")
OF_A_REPLY: Final = re.compile(r"^\s*[23]\d\d[ -]")

Finder = Callable[[str], list[str]]


def until_returned(text: str) -> tuple[str, str]:
    """What the server wrote, and the mail it returned in the same text."""
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
    """A line that begins the returned mail has something failing before it."""
    return any(FAILING.search(line) or "@" in line for line in lines[:number])


def failing(letter: str, *, not_these: Iterable[str]) -> list[str]:
    """The addresses that a letter says were not reached.

    Args:
        not_these: addresses of sender and of ourselves, which are named in passing.
    """
    ours = {address.lower() for address in not_these}
    ways: tuple[Finder, ...] = (_in_place, _in_commands, _in_failing_sentences)
    for way in ways:
        found = [
            each
            for each in dict.fromkeys(way(letter))
            if is_address(each) and "." in each.rpartition("@")[2]
        ]
        others = [each for each in found if each.lower() not in ours]
        if others:
            return others
    return []


def _in_place(letter: str) -> list[str]:
    """At the beginning of a line, or behind the words that announce it."""
    found = []
    for line in letter.splitlines():
        if "@" not in line or OF_A_REPLY.match(line):
            continue
        first = STANDS_FIRST.match(line)
        if first and not OURS.search(line[: first.start(1)]):
            found.append(first[1])
        found += [
            each[1] for each in TOLD_OF.finditer(line) if not OURS.search(line[: each.start(1)])
        ]
    return found


def _in_commands(letter: str) -> list[str]:
    return [each[1] for each in IN_COMMAND.finditer(letter)]


def _in_failing_sentences(letter: str) -> list[str]:
    found = []
    for paragraph in re.split(r"\n[>\s]*\n", letter):
        if FAILING.search(paragraph):
            for address in in_text(paragraph):
                before = paragraph[: paragraph.find(address)]
                if not OURS.search(before):
                    found.append(address)
    return found


def about(address: str, letter: str, others: Iterable[str]) -> str:
    """What a letter says of one address: from where it is named to where the next one is."""
    low = letter.lower()
    start = low.find(address.lower())
    if start < 0:
        return letter
    line_start = letter.rfind("\n", 0, start) + 1
    ends = [
        low.rfind("\n", 0, place)
        for other in others
        if other.lower() != address.lower()
        and (place := low.find(other.lower(), start + len(address))) > 0
    ]
    told = letter[line_start : min([end for end in ends if end > start], default=len(letter))]
    return told[:4000]
