"""Captions are split into caption and credit."""

from pathlib import Path

import pytest

from iria.transfer.captions import RULES, Rule, split, split_html
from tests.iria.transfer.caption_examples import EXAMPLES, HELD_BACK, LEARNT, Example
from tests.shared import PROJECT

DOC = Path(PROJECT / "docs" / "algorithms" / "captions.md")


def _is_right(example: Example) -> bool:
    _language, text, caption, credit = example
    found = split(text)
    return (found.caption, None if found.is_undecided else found.credit) == (caption, credit)


def test_there_are_enough_examples_in_six_languages() -> None:
    assert len(EXAMPLES) >= 120
    assert len({language for language, *_ in EXAMPLES}) == 6


@pytest.mark.parametrize("example", LEARNT, ids=lambda example: example[1][:40])
def test_an_example_is_split(example: Example) -> None:
    assert _is_right(example)


def test_examples_that_were_held_back_are_split_too() -> None:
    right = sum(_is_right(each) for each in HELD_BACK)
    assert right / len(HELD_BACK) >= 0.95


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
