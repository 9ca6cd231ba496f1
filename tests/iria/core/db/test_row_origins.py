"""RowOrigins say which rows came with a collection."""

import pytest
from django.db.models import Model

from articles.editorial import category_tree
from articles.editorial.models import Article, Category
from iria.core.db.row_origins import RowOrigin, RowOrigins

pytestmark = pytest.mark.django_db


def test_a_mark_belongs_to_one_row_and_one_key() -> None:
    marks = RowOrigins("trial")
    made: list[Model] = []

    def make() -> Category:
        section = Category(name="Trial", slug="trial")
        category_tree.save(section)
        made.append(section)
        return section

    assert marks.create_once("a", make)
    assert not marks.create_once("a", make)
    assert not RowOrigins("trial").create_once("a", make)
    assert len(made) == 1
    assert RowOrigins("trial").row("a", Category) == made[0]
    assert RowOrigins("trial").row("a", Article) is None
    assert not marks.create_once("nothing", lambda: None)
    marks.delete()
    assert not RowOrigin.objects.filter(collection="trial").exists()
