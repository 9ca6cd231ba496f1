"""Whoever adds a table says whether readers see its rows."""

import pytest
from django.apps import apps
from django.db import connection

from iria import cache_triggers
from iria.core.db import triggers


def _tables() -> set[str]:
    return {
        model._meta.label_lower
        for house in cache_triggers.HOUSES
        for model in apps.get_app_config(house).get_models(include_auto_created=True)
    }


def test_every_table_of_the_house_is_said_to_be_shown_or_not() -> None:
    assert _tables() == set(cache_triggers.SHOWN) | cache_triggers.UNSHOWN
    assert not set(cache_triggers.SHOWN) & cache_triggers.UNSHOWN


@pytest.mark.django_db
def test_every_table_is_said_to_be_shown_or_not_those_of_packages_too() -> None:
    assert triggers.check_decided(app_configs=None) == []


@pytest.mark.django_db
def test_every_shown_table_has_its_triggers_and_no_other_has_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE starts_with(tgname, 'iria_tell')"
        )
        there = set(cursor.fetchall())
    assert there == {
        (apps.get_model(name)._meta.db_table, kind.trigger)
        for name, how in cache_triggers.SHOWN.items()
        for statement, kind in triggers.KINDS.items()
        if statement != "insert" or how.inserts
    }
