"""Backups of the whole publication, database and media; how they are restored, and the drill that proves it."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple, Self


class BackupError(Exception):
    """A backup cannot be made, read or restored; the message is a sentence for the administrator."""


PATTERN: Final = re.compile(r"(\d{1,4})d,(\d{1,4})w,(\d{1,4})m")


class Retention(NamedTuple):
    """How many backups are kept: the newest of each of the last days, weeks and months that have one."""

    days: int
    weeks: int
    months: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The retention that a text such as 7d,4w,6m describes.

        Raises:
            ValueError
        """
        match = PATTERN.fullmatch(text.replace(" ", ""))
        if not match:
            raise ValueError(text)
        return cls(*map(int, match.groups()))

    def retained(self, moments: Iterable[datetime]) -> set[datetime]:
        """The newest of all is always kept."""
        newest_first = sorted(moments, reverse=True)
        kept = set(newest_first[:1])
        for count, period in (
            (self.days, "%Y-%m-%d"),
            (self.weeks, "%G-%V"),
            (self.months, "%Y-%m"),
        ):
            newest: dict[str, datetime] = {}
            for moment in newest_first:
                newest.setdefault(moment.strftime(period), moment)
            kept |= {*list(newest.values())[:count]}
        return kept
