"""The spam model learns from examples, and says why it suspects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.comments.spam.features import features, words_of
from articles.comments.spam.model import LEAST_OF_EACH, SpamModel, TooFew, train

PLACES = ["the strait", "the harbour", "our island", "the old port", "the border"]
WARES = ["watches", "shoes", "tickets", "coins", "courses"]


def examples(number: int = 30) -> list[tuple[str, bool]]:
    wanted = [f"I read your piece on {PLACES[at % 5]} twice, page {at}." for at in range(number)]
    unwanted = [
        f"Cheap {WARES[at % 5]}!! visit my page www.example{at}.com" for at in range(number)
    ]
    return [
        each
        for pair in zip(
            ((text, False) for text in wanted), ((text, True) for text in unwanted), strict=True
        )
        for each in pair
    ]


def test_it_suspects_what_is_like_spam_and_not_what_is_like_the_wanted() -> None:
    model = train(examples()).model
    assert model.opinion("Cheap boots, visit my page www.example99.com").suspects
    assert not model.opinion("I read your piece on the harbour this morning.").suspects


def test_it_says_in_words_what_speaks_for_spam() -> None:
    reasons = train(examples()).model.opinion("Cheap shoes, visit my page").reasons
    assert reasons
    assert any("visit my" in words or "cheap" in words for words in reasons)


def test_it_tells_how_it_did_on_what_it_had_not_seen() -> None:
    trained = train(examples())
    assert trained.precision == 1
    assert trained.recall > 0.9


def test_a_few_examples_teach_nothing() -> None:
    with pytest.raises(TooFew, match=f"it takes {LEAST_OF_EACH} of each"):
        train(examples(5))


def test_a_model_that_was_kept_thinks_the_same() -> None:
    model = train(examples()).model
    again = SpamModel.from_json(model.as_json())
    text = "Cheap tickets, visit the harbour"
    assert again.opinion(text).score == pytest.approx(model.opinion(text).score, abs=1e-3)


@given(st.text(max_size=300))
def test_every_text_has_features_that_can_be_told(text: str) -> None:
    for each in features(text):
        assert isinstance(words_of(each), str)
