"""Pages learn from the database that something changed."""

import pytest
from django.core.management import call_command
from django.db import transaction

from articles.comments.models import Comment
from articles.editorial.models import Article
from iria.core.http import cache_versions
from tests import newsroom

pytestmark = pytest.mark.django_db


def _now(*scopes: str) -> list[tuple[str, int]]:
    return cache_versions.current_versions(scopes or (cache_versions.CONTENT,))


def test_a_change_made_behind_the_models_counts_too() -> None:
    newsroom.published("Quiet")
    before = _now()
    Article.objects.update(headline="Loud")
    assert _now() != before


def test_a_change_that_is_taken_back_counts_for_nothing() -> None:
    newsroom.published("Quiet")
    before = _now()
    with transaction.atomic():
        Article.objects.update(headline="Loud")
        transaction.set_rollback(True)
    assert _now() == before


def test_a_sign_in_changes_no_page(ola: object) -> None:
    before = _now()
    ola.save(update_fields=["last_login"])  # type: ignore[attr-defined]
    assert _now() == before
    ola.display_name = "Ola Berg"  # type: ignore[attr-defined]
    ola.save(update_fields=["display_name"])  # type: ignore[attr-defined]
    assert _now() != before


def test_a_comment_changes_its_own_thread_and_no_other() -> None:
    article, other = newsroom.published("Quiet"), newsroom.published("Other")
    own, others = cache_versions.thread(article.pk), cache_versions.thread(other.pk)
    before, before_other, before_content = _now(own), _now(others), _now()
    Comment.objects.create(article=article, name="Ola", text="Well.", state="approved")
    assert _now(own) != before
    assert (_now(others), _now()) == (before_other, before_content)


def test_folding_leaves_one_mark_a_scope_and_every_generation_as_it_was() -> None:
    for number in range(5):
        newsroom.published(f"Article {number}")
    before = _now()
    cache_versions.compact()
    assert _now() == before
    assert cache_versions.CacheVersion.objects.filter(scope=cache_versions.CONTENT).count() == 1


def test_migrating_again_is_harmless() -> None:
    before = _now()
    call_command("migrate", verbosity=0)
    assert _now() == before
