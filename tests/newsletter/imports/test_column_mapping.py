"""What lists of others and of ours say of a reader's state."""

import pytest

from newsletter.imports.column_mapping import is_unsubscribed, says_unsubscribed
from newsletter.models import Subscriber


@pytest.mark.parametrize("state", Subscriber.State)
def test_every_state_of_ours_is_understood(state: Subscriber.State) -> None:
    assert is_unsubscribed(str(state.label)) is (state is not Subscriber.State.ACTIVE)


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("Un-subscribed", True),
        ("FALSE", True),
        ("0", True),
        ("Désabonné", True),
        ("", False),
        (" 1 ", False),
        ("Opted in", False),
        ("hard_bounce", True),
        ("Non-abonné", True),
        ("Do not email", True),
        ("vip", None),
        ("7", None),
    ],
)
def test_words_of_others_are_understood_or_said_to_be_unknown(said: str, gone: bool | None) -> None:
    assert is_unsubscribed(said) is gone


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("TRUE", True),
        ("1", True),
        ("2024-05-01 12:00", True),
        ("Too many mails", True),
        ("", False),
        (" 0 ", False),
        ("No", False),
        ("N/A", False),
        ("0000-00-00", False),
    ],
)
def test_a_column_on_who_has_left_is_filled_for_those_who_have(said: str, gone: bool) -> None:
    assert says_unsubscribed(said) is gone
