"""Origins of rows of a collection."""

import pytest
from django.contrib.contenttypes.models import ContentType

from articles.editorial.models import Article, Category
from iria.transfer.models import RowOrigin, RowOrigins
from tests.newsroom import category

pytestmark = pytest.mark.django_db


def test_a_collection_has_the_rows_with_its_origin() -> None:
    row, _other = category("Trial", slug="trial"), category("Other", slug="other")
    origins = RowOrigins("trial")
    assert not origins.exists()
    RowOrigin.objects.create(
        collection="trial",
        key="category:trial",
        content_type=ContentType.objects.get_for_model(Category),
        object_id=row.pk,
    )
    assert origins.exists()
    assert not RowOrigins("another").exists()
    assert list(origins.rows(Category)) == [row]
    assert not origins.rows(Article).exists()
    origins.delete()
    assert not origins.exists()
    assert Category.objects.filter(pk=row.pk).exists()
