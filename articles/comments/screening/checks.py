"""The data of a comment that the screening rules check and their checks.

Each check returns a sentence about what it found, or an empty string.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from articles.comments.screening.models import Check
from articles.comments.screening.spam_features import LINK
from articles.comments.screening.spam_model import SpamModel
from articles.comments.screening.word_matching import find_words


@dataclass(frozen=True, slots=True)
class ScreeningInput:
    """A comment and what the rules need to know about it.

    Args:
        honeypot: what the hidden field contained.
        approved_before: the number of approved comments of this commenter.
        reported: the total weight of the reports by readers; at most 1 for each.
        reports: their number.
        same_text: the number of comments with the same text in the days before.
        recent: the number of other comments of this commenter in the minutes before.
        banned: a description of the bans that are certainly of this commenter.
        similar: a description of bans that may be of somebody else with the same name or network.
        akismet: whether Akismet considers it spam.
    """

    text: str
    honeypot: str = ""
    approved_before: int = 0
    same_text: int = 0
    reported: float = 0.0
    reports: int = 0
    recent: int = 0
    banned: str = ""
    similar: str = ""
    akismet: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Word lists and spam model, loaded once for any number of comments."""

    banned: Sequence[tuple[str, str]] = ()
    suspect: Sequence[tuple[str, str]] = ()
    """Pairs of the folded word and the word as it was entered."""
    model: SpamModel | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one rule, and its action."""

    phase: str
    action: str
    says: str
    reason: str = ""
    """The message to the commenter if the rule rejects."""

    def as_json(self) -> dict[str, str]:
        return {"phase": self.phase, "action": self.action, "says": self.says}


type CheckFunction = Callable[[ScreeningInput, Knowledge, int], str]
"""Called with submission, word lists and model, and the threshold of the rule."""

SHORTENERS: Final = frozenset(
    [
        "bit.ly",
        "goo.gl",
        "t.co",
        "tinyurl.com",
        "ow.ly",
        "is.gd",
        "buff.ly",
        "cutt.ly",
        "rebrand.ly",
        "shorturl.at",
        "rb.gy",
    ]
)
_IP_ADDRESS: Final = re.compile(r"^(?:https?://)?\d{1,3}(?:\.\d{1,3}){3}(?:[:/]|$)")
_HOST: Final = re.compile(r"^(?:https?://)?(?:www\.)?([\w.-]+)", re.IGNORECASE)
AKISMET_SPAM: Final = "Akismet considers it spam."
MIN_LETTERS: Final = 20
"""A shorter comment in capitals may be an acronym."""


def writer(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    return submission.banned


def similarity(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    return submission.similar


def rate(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    """Threshold: the allowed number of comments by one commenter in ten minutes; 0 counts as 1."""
    number = submission.recent + 1
    if number <= max(1, threshold):
        return ""
    return f"This commenter sent {number} comments within ten minutes."


def honeypot(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    return "The honeypot field was filled in." if submission.honeypot.strip() else ""


def banned_words(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    return _words("banned", find_words(submission.text, known.banned))


def suspect_words(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    return _words("suspect", find_words(submission.text, known.suspect))


def _words(kind: str, found: list[str]) -> str:
    if not found:
        return ""
    listed = ", ".join(f"“{word}”" for word in found[:3])
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"It has the {kind} {'word' if len(found) == 1 else 'words'} {listed}{more}."


def links(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    """Threshold: the number of links from which the rule matches; 0 counts as 1."""
    number = len(LINK.findall(submission.text))
    if number < max(1, threshold):
        return ""
    return "It has one link." if number == 1 else f"It has {number} links."


def link_kinds(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    for link in LINK.findall(submission.text):
        host = match[1].lower() if (match := _HOST.match(link)) else ""
        if host in SHORTENERS:
            return f"A link through {host} hides its target."
        if _IP_ADDRESS.match(link):
            return "A link leads to an IP address instead of a domain name."
    return ""


def duplicate(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    """Threshold: the number of comments with the same text from which it matches; 0 counts as 1."""
    number = submission.same_text
    if number < max(1, threshold):
        return ""
    times = "once" if number == 1 else f"{number} times"
    return f"The same text was submitted {times} before, within thirty days."


def shouting(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    """Threshold: percentage of capital letters."""
    letters = [character for character in submission.text if character.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    if len(letters) < MIN_LETTERS or 100 * capitals < threshold * len(letters):
        return ""
    return f"{100 * capitals // len(letters)} per cent of its letters are capitals."


def length(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    """Threshold: characters."""
    number = len(submission.text)
    return f"It has {number:,} characters." if number > threshold else ""


def newcomer(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    """Threshold: the number of approved comments that a commenter needs; 0 counts as 1."""
    before = submission.approved_before
    if before >= max(1, threshold):
        return ""
    if before == 0:
        return "No earlier comment by this commenter was approved."
    if before == 1:
        return "Only one earlier comment by this commenter was approved."
    return f"Only {before} earlier comments by this commenter were approved."


def model(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    if known.model is None:
        return ""
    opinion = known.model.opinion(submission.text)
    if not opinion.suspects:
        return ""
    reasons = f": {', '.join(opinion.reasons)}" if opinion.reasons else ""
    return f"Classified as spam{reasons}."


def akismet(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    """Finds nothing in a new comment, because the worker checks it later."""
    return AKISMET_SPAM if submission.akismet else ""


def reports(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    """Threshold: the total weight of the reports by readers."""
    if not submission.reported or submission.reported < max(1, threshold):
        return ""
    number = submission.reports
    return "Reported by a reader." if number == 1 else f"Reported by {number} readers."


def everyone(submission: ScreeningInput, known: Knowledge, threshold: int) -> str:
    return "Every comment is pending first."


CHECKS: Final[dict[str, CheckFunction]] = {
    Check.WRITER: writer,
    Check.LIKENESS: similarity,
    Check.RATE: rate,
    Check.HONEYPOT: honeypot,
    Check.BANNED_WORDS: banned_words,
    Check.SUSPECT_WORDS: suspect_words,
    Check.LINKS: links,
    Check.LINK_KINDS: link_kinds,
    Check.DUPLICATE: duplicate,
    Check.SHOUTING: shouting,
    Check.LENGTH: length,
    Check.FIRST_COMMENT: newcomer,
    Check.MODEL: model,
    Check.AKISMET: akismet,
    Check.REPORTS: reports,
    Check.EVERYONE: everyone,
}

MEASURES: Final = {
    Check.RATE: "comments by one commenter within ten minutes allowed",
    Check.LINKS: "or more links",
    Check.DUPLICATE: "or more identical comments within thirty days",
    Check.SHOUTING: "per cent capital letters",
    Check.LENGTH: "characters",
    Check.REPORTS: "reports",
    Check.FIRST_COMMENT: "approved comments needed",
}
"""What the threshold of a rule counts; other rules have no threshold."""
