"""Measures the spam model on a test collection: `train.jsonl` and `test.jsonl`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from articles.comments.models import Comment
from articles.comments.screening.checks import Knowledge, ScreeningInput
from articles.comments.screening.engine import apply_rules
from articles.comments.screening.models import Check, ScreeningRule
from articles.comments.screening.spam_model import Example, train
from iria.lab.evaluation.records import Unreadable, read_records

PREFIX_LENGTH: Final = 3


@dataclass(frozen=True, slots=True)
class Result:
    """Precision and recall, and the number of legitimate comments that were held or rejected."""

    precision: float
    recall: float
    ham_held: int
    ham_rejected: int


def read(file: Path) -> list[Example]:
    """Texts with their labels, and their `thread` if given.

    Raises:
        Unreadable
    """
    examples = []
    for number, record in read_records(file):
        text, spam = record.get("text"), record.get("spam")
        if not isinstance(text, str) or spam not in (True, False):  # 1 and 0 are these, too
            raise Unreadable(
                f"{file}, line {number}: “text” must be a string and “spam” true or false."
            )
        examples.append(Example(text, bool(spam), str(record.get("thread", ""))))
    return examples


def judge(training: Sequence[Example], testing: Sequence[Example]) -> Result:
    """Trains the model on one collection and tests it on the other, with the code of the site.

    Only the rule of the model is on, with its default settings; other rules check the commenter, the
    form or the site, which a collection does not contain. Withheld comments are held or rejected.

    Raises:
        TooFew: the training set has too few comments of a class.
    """
    knowledge = Knowledge(model=train(training).model)
    rule = ScreeningRule(phase=Check.MODEL)
    states = [
        (apply_rules(ScreeningInput(text=each.text), [rule], knowledge).state, each.spam)
        for each in testing
    ]
    withheld = [spam for state, spam in states if state != Comment.State.APPROVED]
    ham = Counter(state for state, spam in states if not spam)
    spam_count = len(states) - ham.total()
    return Result(
        precision=sum(withheld) / len(withheld) if withheld else 0.0,
        recall=sum(withheld) / spam_count if spam_count else 0.0,
        ham_held=ham[Comment.State.PENDING] + ham[Comment.State.SPAM],
        ham_rejected=ham[Comment.State.REJECTED],
    )


def judge_blocklist(words: Iterable[str], testing: Sequence[Example]) -> Result:
    """Tests a blocklist of words and parts of words: a comment that contains one is held.

    Matches anywhere in the text and ignores case, as usual for such lists.
    """
    by_prefix: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if lower_word := word.strip().lower():
            by_prefix[lower_word[:PREFIX_LENGTH]].append(lower_word)
    results = [(each.spam, _contains_any(each.text.lower(), by_prefix)) for each in testing]
    withheld = [spam for spam, is_held in results if is_held]
    spam_count = sum(spam for spam, _ in results)
    return Result(
        precision=sum(withheld) / len(withheld) if withheld else 0.0,
        recall=sum(withheld) / spam_count if spam_count else 0.0,
        ham_held=len(withheld) - sum(withheld),
        ham_rejected=0,
    )


def _contains_any(text: str, by_prefix: dict[str, list[str]]) -> bool:
    """Whether the text contains a word; grouped by prefix, since lists have tens of thousands of words."""
    return any(
        text.startswith(word, at)
        for at in range(len(text))
        for length in range(1, PREFIX_LENGTH + 1)
        for word in by_prefix.get(text[at : at + length], ())
    )
