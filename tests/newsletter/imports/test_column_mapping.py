"""Recognising subscription statuses."""

import pytest

from newsletter.imports.column_mapping import is_unsubscribed, says_unsubscribed
from newsletter.models import Subscriber


@pytest.mark.parametrize("state", Subscriber.State)
def test_every_own_status_is_recognised(state: Subscriber.State) -> None:
    assert is_unsubscribed(str(state.label)) is (state is not Subscriber.State.ACTIVE)


@pytest.mark.parametrize(
    ("status", "unsubscribed"),
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
def test_statuses_of_other_services_are_recognised_or_unknown(
    status: str, unsubscribed: bool | None
) -> None:
    assert is_unsubscribed(status) is unsubscribed


@pytest.mark.parametrize(
    ("cell", "unsubscribed"),
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
def test_an_unsubscribed_column_is_interpreted(cell: str, unsubscribed: bool) -> None:
    assert says_unsubscribed(cell) is unsubscribed
