"""The database is restored after a test with real transactions."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection

from accounts.models import User
from articles.editorial.models import Article, ArticleType
from articles.images.models import Image
from articles.images.tasks import enqueue_renditions
from articles.search.models import SearchEntry
from tests import clean_database, newsroom
from tests.clean_database import CleanDatabase, OpenTransaction

pytestmark = pytest.mark.django_db(transaction=True)


def job_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return int(cursor.fetchone()[0])


def test_all_changes_are_reverted(edna: User) -> None:
    database = CleanDatabase()
    groups = {group.name: group.permissions.count() for group in Group.objects.all()}
    kinds = list(ArticleType.objects.order_by("pk").values())
    picture = newsroom.picture()
    article = newsroom.published(by=edna, lead_image=picture, tags=["straits"])
    enqueue_renditions(picture.pk)
    cache.set("word", "kept")
    ArticleType.objects.exclude(pk=article.kind_id).delete()
    ArticleType.objects.update(name="Something else")
    Group.objects.create(name="A group too many")
    next(iter(Group.objects.filter(permissions__isnull=False))).permissions.clear()
    assert SearchEntry.objects.exists()
    assert job_count()

    database.restore()

    # Only rows from before the snapshot exist.
    assert list(User.objects.values_list("pk", flat=True)) == [edna.pk]
    for model in (Article, Image, SearchEntry):
        assert not model._default_manager.exists(), model
    assert job_count() == 0
    assert cache.get("word") is None
    assert list(ArticleType.objects.order_by("pk").values()) == kinds
    assert {group.name: group.permissions.count() for group in Group.objects.all()} == groups
    # Our triggers are enabled again.
    newsroom.published("A second week", by=edna)
    assert SearchEntry.objects.count() == 1
    database.restore()


@pytest.fixture
def open_transaction() -> Iterator[None]:
    """Another connection with an open transaction that has locks."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE auth_group SET name = name")
        yield
    other.close()


def test_an_open_transaction_is_reported_and_ended(
    open_transaction: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = CleanDatabase()
    monkeypatch.setattr(clean_database, "LOCK_TIMEOUT", 0.1)
    with pytest.raises(OpenTransaction, match=r"UPDATE auth_group"):
        database.restore()
    database.restore()
