"""Moments as a page writes them. Django's `date_format` costs ten times as much, and a thread
writes a hundred of them."""

from datetime import date, datetime

from django.utils.dates import MONTHS
from django.utils.safestring import SafeString


def day_words(local: date) -> str:
    """“4 March 2026”, as the moment's own zone has it."""
    return f"{local.day} {MONTHS[local.month]} {local.year}"


def time_element(local: datetime, *, clock: bool = False) -> SafeString:
    """A `time` element with the day, and with `clock` the hour, in the moment's own zone."""
    words = f"{day_words(local)}, {local:%H:%M}" if clock else day_words(local)
    # Digits and the name of a month: nothing that could be markup.
    return SafeString(f'<time datetime="{local.isoformat(timespec="seconds")}">{words}</time>')
