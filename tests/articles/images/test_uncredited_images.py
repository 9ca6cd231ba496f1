"""Published articles with uncredited images from before credits were required."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.checklist import NotReady
from articles.editorial.models import Article, Figure
from articles.editorial.versions import revisions
from articles.images.library import uploads
from articles.images.models import Image
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, send

REAL = pytest.mark.django_db(transaction=True, serialized_rollback=True)
IN_TEXT = '<figure data-image="{}"></figure>'


@pytest.fixture
def bare(edna: User) -> Image:
    """An uncredited image in two published articles, twice in one of them."""
    image = newsroom.picture(headline="Bare", checksum="1" * 64)
    figure = IN_TEXT.format(image.pk)
    newsroom.published("Ferries", slug="ferries", body=f"<p>One.</p>{figure}<p>Two.</p>{figure}")
    newsroom.published("Harbours", slug="harbours", lead_image=image)
    judged_now()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE articles_image DISABLE TRIGGER image_stays_credited")
        cursor.execute("UPDATE articles_image SET credit = ''")
        judged_now()
        cursor.execute("ALTER TABLE articles_image ENABLE TRIGGER image_stays_credited")
    image.refresh_from_db()
    return image


def judged_now() -> None:
    """Checks the constraints as at a commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def saved(article: Article, **values: Any) -> None:
    for name, value in values.items():
        setattr(article, name, value)
    with transaction.atomic():
        revisions.save(article, by=None)
        judged_now()


def test_the_text_can_be_corrected_and_the_images_moved(bare: Image, edna: User) -> None:
    article = Article.objects.get(slug="ferries")
    figure_ids = set(article.figures.values_list("pk", flat=True))
    other = newsroom.picture(headline="Other", checksum="2" * 64)
    mine, others = IN_TEXT.format(bare.pk), IN_TEXT.format(other.pk)
    saved(article, body=f"{others}<p>Two.</p>{mine}<p>One, corrected.</p>{mine}")
    shown = list(article.figures.values_list("image", "position"))
    assert shown == [(other.pk, 1), (bare.pk, 2), (bare.pk, 3)]
    assert figure_ids < set(article.figures.values_list("pk", flat=True))
    saved(article, body=f"{mine}<p>Two.</p>{others}")
    assert list(article.figures.values_list("image", flat=True)) == [bare.pk, other.pk]


def test_the_lead_image_may_stay_or_be_removed(bare: Image) -> None:
    article = Article.objects.get(slug="harbours")
    saved(article, headline="Harbours, corrected", lead_caption="At night")
    assert article.figures.get().caption == "At night"
    saved(article, lead_image=None)
    assert not article.figures.exists()


@pytest.mark.parametrize("way", ["once more", "beside another lead picture", "as the lead picture"])
def test_an_uncredited_image_cannot_be_used_again_and_the_reason_is_given(
    bare: Image, way: str
) -> None:
    article = Article.objects.get(slug="ferries")
    if way == "once more":
        values: dict[str, Any] = {"body": article.body + IN_TEXT.format(bare.pk)}
    elif way == "as the lead picture":
        values = {"lead_image": bare, "body": "<p>Words.</p>"}
    else:
        values = {"lead_image": newsroom.picture(checksum="2" * 64)}
    with pytest.raises(NotReady, match="The image “Bare” has no credit"):
        saved(article, **values)
    assert Figure.objects.filter(article=article).count() == 2


def test_the_form_shows_the_error_and_keeps_the_input(
    bare: Image, client: Client, edna: User
) -> None:
    client.force_login(edna)
    article = Article.objects.get(slug="ferries")
    url, body = change_url(article), article.body
    more = body + IN_TEXT.format(bare.pk)
    page = send(client, url, "_publish", body=more, standfirst="Typed just now").content.decode()
    assert "The image “Bare” has no credit" in page
    assert "Typed just now" in page
    send(client, url, "_publish", body=body, standfirst="Typed just now")
    judged_now()
    assert Article.objects.get(slug="ferries").standfirst == "Typed just now"


def test_the_file_of_an_uncredited_image_can_be_replaced(bare: Image, edna: User) -> None:
    file = newsroom.picture_file(width=600, height=400)
    uploads.replace(bare, file, by=edna, seen=bare.checksum)
    judged_now()
    assert Image.objects.get(pk=bare.pk).width == 600


def test_newer_images_are_checked_as_usual(bare: Image, edna: User) -> None:
    draft = newsroom.draft("Later", slug="later", lead_image=bare)
    with pytest.raises(NotReady):
        publishing.publish(draft, by=edna)


@REAL
def test_adding_images_locks_them_all_before_the_commit(edna: User) -> None:
    """In the same order as a bulk change, so that the two cannot deadlock."""
    first, second = (newsroom.picture(checksum=digit * 64) for digit in "12")
    article = newsroom.published("Ferries", slug="ferries")
    article.body += IN_TEXT.format(second.pk) + IN_TEXT.format(first.pk)
    with transaction.atomic():
        revisions.save(article, by=edna)
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute(
                    "SELECT id FROM articles_image ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
                )
                assert cursor.fetchall() == []
        finally:
            other.close()
