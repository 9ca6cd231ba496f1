"""The reason of a failure, from the SMTP response and the status code.

Servers use many phrases for the same reason, and codes that contradict them: a full mailbox as 5.1.1, an unknown one as
450. So phrases are checked first, and the code only if no phrase is known. Temporary reasons come before permanent
ones, unless a phrase clearly says that there is no such recipient: sending once too often is harmless, losing a
subscriber is not.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from newsletter.bounces.parser import languages
from newsletter.bounces.parser.mime import WIDE
from newsletter.bounces.parser.report import HARD, Reason

STATUS: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]|\.\d)")
REPLY: Final = re.compile(r"(?<![\d.])([45][0-5]\d)(?=[\s\-:;]|$)")
WEB_ADDRESS: Final = re.compile(r"(?i)\b(?:https?://|www\.)\S{1,2000}")
MAIL_ADDRESS: Final = re.compile(
    rf"<?[^\s<>()\[\]\"';:,{WIDE}]{{1,80}}@[^\s<>()\[\]\"';:,{WIDE}]{{1,255}}>?"
)
COMMAND: Final = re.compile(r"(?i)\b(?:MAIL FROM|RCPT TO)\s{0,3}:\s{0,3}@?")
"""An SMTP command of ours, which says nothing about the recipient; `@` stands for an address."""
QUOTED_LINES: Final = re.compile(r"(?im)^[> \t]*>>>.*$|^[> \t]*(?:subject|sent date)[ \t]*:.*$")
"""SMTP commands and header fields that a text quotes."""
INTRODUCES_RESPONSE: Final = re.compile(
    r"(?i)\b(?:said|reason|respon(?:se|ded)(?: was| with)?|replied|diagnostic(?:[- ]code)?|remote server returned|error (?:message )?(?:below|was|returned))\s{0,3}:|<<<"
)
"""Phrases that introduce the response of the other server."""
QUOTED: Final = re.compile(
    r"(?im)^[> \t]*<<<(.*)$|\(reason:([^\n]*(?:\n[ \t]+[^\n]*){0,3}?)\)[ \t]*$"
)
"""The verbatim response in sendmail's format; sendmail itself calls every failure “User unknown”."""
AFTER_DATA: Final = re.compile(r"(?i)end of data|after i sent the message|final data")
"""A server that checks addresses does so before DATA; a later rejection comes from a filter."""


BARE_USER_UNKNOWN: Final = re.compile(r"(?i)\b(?:user unknown|unknown user)\b")
REJECTED_CODE: Final = re.compile(r"(?<![\d.])5[0-5]\d(?=[\s\-:;]|$)")
AT_RECIPIENT: Final = re.compile(
    r"(?i)\brcpt\b|does not like recipient|bad[ -]mailbox|recipient table|alias table|\(state 1[34]\)"
)
"""The step at which servers check addresses, so the response is reliable."""


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _in_all_languages(reason: Reason, english: Iterable[str]) -> tuple[Reason, tuple[str, ...]]:
    return reason, (*english, *languages.patterns_for(reason))


PHRASES: Final[tuple[tuple[Reason, tuple[str, ...]], ...]] = (
    _in_all_languages(Reason.FULL, languages.FULL),
    _in_all_languages(Reason.TOO_LARGE, languages.TOO_LARGE),
    (Reason.POLICY, languages.SENDER),
    (Reason.UNREACHABLE, languages.WAIT),
    (Reason.UNKNOWN_HOST, languages.UNKNOWN_ACCOUNT),
    (Reason.UNKNOWN_USER, languages.UNKNOWN_FIRST),
    _in_all_languages(Reason.SUSPENDED, languages.SUSPENDED),
    (Reason.POLICY, languages.RELAY),
    _in_all_languages(Reason.NO_MAIL, languages.NO_MAIL),
    (Reason.UNKNOWN_USER, languages.UNKNOWN_CERTAIN),
    _in_all_languages(Reason.POLICY, languages.POLICY),
    _in_all_languages(Reason.BLOCKED, languages.BLOCKED),
    _in_all_languages(Reason.LATER, languages.LATER),
    _in_all_languages(Reason.MOVED, languages.MOVED),
    _in_all_languages(Reason.UNKNOWN_HOST, languages.UNKNOWN_HOST),
    _in_all_languages(Reason.UNKNOWN_USER, languages.UNKNOWN_USER),
    _in_all_languages(Reason.FILTERED, languages.FILTERED),
    (Reason.UNREACHABLE, languages.UNREACHABLE),
    (Reason.FAULT, languages.FAULT),
)
"""Phrases in the order in which they are tried."""
PATTERNS: Final = tuple((reason, any_of(patterns)) for reason, patterns in PHRASES)

