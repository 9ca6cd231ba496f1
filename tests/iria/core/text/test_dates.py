"""Dates and paragraphs, compared with Django's filters."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils.formats import date_format
from django.utils.html import linebreaks
from hypothesis import given
from hypothesis import strategies as st

from iria.core.text.dates import day_words, moment_words, time_element
from iria.core.text.language import use_language
from iria.core.text.validators import paragraphs

TIMES = st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(TIMES, st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns"]))
def test_a_day_is_formatted_as_by_django(moment: datetime, zone: str) -> None:
    local = moment.astimezone(ZoneInfo(zone))
    assert day_words(local) == date_format(local, "j F Y", use_l10n=False)
    assert date_format(local, "j F Y, H:i", use_l10n=False) in time_element(local, clock=True)


def test_a_time_element_has_the_utc_offset() -> None:
    local = datetime(2026, 3, 4, 18, 5, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert time_element(local) == '<time datetime="2026-03-04T18:05:00+09:00">4 March 2026</time>'


@pytest.mark.parametrize(
    ("language", "words", "first"),
    [
        ("en", "4 March 2026", "1 May 2026"),
        ("fr", "4 mars 2026", "1er mai 2026"),
        ("ar", "4 مارس 2026", "1 مايو 2026"),
        ("de", "4. März 2026", "1. Mai 2026"),
        ("es", "4 de marzo de 2026", "1 de mayo de 2026"),
        ("pt", "4 de março de 2026", "1 de maio de 2026"),
        ("pt-br", "4 de março de 2026", "1 de maio de 2026"),
    ],
)
def test_a_day_is_written_as_usual_in_its_language(language: str, words: str, first: str) -> None:
    with use_language(language):
        assert day_words(date(2026, 3, 4)) == words
        assert day_words(date(2026, 5, 1)) == first
        comma = "،" if language == "ar" else ","
        assert moment_words(datetime(2026, 3, 4, 18, 5, tzinfo=UTC)) == f"{words}{comma} 18:05"


@given(st.text(alphabet=st.sampled_from("ab<>&\"' \n\r") | st.characters(codec="utf-8")))
def test_paragraphs_are_those_of_django(text: str) -> None:
    assert paragraphs(text) == linebreaks(text, autoescape=True)
