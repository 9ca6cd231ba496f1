"""PostgreSQL rejects published articles with uncredited images."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, Figure
from articles.images.admin import forms
from articles.images.hooks import public_uses_of
from articles.images.models import Image
from tests import newsroom
from tests.together import begin_and_wait

pytestmark = pytest.mark.django_db
REAL = pytest.mark.django_db(transaction=True, serialized_rollback=True)

REFUSED = "has no credit and readers see it in the article “Ferries”"


def run(*statements: str) -> None:
    """Runs the statements in one transaction, with the constraints checked as at its commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def using(image: Image) -> Article:
    body = f'<p>Words.</p><figure data-image="{image.pk}"></figure>'
    return newsroom.draft("Ferries", slug="ferries", body=body)


OUT = (
    "UPDATE articles_article SET state = 'published', published_at = now(), year = 2026, month = 5"
)


@pytest.mark.parametrize("credit", ["", " ", "\u2003\u00a0\t"])
def test_no_statement_can_publish_an_uncredited_image(credit: str, db: None) -> None:
    article = using(newsroom.picture(credit=credit))
    with pytest.raises(IntegrityError, match=REFUSED):
        run(OUT)
    article.refresh_from_db()
    assert not article.is_published


def test_no_statement_can_publish_an_uncredited_lead_image(db: None) -> None:
    newsroom.draft("Ferries", slug="ferries", lead_image=newsroom.picture(credit=""))
    Figure.objects.all().delete()
    with pytest.raises(IntegrityError, match=REFUSED):
        run(OUT)


def test_no_published_article_can_be_inserted_with_an_uncredited_image(db: None) -> None:
    article = newsroom.draft("Ferries", slug="ferries", lead_image=newsroom.picture(credit=""))
    Figure.objects.all().delete()
    copy = {f.attname: getattr(article, f.attname) for f in Article._meta.concrete_fields}
    copy |= {"id": None, "state": "published", "published_at": article.created_at}
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        Article.objects.bulk_create([Article(**{**copy, "year": 2026, "month": 5})])


USED_ONCE_MORE = """
INSERT INTO articles_figure (article_id, image_id, place, position, caption, width, gallery)
SELECT id, (SELECT max(id) FROM articles_image), 'inline', 9, '', '', 0 FROM articles_article
"""

BEHIND: dict[str, tuple[str, ...]] = {
    "the credit taken away": ("UPDATE articles_image SET credit = ''",),
    "the exemption taken away": (
        "UPDATE articles_image SET credit_exempt = true, no_credit_reason = 'Old', credit = ''",
        "UPDATE articles_image SET credit_exempt = false",
    ),
    "another lead picture": (
        "UPDATE articles_article SET lead_image_id = (SELECT max(id) FROM articles_image)",
    ),
    "another picture in the text": (
        "UPDATE articles_figure SET image_id = (SELECT max(id) FROM articles_image)",
    ),
    "one use more": (USED_ONCE_MORE,),
}


@pytest.mark.parametrize("way", BEHIND)
def test_no_statement_can_remove_the_credit_of_a_published_image(way: str, edna: User) -> None:
    article = using(newsroom.picture())
    publishing.publish(article, by=edna)
    newsroom.picture(credit="")
    with pytest.raises(IntegrityError, match=REFUSED):
        run(*BEHIND[way])


def test_only_the_state_at_the_end_of_the_transaction_is_checked(edna: User) -> None:
    image = newsroom.picture(credit="")
    using(image)
    run(OUT, "UPDATE articles_image SET credit = 'Ines Faro'")
    run("UPDATE articles_image SET credit = ''", "UPDATE articles_article SET state = 'withdrawn'")
    run(OUT, "DELETE FROM articles_figure")
    assert Article.objects.published().exists()


@REAL
def test_a_real_commit_is_rejected_too(edna: User) -> None:
    article = using(newsroom.picture(credit=""))
    with pytest.raises(IntegrityError, match=REFUSED):
        Article.objects.update(
            state="published", published_at="2026-05-17T09:00Z", year=2026, month=5
        )
    Image.objects.update(credit="Ines Faro")
    publishing.publish(article, by=edna)
    with pytest.raises(IntegrityError, match=REFUSED):
        Image.objects.update(credit="")
    assert Image.objects.get().credit == "Ines Faro"


@pytest.fixture
def at_once() -> Callable[..., list[str]]:
    """Runs transactions concurrently; each commits when all have run their statements."""

    def run_all(*transactions: str) -> list[str]:
        together = Barrier(len(transactions))

        def one(action: str) -> str:
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(action)
                    together.wait(60)
            except IntegrityError as problem:
                return str(problem).partition("\n")[0]
            finally:
                connection.close()
            return ""

        with ThreadPoolExecutor(len(transactions)) as pool:
            return list(pool.map(one, transactions))

    return run_all


@REAL
@pytest.mark.parametrize("other", ["UPDATE articles_image SET credit = ''", USED_ONCE_MORE])
def test_one_of_two_conflicting_transactions_is_rejected(
    other: str, at_once: Callable[..., list[str]], db: None
) -> None:
    using(newsroom.picture())
    if "INSERT" in other:
        newsroom.picture(credit="")
    answers = at_once(OUT, other)
    assert sorted(map(bool, answers)) == [False, True]
    assert any(REFUSED in each for each in answers)


@REAL
def test_a_new_use_waits_for_a_transaction_that_was_checked_but_not_committed(db: None) -> None:
    using(newsroom.picture())
    newsroom.picture(credit="")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OUT)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        used = begin_and_wait(lambda: run(USED_ONCE_MORE))
    with pytest.raises(IntegrityError, match=REFUSED):
        used.result(20)


@REAL
def test_a_conflict_in_the_admin_shows_an_error_message(
    edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form was valid, but the image was published before it was saved."""
    image = newsroom.picture()
    article = using(image)
    editor_client = Client()
    editor_client.force_login(edna)
    url = f"/admin/articles/image/{image.pk}/change/"
    overtaken: list[Any] = []

    def publish_elsewhere() -> None:
        publishing.publish(article, by=edna)
        connection.close()

    def uses(_image: Image) -> list[Any]:
        if not overtaken:
            overtaken.append(1)
            with ThreadPoolExecutor(1) as other_user:
                other_user.submit(publish_elsewhere).result()
            return []
        return public_uses_of(_image)

    monkeypatch.setattr(forms, "public_uses_of", uses)
    page = editor_client.post(
        url, {"alt_text": "Cranes", "credit": "", "caption": "Typed just now"}
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert "Enter a credit" in text
    assert "Typed just now" in text
    image.refresh_from_db()
    assert image.is_credited
