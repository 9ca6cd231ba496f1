"""A scratch schema holds the site's tables once more, and nothing of it is left behind."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection

from articles.editorial.models import ArticleType
from articles.images.models import Image, Rendition
from iria.core.db.scratch_schema import gather_statistics, scratch_schema
from tests import newsroom

COPIES = """
SELECT count(*) FROM pg_class
WHERE relname = 'articles_article' AND relnamespace::regnamespace::text LIKE 'pg_temp%'
"""


def ask(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_the_site_is_as_it_was_afterwards(db: None) -> None:
    kinds, path = list(ArticleType.objects.values_list("slug", flat=True)), ask("SHOW search_path")
    with scratch_schema():
        assert not ArticleType.objects.exists()
        ArticleType.objects.create(name="Only here", slug="only-here")
    assert list(ArticleType.objects.values_list("slug", flat=True)) == kinds
    assert ask("SHOW search_path") == path
    assert ask(COPIES) == 0


def test_it_is_gone_after_a_mistake_too(db: None) -> None:
    with pytest.raises(ValueError, match="unlucky"), scratch_schema():
        raise ValueError("unlucky")
    assert ask(COPIES) == 0
    assert ArticleType.objects.exists()


def test_triggers_work_within(db: None) -> None:
    with scratch_schema():
        image = newsroom.picture()
        Rendition.objects.create(
            image=image, format="webp", width=320, height=200, name="a.webp", bytes=9
        )
        assert Image.objects.get().sizes == [["webp", 320, 200, "a.webp", 9, "", False]]
    assert not Image.objects.exists()


def test_one_does_not_stand_within_another(db: None) -> None:
    with (
        scratch_schema(),
        pytest.raises(RuntimeError),
        scratch_schema(),
    ):
        pass


def test_statistics_are_gathered_for_the_copies_alone(db: None) -> None:
    before = ask("SELECT reltuples FROM pg_class WHERE oid = 'articles_articletype'::regclass")
    with scratch_schema():
        for number in range(7):
            ArticleType.objects.create(name=f"Kind {number}", slug=f"kind-{number}")
        gather_statistics()
        assert (
            ask("SELECT reltuples FROM pg_class WHERE oid = 'articles_articletype'::regclass") == 7
        )
    assert (
        ask("SELECT reltuples FROM pg_class WHERE oid = 'articles_articletype'::regclass") == before
    )


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nothing_is_left_of_one_that_was_killed() -> None:
    kinds = ArticleType.objects.count()

    def be_killed() -> None:
        try:
            with scratch_schema():
                ArticleType.objects.create(name="Only here", slug="only-here")
                victims.append(ask("SELECT pg_backend_pid()"))
                pool.submit(kill).result()
                ask("SELECT 1")
        finally:
            connection.close()

    def kill() -> None:
        ask(f"SELECT pg_terminate_backend({victims[0]}, 5000)")
        connection.close()

    victims: list[int] = []
    with ThreadPoolExecutor(2) as pool, pytest.raises((OperationalError, InterfaceError)):
        pool.submit(be_killed).result()
    assert ask(COPIES) == 0
    assert ArticleType.objects.count() == kinds
