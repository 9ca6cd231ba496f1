"""Ids for what a source names only by a text or a URL. Plain Python."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from iria.transfer.records import Author, Kind, Record, Term, Text

LONGEST_ID: Final = 200


def short_id(text: str) -> str:
    """The text itself if it is short enough for an id, or else its beginning and a digest."""
    text = text.encode("utf-8", "replace").decode().replace("\x00", "")
    if len(text) <= LONGEST_ID:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{text[: LONGEST_ID - 20]}…{digest}"


def term_of(name: str, kind: Kind = Kind.TAGS) -> Term:
    name = " ".join(name.split())
    return Term(short_id(name.casefold()), name, kind)


@dataclass(slots=True)
class Announced:
    """Authors, categories and tags that only texts name, each as a record before its first text."""

    _seen: set[tuple[Kind, str]] = field(default_factory=set)

    def before(self, text: Text) -> Iterator[Record]:
        for name in text.authors:
            if self._is_new(Kind.AUTHORS, name):
                yield Author(name, name)
        for term in [*text.categories, *text.tags]:
            if self._is_new(term.kind, term.source_id):
                yield term

    def _is_new(self, kind: Kind, source_id: str) -> bool:
        is_new = (kind, source_id) not in self._seen
        self._seen.add((kind, source_id))
        return is_new
