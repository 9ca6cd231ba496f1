"""Captions are split into caption and credit."""

import re
from pathlib import Path

import pytest

from iria.transfer.captions import RULES, Rule, split, split_html
from tests.iria.transfer.caption_examples import CREDITED, UNDECIDED, WITHOUT_CREDIT
from tests.shared import PROJECT

DOC = Path(PROJECT / "docs" / "algorithms" / "captions.md")


@pytest.mark.parametrize("example", CREDITED)
def test_a_caption_is_split_from_its_credit(example: str) -> None:
    caption, _, credit, *_ = re.split(r"[\[\]]", example)
    found = split(re.sub(r"[\[\]]", "", example))
    assert (found.caption, found.credit, found.is_undecided) == (caption, credit, False)


@pytest.mark.parametrize("caption", [*WITHOUT_CREDIT, *UNDECIDED])
def test_a_caption_without_a_certain_credit_stays_as_it_is(caption: str) -> None:
    found = split(caption)
    assert found.caption == caption
    assert found.is_undecided == (caption in UNDECIDED)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_example_of_a_rule_is_split_by_it_and_documented(rule: Rule) -> None:
    assert split(rule.example).rule == rule.name
    assert f"| {rule.name} | `{rule.example}` |" in DOC.read_text()


def test_the_markup_of_the_caption_stays() -> None:
    found = split_html('The <a href="https://a.example">port</a>. <em>Photo: Mira Field</em>')
    assert found.caption == 'The <a href="https://a.example">port</a>.'
    assert found.credit == "Mira Field"


def test_an_undecided_caption_is_not_split() -> None:
    found = split_html("A street in the rain (Paul Winter)")
    assert found.is_undecided
    assert (found.caption, found.credit) == ("A street in the rain (Paul Winter)", "")


def test_a_credit_without_a_name_stays_in_the_caption() -> None:
    assert split("A drone over the field. Photo courtesy of").credit == ""
    assert split("Photo courtesy Office of the Mayor").credit == "Office of the Mayor"


@pytest.mark.parametrize("start", ["", "Photo: Mira", "Photo courtesy of", "© ", "(photo"])
def test_a_caption_of_many_brackets_or_spaces_is_split_quickly(start: str) -> None:
    assert split(start + "(" * 2900).credit == ""
    assert split(start + " " * 2900 + "(x").credit == ""
