"""A scratch schema has empty copies of all tables and is removed completely."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection

from articles.editorial.models import ArticleType
from articles.images.models import Image, Rendition
from iria.lab.evaluation.scratch_schema import gather_statistics, scratch_schema
from tests import newsroom

COPIES = """
SELECT count(*) FROM pg_class
WHERE relname = 'articles_article' AND relnamespace::regnamespace::text LIKE 'pg_temp%'
"""


def query_value(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_the_site_is_unchanged_afterwards(db: None) -> None:
    kinds, path = (
        list(ArticleType.objects.values_list("slug", flat=True)),
        query_value("SHOW search_path"),
    )
    with scratch_schema():
        assert not ArticleType.objects.exists()
        ArticleType.objects.create(name="Only here", slug="only-here")
    assert list(ArticleType.objects.values_list("slug", flat=True)) == kinds
    assert query_value("SHOW search_path") == path
    assert query_value(COPIES) == 0


def test_it_is_removed_after_an_error(db: None) -> None:
    with pytest.raises(ValueError, match="unlucky"), scratch_schema():
        raise ValueError("unlucky")
    assert query_value(COPIES) == 0
    assert ArticleType.objects.exists()


def test_triggers_work_inside(db: None) -> None:
    with scratch_schema():
        image = newsroom.picture()
        Rendition.objects.create(
            image=image, format="webp", width=320, height=200, name="a.webp", bytes=9
        )
        assert Image.objects.get().sizes == [["webp", 320, 200, "a.webp", 9, "", False]]
    assert not Image.objects.exists()


def test_it_cannot_be_nested(db: None) -> None:
    with (
        scratch_schema(),
        pytest.raises(RuntimeError),
        scratch_schema(),
    ):
        pass


def test_only_the_copies_are_analysed(db: None) -> None:
    before = query_value(
        "SELECT reltuples FROM pg_class WHERE oid = 'articles_articletype'::regclass"
    )
    with scratch_schema():
        for number in range(7):
            ArticleType.objects.create(name=f"Kind {number}", slug=f"kind-{number}")
        gather_statistics()
        assert (
            query_value(
                "SELECT reltuples FROM pg_class WHERE oid = 'articles_articletype'::regclass"
            )
            == 7
        )
    assert (
        query_value("SELECT reltuples FROM pg_class WHERE oid = 'articles_articletype'::regclass")
        == before
    )


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_it_is_removed_when_the_connection_is_killed() -> None:
    kinds = ArticleType.objects.count()

    def use_schema() -> None:
        try:
            with scratch_schema():
                ArticleType.objects.create(name="Only here", slug="only-here")
                victims.append(query_value("SELECT pg_backend_pid()"))
                pool.submit(kill).result()
                query_value("SELECT 1")
        finally:
            connection.close()

    def kill() -> None:
        query_value(f"SELECT pg_terminate_backend({victims[0]}, 60000)")
        connection.close()

    victims: list[int] = []
    with ThreadPoolExecutor(2) as pool, pytest.raises((OperationalError, InterfaceError)):
        pool.submit(use_schema).result()
    assert query_value(COPIES) == 0
    assert ArticleType.objects.count() == kinds
