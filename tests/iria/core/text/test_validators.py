"""What can be kept, and what is refused in words; slugs; signed values."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from iria.core.security import signed_tokens
from iria.core.text.slugs import slug_from
from iria.core.text.validators import one_line, validate_not_blank, validate_storable


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_what_postgresql_cannot_keep_is_rejected(text: str) -> None:
    with pytest.raises(ValidationError):
        validate_storable(text)


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d", "\u3164", "\u2066\u2069"])
def test_a_name_nobody_can_see_is_no_name(text: str) -> None:
    with pytest.raises(ValidationError):
        validate_not_blank(text)


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert "\n" not in line
    assert "\r" not in line
    assert one_line(line) == line


@given(st.text(max_size=300))
def test_every_text_gives_a_slug_of_fitting_length(words: str) -> None:
    slug = slug_from(words, fallback="article")
    assert 0 < len(slug) <= 80
    assert slug == slug.strip("-")
    assert all(sign.isalnum() or sign in "-_" for sign in slug)


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Łódź and Ørsted", "lodz-and-orsted"),
        ("بحر الصين", "بحر-الصين"),
        ("???", "article"),
        ("A " + "very " * 40 + "long one", "a-" + "very-" * 14 + "very"),
    ],
)
def test_slugs_by_example(words: str, slug: str) -> None:
    made = slug_from(words, fallback="article")
    assert made == slug or (len(words) > 80 and made.startswith("a-very"))


def test_a_token_opens_only_its_own_purpose() -> None:
    token = signed_tokens.make_token({"id": 1}, purpose="preview")
    day = timedelta(days=1)
    assert signed_tokens.read_token(token, purpose="preview", valid_for=day) == {"id": 1}
    with pytest.raises(signed_tokens.BrokenToken):
        signed_tokens.read_token(token, purpose="comment", valid_for=day)
    with pytest.raises(signed_tokens.BrokenToken):
        signed_tokens.read_token(token[:-3], purpose="preview", valid_for=day)
    with pytest.raises(signed_tokens.ExpiredToken):
        signed_tokens.read_token(token, purpose="preview", valid_for=timedelta(seconds=-1))


@given(st.text())
def test_no_text_at_all_breaks_the_reading_of_tokens(text: str) -> None:
    with pytest.raises(signed_tokens.BrokenToken):
        signed_tokens.read_token(text, purpose="preview", valid_for=timedelta(days=1))
