"""Retired words are in no name, interface text or heading (`tests/retired_words.py`)."""

import pytest

from tests import retired_words
from tests.retired_words import CLASS, RETIRED, TEXT, Found, RetiredWord, findings


@pytest.fixture(scope="module")
def places() -> list[Found]:
    return retired_words.everything()


@pytest.mark.parametrize("word", RETIRED, ids=lambda word: word.pattern)
def test_a_retired_word_is_not_used(word: RetiredWord, places: list[Found]) -> None:
    found = [f"{each.path}:{each.line}: {each.text}" for each in findings(word, places)]
    assert found == [], f"use: {word.use}"


def test_names_are_split_into_words_and_contexts_can_be_allowed() -> None:
    desk = RetiredWord(r"\bdesk\b", "admin", (CLASS,), ("editorial desk",))
    names = [
        Found(CLASS, retired_words._words(name), "iria/admin_site.py", 1)
        for name in ("DeskSite", "EditorialDesk", "deskSite", "HelpDesks")
    ]
    assert [each.text for each in findings(desk, names)] == ["desk site", "desk site"]
    assert findings(desk, [Found(TEXT, "The desk", "iria/admin_site.py", 1)]) == []


def test_all_kinds_of_places_are_checked(places: list[Found]) -> None:
    assert {each.kind for each in places} == {
        *("module", "class", "function", "url", "css", "text", "heading")
    }
