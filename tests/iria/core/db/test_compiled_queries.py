"""A prepared query returns the same rows as its queryset."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from articles.editorial.models import Article
from articles.editorial.models.querysets import ArticleQuerySet
from iria.core.db.queries import Prepared
from tests import newsroom


def _since(language: str, moment: Any, most: int) -> ArticleQuerySet:
    return (
        Article.objects.published()
        .filter(language=language, published_at__gte=moment, year__lte=most)
        .select_related("kind")
        .order_by("headline")
    )


@pytest.mark.django_db
def test_the_statement_is_reused_with_other_values() -> None:
    query = Prepared(_since, [str, type(timezone.now()), int])
    for headline, language in [("One", "en"), ("Two", "en"), ("Trois", "fr")]:
        newsroom.published(headline, language=language)
    long_ago, soon = timezone.now() - timedelta(days=3), timezone.now() + timedelta(days=3)
    for values in [("en", long_ago, 9999), ("fr", long_ago, 9999), ("en", soon, 9999)]:
        assert query(*values) == list(_since(*values))
    assert query("en", long_ago, 1900) == []
    (french,) = query("fr", long_ago, 9999)
    assert (french.headline, french.kind.name) == ("Trois", "News")


@pytest.mark.django_db
def test_the_current_time_is_not_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    query = Prepared(_since, [str, type(timezone.now()), int])
    start = timezone.now() - timedelta(days=1)
    newsroom.published("One")
    assert len(query("en", start, 9999)) == 1
    monkeypatch.setattr("django.utils.timezone.now", lambda: start)
    assert query("en", start - timedelta(days=1), 9999) == []


@pytest.mark.django_db
def test_a_value_cannot_become_sql() -> None:
    query = Prepared(_since, [str, type(timezone.now()), int])
    newsroom.published("One")
    start = timezone.now() - timedelta(days=1)
    assert query("en' OR true --", start, 9999) == []
    assert query("%s", start, 9999) == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_threads_can_use_a_query_at_the_same_time() -> None:
    query = Prepared(_since, [str, type(timezone.now()), int])
    for number in range(6):
        newsroom.published(f"Article {number}", language=["en", "fr"][number % 2])
    start = timezone.now() - timedelta(days=1)

    def run(number: int) -> list[str]:
        try:
            return [each.language for each in query(["en", "fr"][number % 2], start, 9999)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(run, range(24)))
    assert answers == [[["en", "fr"][number % 2]] * 3 for number in range(24)]
