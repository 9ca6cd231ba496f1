"""Cursors: where the next page of a list begins.

Signed, so that nobody comes to rely on what is inside, and bound to the question they belong to.
There is no time in them: the same page has the same bytes, and a cache can keep it.
"""

import hashlib
import json
from typing import Any, Final

from django.core.signing import BadSignature, Signer

from articles.api.problems import CURSOR, Refused

LONGEST: Final = 600


def _signer() -> Signer:
    return Signer(salt="iria.api.cursor", sep=".")


def question_of(path: str, narrowing: dict[str, Any]) -> str:
    """A short name for a list with its filters and order."""
    text = json.dumps([path, narrowing], sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def write_cursor(question: str, after: list[str | int]) -> str:
    """The cursor of the page that begins after a row, told by what the list is ordered by."""
    return _signer().sign_object([question, *after])


def read_cursor(text: str, question: str) -> list[str | int]:
    """What `write_cursor` was given.

    Raises:
        Refused: the cursor was bent, cut off, or belongs to another question.
    """
    try:
        if len(text) > LONGEST:
            raise ValueError(len(text))
        whose: str
        after: list[str | int]
        whose, *after = _signer().unsign_object(text)
    except (BadSignature, ValueError, TypeError, UnicodeError) as mistake:
        sentence = "This cursor is not one of ours, or was changed on its way."
        raise Refused(CURSOR, sentence) from mistake
    if whose != question:
        sentence = "This cursor belongs to another list, other filters or another order."
        raise Refused(CURSOR, sentence)
    return after