BY_STATUS: Final[dict[str, Reason]] = {
    "1.0": Reason.UNKNOWN_USER,
    "1.1": Reason.UNKNOWN_USER,
    "1.2": Reason.UNKNOWN_HOST,
    "1.3": Reason.UNKNOWN_USER,
    "1.4": Reason.UNKNOWN_USER,
    "1.6": Reason.MOVED,
    "1.7": Reason.POLICY,
    "1.8": Reason.POLICY,
    "1.9": Reason.FAULT,
    "1.10": Reason.NO_MAIL,
    "2.1": Reason.SUSPENDED,
    "2.2": Reason.FULL,
    "2.3": Reason.TOO_LARGE,
    "3.1": Reason.FULL,
    "3.4": Reason.TOO_LARGE,
    "4.3": Reason.UNREACHABLE,
    "4.4": Reason.UNKNOWN_HOST,
    "4.5": Reason.LATER,
    "5.3": Reason.LATER,
    "7.13": Reason.SUSPENDED,
}
BY_CLASS: Final[dict[str, Reason]] = {
    "2": Reason.FAULT,
    "3": Reason.FAULT,
    "4": Reason.UNREACHABLE,
    "5": Reason.FAULT,
    "6": Reason.POLICY,
    "7": Reason.POLICY,
}


def quotes_in(body: str) -> str:
    """Returns the parts of a text that quote the other server verbatim."""
    return "\n".join(f"{line}{reason}" for line, reason in QUOTED.findall(body))


def answers_in(body: str) -> str:
    """Returns the SMTP responses in a text.

    Each starts at a code or at a phrase that announces a response, and ends with the paragraph.
    """
    responses = []
    for paragraph in re.split(r"\n[> \t]*\n", body):
        starts = [
            match.start() for match in (STATUS.search(paragraph), REPLY.search(paragraph)) if match
        ]
        starts += [match.end() for match in (INTRODUCES_RESPONSE.search(paragraph),) if match]
        if starts:
            responses.append(paragraph[min(starts) :])
    return "\n".join(responses)


def status_in(text: str) -> str:
    """Returns the first meaningful enhanced status code, or an empty string; X.0.0 has no meaning."""
    codes = [".".join(match) for match in STATUS.findall(text) if match[0] != "2"]
    meaningful = [code for code in codes if not code.endswith(".0.0")]
    return (meaningful or codes or [""])[0]


def reason_of(text: str, status: str = "") -> Reason:
    """Returns the reason by the text and by the status code of the report."""
    status_in_text = status_in(text)
    reason = by_phrase(text)
    if reason is Reason.UNKNOWN_USER and _is_filter(text, status_in_text or status):
        return Reason.FILTERED
    if reason in {None, Reason.UNREACHABLE, Reason.FAULT}:
        return by_status(status_in_text) or by_status(status) or reason or Reason.UNSAID
    return reason or Reason.UNSAID


@lru_cache(maxsize=64)
def by_phrase(text: str) -> Reason | None:
    """Returns the reason by the phrases of the text. Cached: a message may list hundreds of recipients."""
    plain = plain_words(text)
    return next((reason for reason, pattern in PATTERNS if pattern.search(plain)), None)


def plain_words(text: str) -> str:
    """Removes addresses, commands and line breaks: `no-such-user@example.org` is no reason."""
    cleaned = QUOTED_LINES.sub(" ", WEB_ADDRESS.sub(" ", text[:4000]))
    return " ".join(COMMAND.sub(" ", MAIL_ADDRESS.sub(" @ ", cleaned)).split())


def _is_filter(text: str, status: str) -> bool:
    """Whether “user unknown” was said by a spam filter.

    Servers check the address before they accept the content. A server that has seen the content and
    then says that there is no such user has filtered the e-mail. Some carriers do this too: they
    answer only 550 with these two words, no enhanced code and no SMTP step.
    """
    if status[2:] in {"1.0", "1.1", "1.2", "1.3", "1.10"}:
        return False
    if AFTER_DATA.search(text):
        return True
    is_bare = (
        REJECTED_CODE.search(text) and status[2:] in {"", "0.0"} and not AT_RECIPIENT.search(text)
    )
    return bool(is_bare) and by_phrase(BARE_USER_UNKNOWN.sub(" ", text)) is not Reason.UNKNOWN_USER


def by_status(status: str) -> Reason | None:
    """Returns the reason by the enhanced code alone; a temporary code never means a dead address."""
    code, _, rest = status.partition(".")
    if code not in {"4", "5"} or rest == "0.0":
        return None
    reason = BY_STATUS.get(rest) or BY_CLASS.get(rest.partition(".")[0])
    return Reason.UNREACHABLE if code == "4" and reason in HARD else reason
