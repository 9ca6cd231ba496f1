"""What a check is and what it finds."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SECONDS: Final = 10
"""For everything that one check does outside the database."""


class Level(StrEnum):
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong. It never contains a secret."""

    problem: str
    fix: str
    level: Level = Level.ERROR


@dataclass(frozen=True, slots=True)
class Check:
    """A function that yields what is wrong."""

    title: str
    """A sentence that is true if nothing is."""
    find: Callable[[], Iterable[Finding]]
    is_slow: bool = False
    """Whether it needs the network. The page runs such a check only on request."""
    needs_database: bool = True


class Skipped(Exception):
    """Raised by a check that does not apply to this site, with a sentence that says why."""


class Unanswered(Exception):
    """A function took too long."""


def in_time[Item, Result](
    function: Callable[[Item], Result], items: Iterable[Item], *, seconds: float = SECONDS
) -> Iterator[tuple[Item, Result | Exception]]:
    """Calls the function for all items at once; yields each with its result, its error or `Unanswered`.

    Each call has a thread that nobody waits for, because a network folder that hangs cannot be
    interrupted. The function must not use the database: a thread has its own connection.
    """
    deadline = time.monotonic() + seconds
    answers: list[tuple[Item, queue.Queue[Result | Exception]]] = []
    for item in items:
        answer: queue.Queue[Result | Exception] = queue.Queue()
        threading.Thread(target=_put, args=(answer, function, item), daemon=True).start()
        answers.append((item, answer))
    for item, answer in answers:
        try:
            yield item, answer.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            yield item, Unanswered(f"no answer within {seconds:g} seconds")


def _put[Item, Result](
    answer: queue.Queue[Result | Exception], function: Callable[[Item], Result], item: Item
) -> None:
    try:
        answer.put(function(item))
    except Exception as error:
        answer.put(error)


def reason(error: BaseException) -> str:
    """The first line of an error, without the full stop at its end."""
    text = str(getattr(error, "strerror", None) or error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")[:300]
