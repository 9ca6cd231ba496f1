"""The spam model learns from examples and gives its reasons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.comments.screening.spam_features import describe_feature, features, is_learnt
from articles.comments.screening.spam_model import MIN_OF_EACH, Example, SpamModel, TooFew, train

PLACES = ["the strait", "the harbour", "our island", "the old port", "the border"]
WARES = ["watches", "shoes", "tickets", "coins", "courses"]


def examples(number: int = 30) -> list[Example]:
    """Returns ham and spam alternately, of two threads."""
    found = []
    for index in range(number):
        ham = f"I read your piece on {PLACES[index % 5]} twice, page {index}."
        spam = f"Cheap {WARES[index % 5]}!! visit my page www.example{index}.com"
        found += [Example(text, text == spam, f"{index % 2}") for text in (ham, spam)]
    return found


def test_it_suspects_spam_and_not_ham() -> None:
    model = train(examples()).model
    assert model.opinion("Cheap boots, visit my page www.example99.com").suspects
    assert not model.opinion("I read your piece on the harbour this morning.").suspects


def test_it_gives_the_reasons() -> None:
    reasons = train(examples()).model.opinion("Cheap shoes, visit my page").reasons
    assert reasons
    assert any("visit" in reason or "cheap" in reason for reason in reasons)


def test_training_reports_cross_validated_precision_and_recall() -> None:
    trained = train(examples())
    assert trained.precision == 1
    assert trained.recall > 0.9


def test_training_needs_enough_examples() -> None:
    with pytest.raises(TooFew, match=f"needs {MIN_OF_EACH} of each"):
        train(examples(5))


def test_a_word_of_only_one_thread_is_not_learnt() -> None:
    spread = [*examples(), *[Example("Quarry", True, thread) for thread in "01"]]
    once = [*examples(), *[Example("Quarry", True, "1")] * 2]
    assert "word:quarry" in train(spread).model.weights
    assert "word:quarry" not in train(once).model.weights


def test_no_words_are_learnt_without_threads() -> None:
    model = train([each._replace(thread="") for each in examples()]).model
    assert not any(is_learnt(each) for each in model.weights)
    assert model.opinion("Cheap boots, visit my page www.example99.com").suspects


def test_another_topic_is_not_suspected() -> None:
    model = train(examples()).model
    for text in ("The lagoon is rising again.", "Why did nobody ask the fishermen?", "Bravo!"):
        assert not model.opinion(text).suspects


@pytest.mark.parametrize(
    "text",
    ["suscribe to my chanel", "SUBSCRIBEEE to my chhannel", "sub\u0455cribe to my ch\u0430nnel"],
)
def test_a_misspelt_or_masked_word_has_the_features_of_the_word(text: str) -> None:
    assert "groups:follow to own place" not in features(text)  # at most three words in a sequence
    assert {"groups:follow", "groups:own place", "together:follow place"} <= features(text).keys()


def test_training_is_deterministic() -> None:
    assert train(examples()).model == train(examples()).model


def test_a_model_of_an_older_version_is_not_loaded() -> None:
    content = train(examples()).model.as_json()
    assert SpamModel.from_json(content | {"version": 1}) is None
    assert SpamModel.from_json({"weights": {}, "prior": 0.0, "threshold": 1.0}) is None


def test_a_saved_model_gives_the_same_score() -> None:
    model = train(examples()).model
    again = SpamModel.from_json(model.as_json())
    assert again
    text = "Cheap tickets, visit the harbour"
    assert again.opinion(text).score == pytest.approx(model.opinion(text).score, abs=1e-3)


@given(st.text(max_size=300))
def test_the_features_of_any_text_can_be_described(text: str) -> None:
    for each, shown in features(text).items():
        assert isinstance(describe_feature(each), str)
        assert isinstance(describe_feature(each, shown), str)
