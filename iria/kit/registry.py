"""Ports: places where a room offers something to whoever asks, without either knowing the other.

A room fills a port in its `AppConfig.ready`; the reader of the port goes through what is there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


class Port[T]:
    """A list that rooms add to when Django starts."""

    def __init__(self) -> None:
        self._offers: dict[str, T] = {}

    def offer(self, name: str, what: T) -> None:
        """Adds an offer; offering the same name again replaces it, so a reload is harmless."""
        self._offers[name] = what

    def __iter__(self) -> Iterator[T]:
        return iter(self._offers.values())


@dataclass(frozen=True, slots=True)
class PictureUse:
    """One place where a picture stands: words for the editor and where to look."""

    where: str
    address: str
    public: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the person who opened the admin."""

    words: str
    count: int
    address: str


picture_uses: Port[Callable[[int], list[PictureUse]]] = Port()
"""Given a picture's id, every use of it."""

waiting: Port[Callable[[Any], list[Waiting]]] = Port()
"""Given a user, what waits for them; shown on the first page of the admin."""
