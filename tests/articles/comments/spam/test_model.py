"""The spam model learns from examples, and says why it suspects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.comments.spam.features import describe_feature, features, is_learnt
from articles.comments.spam.model import LEAST_OF_EACH, Example, SpamModel, TooFew, train

PLACES = ["the strait", "the harbour", "our island", "the old port", "the border"]
WARES = ["watches", "shoes", "tickets", "coins", "courses"]


def examples(number: int = 30) -> list[Example]:
    """Wanted and unwanted comments in turn, under two articles."""
    found = []
    for at in range(number):
        wanted = f"I read your piece on {PLACES[at % 5]} twice, page {at}."
        unwanted = f"Cheap {WARES[at % 5]}!! visit my page www.example{at}.com"
        found += [Example(text, text == unwanted, f"{at % 2}") for text in (wanted, unwanted)]
    return found


def test_it_suspects_what_is_like_spam_and_not_what_is_like_the_wanted() -> None:
    model = train(examples()).model
    assert model.opinion("Cheap boots, visit my page www.example99.com").suspects
    assert not model.opinion("I read your piece on the harbour this morning.").suspects


def test_it_says_in_words_what_speaks_for_spam() -> None:
    reasons = train(examples()).model.opinion("Cheap shoes, visit my page").reasons
    assert reasons
    assert any("visit" in words or "cheap" in words for words in reasons)


def test_it_tells_how_it_did_on_what_it_had_not_seen() -> None:
    trained = train(examples())
    assert trained.precision == 1
    assert trained.recall > 0.9


def test_a_few_examples_teach_nothing() -> None:
    with pytest.raises(TooFew, match=f"it takes {LEAST_OF_EACH} of each"):
        train(examples(5))


def test_a_word_of_one_thread_only_teaches_nothing() -> None:
    spread = [*examples(), *[Example("Quarry", True, thread) for thread in "01"]]
    once = [*examples(), *[Example("Quarry", True, "1")] * 2]
    assert "word:quarry" in train(spread).model.weights
    assert "word:quarry" not in train(once).model.weights


def test_without_threads_no_word_of_a_comment_is_learnt() -> None:
    model = train([each._replace(thread="") for each in examples()]).model
    assert not any(is_learnt(each) for each in model.weights)
    assert model.opinion("Cheap boots, visit my page www.example99.com").suspects


def test_another_topic_makes_nobody_suspect() -> None:
    model = train(examples()).model
    for text in ("The lagoon is rising again.", "Why did nobody ask the fishermen?", "Bravo!"):
        assert not model.opinion(text).suspects


@pytest.mark.parametrize(
    "text",
    ["suscribe to my chanel", "SUBSCRIBEEE to my chhannel", "sub\u0455cribe to my ch\u0430nnel"],
)
def test_a_misspelt_or_masked_word_does_what_the_word_does(text: str) -> None:
    assert "groups:follow to own place" not in features(text)  # three words in a row at most
    assert {"groups:follow", "groups:own place", "together:follow place"} <= features(text).keys()


def test_the_same_examples_teach_the_same() -> None:
    assert train(examples()).model == train(examples()).model


def test_a_model_of_an_older_version_is_not_asked() -> None:
    kept = train(examples()).model.as_json()
    assert SpamModel.from_json(kept | {"version": 1}) is None
    assert SpamModel.from_json({"weights": {}, "prior": 0.0, "threshold": 1.0}) is None


def test_a_model_that_was_kept_thinks_the_same() -> None:
    model = train(examples()).model
    again = SpamModel.from_json(model.as_json())
    assert again
    text = "Cheap tickets, visit the harbour"
    assert again.opinion(text).score == pytest.approx(model.opinion(text).score, abs=1e-3)


@given(st.text(max_size=300))
def test_every_text_has_features_that_can_be_told(text: str) -> None:
    for each, shown in features(text).items():
        assert isinstance(describe_feature(each), str)
        assert isinstance(describe_feature(each, shown), str)
