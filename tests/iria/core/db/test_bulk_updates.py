"""Many rows get values of their own in one statement."""

import pytest
from django.utils import timezone

from articles.editorial.models import Article, Revision
from articles.editorial.versions import revisions
from iria.core.db.bulk import update_rows
from tests import newsroom

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_own_values_and_other_columns_stay() -> None:
    rows = [newsroom.draft(f"Text {n}") for n in range(3)]
    moment = timezone.now()
    for number, row in enumerate(rows):
        row.standfirst, row.updated_at = f"{number} {{\"'\\", moment if number else None
        row.headline = "Not written"
    update_rows(rows[:2], ["standfirst", "updated_at"])
    found = {each.pk: each for each in Article.objects.all()}
    for number, row in enumerate(rows[:2]):
        written = found[row.pk]
        assert (written.standfirst, written.updated_at) == (row.standfirst, row.updated_at)
        assert written.headline == f"Text {number}"
    assert found[rows[2].pk].standfirst != rows[2].standfirst


def test_json_and_null_are_written_too() -> None:
    rows = [revisions.save(newsroom.draft(f"Text {n}"), by=None) for n in range(2)]
    rows[0].details, rows[1].details = {"tags": ["a \"b'"]}, None
    update_rows(rows, ["details"])
    stored = dict(
        Revision.objects.filter(pk__in=[each.pk for each in rows]).values_list("pk", "details")
    )
    assert stored == {rows[0].pk: {"tags": ["a \"b'"]}, rows[1].pk: None}


def test_without_rows_there_is_no_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(0):
        update_rows([], ["headline"])
