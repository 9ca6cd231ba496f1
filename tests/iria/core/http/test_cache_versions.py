"""Cache versions change with the rows of public pages."""

import pytest
from django.core.management import call_command
from django.db import transaction

from articles.comments.models import Comment
from articles.editorial.models import Article
from iria.core.http import cache_versions
from tests import newsroom

pytestmark = pytest.mark.django_db


def _versions(*scopes: str) -> list[tuple[str, int]]:
    return cache_versions.current_versions(scopes or (cache_versions.CONTENT,))


def test_an_update_without_save_changes_the_version() -> None:
    newsroom.published("Quiet")
    before = _versions()
    Article.objects.update(headline="Loud")
    assert _versions() != before


def test_a_rolled_back_change_does_not_change_the_version() -> None:
    newsroom.published("Quiet")
    before = _versions()
    with transaction.atomic():
        Article.objects.update(headline="Loud")
        transaction.set_rollback(True)
    assert _versions() == before


def test_a_sign_in_does_not_change_the_version(ola: object) -> None:
    before = _versions()
    ola.save(update_fields=["last_login"])  # type: ignore[attr-defined]
    assert _versions() == before
    ola.display_name = "Ola Berg"  # type: ignore[attr-defined]
    ola.save(update_fields=["display_name"])  # type: ignore[attr-defined]
    assert _versions() != before


def test_a_comment_changes_the_version_of_its_thread_only() -> None:
    article, other = newsroom.published("Quiet"), newsroom.published("Other")
    own, others = cache_versions.thread(article.pk), cache_versions.thread(other.pk)
    before, before_other, before_content = _versions(own), _versions(others), _versions()
    Comment.objects.create(article=article, name="Ola", text="Well.", state="approved")
    assert _versions(own) != before
    assert (_versions(others), _versions()) == (before_other, before_content)


def test_compacting_leaves_one_row_per_scope_and_the_same_version() -> None:
    for number in range(5):
        newsroom.published(f"Article {number}")
    before = _versions()
    cache_versions.compact()
    assert _versions() == before
    assert cache_versions.CacheVersion.objects.filter(scope=cache_versions.CONTENT).count() == 1


def test_migrating_again_does_not_change_the_version() -> None:
    before = _versions()
    call_command("migrate", verbosity=0)
    assert _versions() == before
