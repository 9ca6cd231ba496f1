"""Validators, slugs and signed tokens."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from iria.core import security
from iria.core.text.names import slug_from
from iria.core.text.validators import one_line, validate_not_blank, validate_storable


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_unstorable_text_is_rejected(text: str) -> None:
    with pytest.raises(ValidationError):
        validate_storable(text)


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d", "\u3164", "\u2066\u2069"])
def test_an_invisible_name_is_rejected(text: str) -> None:
    with pytest.raises(ValidationError):
        validate_not_blank(text)


@given(st.text())
def test_one_line_contains_no_line_breaks(text: str) -> None:
    line = one_line(text)
    assert "\n" not in line
    assert "\r" not in line
    assert one_line(line) == line


@given(st.text(max_size=300))
def test_every_text_has_a_slug_of_limited_length(text: str) -> None:
    slug = slug_from(text, fallback="article")
    assert 0 < len(slug) <= 80
    assert slug == slug.strip("-")
    assert all(character.isalnum() or character in "-_" for character in slug)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Łódź and Ørsted", "lodz-and-orsted"),
        ("بحر الصين", "بحر-الصين"),
        ("???", "article"),
        ("A " + "very " * 40 + "long one", "a-" + "very-" * 14 + "very"),
    ],
)
def test_examples_have_the_expected_slugs(text: str, slug: str) -> None:
    assert slug_from(text, fallback="article") == slug


def test_a_token_is_valid_for_its_purpose_only() -> None:
    token = security.make_token({"id": 1}, purpose="preview")
    day = timedelta(days=1)
    assert security.read_token(token, purpose="preview", valid_for=day) == {"id": 1}
    with pytest.raises(security.BrokenToken):
        security.read_token(token, purpose="comment", valid_for=day)
    with pytest.raises(security.BrokenToken):
        security.read_token(token[:-3], purpose="preview", valid_for=day)
    with pytest.raises(security.ExpiredToken):
        security.read_token(token, purpose="preview", valid_for=timedelta(seconds=-1))


@given(st.text())
def test_any_other_text_is_a_broken_token(text: str) -> None:
    with pytest.raises(security.BrokenToken):
        security.read_token(text, purpose="preview", valid_for=timedelta(days=1))
