"""What becomes of a delivery after an answer of the mail server."""

import re
from datetime import timedelta
from typing import Final

from newsletter.letter.envelope import Answer, Outcome
from newsletter.models import Attempt, Delivery
from newsletter.run.claiming import Marked, Verdict

MOST_ATTEMPTS: Final = 8
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
PAUSE_WITHOUT_SERVER: Final = timedelta(minutes=1)

State, Said = Delivery.State, Attempt.Outcome


def verdict_on(marked: Marked, answer: Answer) -> Verdict:
    """The state an answer leads to, and how long to wait where that is not the end."""
    words = _without(marked.email, answer.words)
    match answer.outcome:
        case Outcome.SENT:
            return Verdict(marked, State.SENT, Said.SENT, words)
        case Outcome.REFUSED:
            return Verdict(marked, State.REFUSED, Said.REFUSED, words)
        case Outcome.UNCERTAIN:
            return Verdict(marked, State.UNCERTAIN, Said.UNCERTAIN, words)
        case Outcome.UNREACHABLE | Outcome.SHUT:
            return Verdict(
                marked,
                State.QUEUED,
                Said.UNREACHABLE,
                words,
                pause=PAUSE_WITHOUT_SERVER,
                counted=False,
            )
        case Outcome.DEFERRED if marked.attempt >= MOST_ATTEMPTS:
            given_up = f"Given up after {marked.attempt} attempts: {words}"
            return Verdict(marked, State.REFUSED, Said.DEFERRED, given_up)
        case Outcome.DEFERRED:
            pause = pause_after(marked.attempt)
            return Verdict(marked, State.DEFERRED, Said.DEFERRED, words, pause=pause)


def _without(email: str, words: str) -> str:
    """Servers like to repeat the address, which is to go away with the subscriber."""
    if email.lower() not in words.lower():
        return words
    return re.sub(re.escape(email), "(their address)", words, flags=re.IGNORECASE)


def pause_after(attempt: int) -> timedelta:
    """How long to wait after an attempt that was put off: twice as long each time."""
    doubled: int = 2 ** max(0, attempt - 1)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
