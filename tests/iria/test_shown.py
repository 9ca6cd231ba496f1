"""Whoever adds a table says whether readers see its rows."""

import pytest
from django.apps import apps
from django.db import connection

from iria import shown


def _tables() -> set[str]:
    return {
        model._meta.label_lower
        for house in shown.HOUSES
        for model in apps.get_app_config(house).get_models(include_auto_created=True)
    }


def test_every_table_of_the_house_is_said_to_be_shown_or_not() -> None:
    assert _tables() == set(shown.SHOWN) | shown.UNSHOWN
    assert not set(shown.SHOWN) & shown.UNSHOWN


@pytest.mark.django_db
def test_every_shown_table_tells_of_its_changes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'iria_tell'")
        telling = {name for (name,) in cursor.fetchall()}
    assert telling == {apps.get_model(name)._meta.db_table for name in shown.SHOWN}
