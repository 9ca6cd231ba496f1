"""What a test with real transactions leaves behind is gone before the next one."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection

from accounts.models import User
from articles.editorial.models import Article, ArticleType
from articles.images.models import Image
from articles.images.tasks import enqueue, make_renditions
from articles.search.models import SearchEntry
from tests import anew, newsroom
from tests.anew import NewDatabase, StillHeld

pytestmark = pytest.mark.django_db(transaction=True)


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return int(cursor.fetchone()[0])


def test_the_database_is_as_new_whatever_was_done_to_it(edna: User) -> None:
    new = NewDatabase()
    groups = {group.name: group.permissions.count() for group in Group.objects.all()}
    kinds = list(ArticleType.objects.order_by("pk").values())
    picture = newsroom.picture()
    article = newsroom.published(by=edna, lead_image=picture, tags=["straits"])
    enqueue(make_renditions, picture.pk)
    cache.set("word", "kept")
    ArticleType.objects.exclude(pk=article.kind_id).delete()
    ArticleType.objects.update(name="Something else")
    Group.objects.create(name="A group too many")
    next(iter(Group.objects.filter(permissions__isnull=False))).permissions.clear()
    assert SearchEntry.objects.exists()
    assert waiting()

    new.bring_back()

    # Those who were there when it was made are there; a test's own begin after that.
    assert list(User.objects.values_list("pk", flat=True)) == [edna.pk]
    for model in (Article, Image, SearchEntry):
        assert not model._default_manager.exists(), model
    assert waiting() == 0
    assert cache.get("word") is None
    assert list(ArticleType.objects.order_by("pk").values()) == kinds
    assert {group.name: group.permissions.count() for group in Group.objects.all()} == groups
    # The site's own triggers are at work again.
    newsroom.published("A second week", by=edna)
    assert SearchEntry.objects.count() == 1
    new.bring_back()


@pytest.fixture
def held_by_somebody() -> Iterator[None]:
    """Another connection that has written and never ends."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE auth_group SET name = name")
        yield
    other.close()


def test_who_never_lets_go_is_named_and_ended(
    held_by_somebody: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = NewDatabase()
    monkeypatch.setattr(anew, "PATIENCE", 0.1)
    with pytest.raises(StillHeld, match=r"UPDATE auth_group"):
        new.bring_back()
    new.bring_back()
