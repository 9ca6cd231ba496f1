"""Recognising subscription statuses."""

import pytest

from newsletter.imports.csv_reader import ColumnMapping, Table, is_unsubscribed, says_unsubscribed
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


@pytest.mark.parametrize(
    ("content", "state", "gone"),
    [
        ("E-Mail;Wert\na@b.example;aktiv\nc@d.example;abgemeldet\n", 1, None),
        ("a@b.example,active\nc@d.example,bounced\n", 1, None),
        ("email,vip\na@b.example,yes\nc@d.example,no\n", None, None),
        ("email,plan\na@b.example,free\nc@d.example,paid\n", None, None),
        ("email,note\na@b.example,active\nc@d.example,met in Lyon\n", None, None),
        ("email,status,bounced\na@b.example,active,true\n", 1, 2),
        ("email,status,unsubscribed_at\na@b.example,active,2020-01-01\n", 1, None),
        ("email,Email Marketing Consent\na@b.example,NEVER_SUBSCRIBED\n", 1, None),
        ("Adresse e-mail,Complained\na@b.example,1\n", None, 1),
    ],
)
def test_columns_that_forbid_e_mails_are_found(
    content: str, state: int | None, gone: int | None
) -> None:
    columns = ColumnMapping.guessed(list(Table.of(content.encode()).rows()))
    assert (columns.email, columns.state, columns.gone) == (0, state, gone)
