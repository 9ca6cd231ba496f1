"""How well the model does on a judged collection: `train.jsonl` and `test.jsonl`."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from articles.comments.models import Comment
from articles.comments.screening.engine import apply_rules
from articles.comments.screening.models import Check, ScreeningRule
from articles.comments.screening.submission import Knowledge, Submission
from articles.comments.spam.model import Example, train

BEGINS: Final = 3


class Unreadable(Exception):
    """The collection is not as the contract says; the message names file, line and fault."""


@dataclass(frozen=True, slots=True)
class Result:
    """Shares of the test collection, and counts of wanted comments that were withheld."""

    precision: float
    recall: float
    ham_held: int
    ham_rejected: int


def read(file: Path) -> list[Example]:
    """Texts with the judgement of each, and the `thread` it stood in, where the line says so.

    Raises:
        Unreadable
    """
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as mistake:
        sentence = f"{file.name} cannot be read: {mistake}"
        raise Unreadable(sentence) from mistake
    return [_example(file.name, at, line) for at, line in enumerate(lines, 1) if line.strip()]


def _example(name: str, at: int, line: str) -> Example:
    try:
        row = json.loads(line)
    except ValueError as mistake:
        sentence = f"{name}, line {at}, is no JSON object."
        raise Unreadable(sentence) from mistake
    text, spam = (row.get("text"), row.get("spam")) if isinstance(row, dict) else (None, None)
    if not isinstance(text, str) or spam not in (True, False):  # 1 and 0 are these, too
        sentence = f"{name}, line {at}, needs a text and spam, which is true or false."
        raise Unreadable(sentence)
    return Example(text, bool(spam), str(row.get("thread", "")))


def judge(training: Sequence[Example], testing: Sequence[Example]) -> Result:
    """Learns from one collection and is tried on the other, as the site does it with its own.

    Only the rule that asks the model is on, as it is set on a new site; others know the writer, the
    form or the site, of which a collection says nothing. Withheld is what it holds or rejects.

    Raises:
        TooFew: the training has too few comments of a kind.
    """
    known = Knowledge(model=train(training).model)
    rule = ScreeningRule(phase=Check.MODEL)
    states = [
        (apply_rules(Submission(text=each.text), [rule], known).state, each.spam)
        for each in testing
    ]
    withheld = [spam for state, spam in states if state != Comment.State.APPROVED]
    wanted = Counter(state for state, spam in states if not spam)
    unwanted = len(states) - wanted.total()
    return Result(
        precision=sum(withheld) / len(withheld) if withheld else 0.0,
        recall=sum(withheld) / unwanted if unwanted else 0.0,
        ham_held=wanted[Comment.State.PENDING] + wanted[Comment.State.SPAM],
        ham_rejected=wanted[Comment.State.REJECTED],
    )


def judge_blocklist(listed: Iterable[str], testing: Sequence[Example]) -> Result:
    """The same of a list of words and parts of words: a comment that holds one of them is held.

    Anywhere in it and in any case, as programs that take such lists compare them.
    """
    begins: dict[str, list[str]] = defaultdict(list)
    for word in listed:
        if short := word.strip().lower():
            begins[short[:BEGINS]].append(short)
    held = [(each.spam, _holds(each.text.lower(), begins)) for each in testing]
    withheld = [spam for spam, is_held in held if is_held]
    unwanted = sum(spam for spam, _ in held)
    return Result(
        precision=sum(withheld) / len(withheld) if withheld else 0.0,
        recall=sum(withheld) / unwanted if unwanted else 0.0,
        ham_held=len(withheld) - sum(withheld),
        ham_rejected=0,
    )


def _holds(text: str, begins: dict[str, list[str]]) -> bool:
    """Words by how they begin: tens of thousands are not looked for one by one."""
    return any(
        text.startswith(word, at)
        for at in range(len(text))
        for length in range(1, BEGINS + 1)
        for word in begins.get(text[at : at + length], ())
    )
