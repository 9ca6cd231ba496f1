"""Origins of rows of a collection."""

import pytest
from django.db.models import Model

from articles.editorial import category_tree
from articles.editorial.models import Article, Category
from iria.core.db.row_origins import RowOrigin, RowOrigins

pytestmark = pytest.mark.django_db


def test_an_origin_belongs_to_one_row_and_one_key() -> None:
    origins = RowOrigins("trial")
    created: list[Model] = []

    def make() -> Category:
        section = Category(name="Trial", slug="trial")
        category_tree.save(section)
        created.append(section)
        return section

    assert origins.create_once("a", make)
    assert not origins.create_once("a", make)
    assert not RowOrigins("trial").create_once("a", make)
    assert len(created) == 1
    assert RowOrigins("trial").row("a", Category) == created[0]
    assert RowOrigins("trial").row("a", Article) is None
    assert not origins.create_once("nothing", lambda: None)
    origins.delete()
    assert not RowOrigin.objects.filter(collection="trial").exists()
