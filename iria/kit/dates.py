"""Moments as a page writes them. Django's `date_format` costs ten times as much, and a thread
writes a hundred of them."""

from datetime import date, datetime
from functools import lru_cache

from django.utils.dates import MONTHS
from django.utils.safestring import SafeString
from django.utils.translation import get_language


def day_words(local: date) -> str:
    """“4 March 2026”, as the moment's own zone has it."""
    return f"{local.day} {_month(local.month, get_language())} {local.year}"


@lru_cache
def _month(number: int, language: str | None) -> str:
    """The name of a month in the language that is spoken at this moment."""
    return str(MONTHS[number])


def time_element(local: datetime, *, clock: bool = False) -> SafeString:
    """A `time` element with the day, and with `clock` the hour, in the moment's own zone."""
    words = f"{day_words(local)}, {local.hour:02}:{local.minute:02}" if clock else day_words(local)
    # Digits and the name of a month: nothing that could be markup.
    return SafeString(f'<time datetime="{local.isoformat(timespec="seconds")}">{words}</time>')
