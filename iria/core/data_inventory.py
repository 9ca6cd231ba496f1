"""What is kept of people: said beside the tables that keep it, gathered for one page.

Every table stands in a declaration, or is said to hold nothing about anybody; a test walks through
all of them, so that a new table cannot be added without deciding (`tests/iria/test_kept.py`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise

from iria.core.hooks import Hook

Words = str | Promise
"""A sentence in the language of the page; from `gettext_lazy`."""


@dataclass(frozen=True, slots=True)
class StoredData:
    """What some tables hold of people, in words for those people."""

    title: Words
    tables: tuple[str, ...]
    what: Words
    why: Words
    how_long: Words
    given_to: tuple[str, ...] = ()
    """Names of recipients; the page says those that are switched on."""
    order: int = 50
    """Readers first, the newsroom last."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody outside who gets something of it."""

    name: Callable[[], Words]
    """Empty as long as nothing goes there."""


kept: Hook[StoredData] = Hook()
keeps_nothing: Hook[tuple[str, ...]] = Hook()
"""Tables without anything about anybody, by room."""
recipients: Hook[Recipient] = Hook()

POST = "mail"
CHECK = "akismet"


def declare(room: str, *, holds: Iterable[StoredData] = (), nothing: Iterable[str] = ()) -> None:
    """What the tables of a room hold; called once, when Django starts."""
    for number, each in enumerate(holds):
        kept.register(f"{room} {number}", each)
    keeps_nothing.register(room, tuple(nothing))


def everything() -> list[StoredData]:
    """All that is kept, in the order of the page."""
    return sorted(kept, key=lambda each: each.order)


def tables_with_people() -> set[str]:
    return {table for each in kept for table in each.tables}


def tables_without() -> set[str]:
    return {table for tables in keeps_nothing for table in tables}


def named(names: Iterable[str]) -> Iterator[Words]:
    """The recipients that are switched on."""
    known = dict(recipients.items())
    for name in names:
        if name in known and (words := known[name].name()):
            yield words
