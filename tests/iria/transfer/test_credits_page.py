"""Credits of imported images are decided in bulk, in the image and in the captions of texts."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, ArticleType
from articles.editorial.versions import drafts, revisions
from articles.images.library import ingest
from articles.images.models import Image
from iria.transfer import captions
from iria.transfer.credits_page import pending_item
from tests.newsroom import picture_file

pytestmark = pytest.mark.django_db

URL = "admin:pending_credits"
CAPTION = "The quay at dawn / Mira Field"
COLOURS = ("red", "teal", "navy", "olive", "maroon", "purple")


def imported(colour: str = "red") -> Image:
    return ingest.ingest(
        picture_file(colour=colour),
        by=None,
        caption=CAPTION,
        credit_pending=True,
        alt_text="A quay",
    )


def article_with(image: Image, caption: str = CAPTION, headline: str = "One") -> Article:
    article = Article(
        kind=ArticleType.objects.order_by("position")[0],
        headline=headline,
        body=f'<p>Text.</p><figure data-image="{image.pk}"><figcaption>{caption}</figcaption></figure>',
        lead_image=image,
        lead_caption=caption,
    )
    revisions.save(article, by=None)
    return article


def fields(image: Image, credit: str, caption: str) -> dict[str, Any]:
    number = image.pk
    return {
        "image": str(number),
        f"{number}-credit": credit,
        f"{number}-caption": caption,
        f"{number}-shown": CAPTION,
    }


@pytest.fixture
def desk(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def test_a_credit_is_taken_out_of_the_caption_everywhere(desk: Client) -> None:
    image = imported()
    article = article_with(image)
    other = article_with(image, "Another caption", "Two")
    row = desk.get(reverse(URL)).context["rows"][0]
    assert row.form.initial["credit"] == "Mira Field"
    desk.post(reverse(URL), fields(image, "Mira Field", "The quay at dawn"))
    image.refresh_from_db()
    assert (image.credit, image.caption, image.credit_pending) == (
        "Mira Field",
        "The quay at dawn",
        False,
    )
    article.refresh_from_db()
    assert "<figcaption>The quay at dawn</figcaption>" in article.body
    assert article.lead_caption == "The quay at dawn"
    assert article.updated_at is None
    other.refresh_from_db()
    assert "Another caption" in other.body
    assert not desk.get(reverse(URL)).context["rows"]


def test_a_proposal_without_its_credit_changes_nothing(desk: Client) -> None:
    image = imported()
    desk.post(reverse(URL), fields(image, "", captions.propose(CAPTION).caption))
    image.refresh_from_db()
    assert (image.caption, image.credit_pending) == (CAPTION, True)


def test_an_error_keeps_what_was_entered_and_saves_nothing(desk: Client) -> None:
    first, second = imported(), imported("teal")
    data = {
        **fields(first, "Mira Field", "The quay"),
        **fields(second, "x" * 301, "Mine"),
        "image": [str(first.pk), str(second.pk)],
    }
    rows = desk.post(reverse(URL), data).context["rows"]
    assert [row.form["caption"].value() for row in rows] == ["The quay", "Mine"]
    assert Image.objects.filter(credit="").count() == 2


def test_an_article_with_a_waiting_draft_is_left_alone(desk: Client, edna: User) -> None:
    image = imported()
    article = article_with(image)
    publishing.publish_imported({article: now()}, by=None)
    article.refresh_from_db()
    drafts.save(article, {"headline": "Two"}, by=edna)
    desk.post(reverse(URL), fields(image, "Mira Field", "The quay at dawn"))
    article.refresh_from_db()
    assert CAPTION in article.body


def test_someone_elses_credit_is_not_overwritten(desk: Client) -> None:
    image = imported()
    Image.objects.filter(pk=image.pk).update(credit="Somebody else")
    desk.post(reverse(URL), fields(image, "Mira Field", "The quay at dawn"))
    assert Image.objects.get().credit == "Somebody else"


def test_more_images_take_no_more_queries(
    desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    article_with(imported())
    desk.get(reverse(URL))
    for colour in COLOURS[1:]:
        article_with(imported(colour), headline=colour)
    with django_assert_max_num_queries(10) as queries:
        assert len(desk.get(reverse(URL)).context["rows"]) == len(COLOURS)
    assert sum("articles_figure" in each["sql"] for each in queries.captured_queries) == 1


def test_reporters_cannot_decide(client: Client, rui: User, edna: User) -> None:
    imported()
    client.force_login(rui)
    assert client.get(reverse(URL)).status_code == 403
    assert not pending_item(rui)
    assert pending_item(edna)[0].count == 1


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("The quay at dawn / Mira Field", "The quay at dawn", "Mira Field"),
        ("A ferry leaves. (Lena Ort)", "A ferry leaves.", "Lena Ort"),
        ("A ferry leaves. Lena Ort/Harbour Press", "A ferry leaves.", "Lena Ort/Harbour Press"),
        ("A ferry leaves the quay", "A ferry leaves the quay", ""),
        ("A ferry (left) and a tug", "A ferry (left) and a tug", ""),
        ("A ferry leaves (on the left)", "A ferry leaves (on the left)", ""),
        ("", "", ""),
    ],
)
def test_a_credit_is_proposed_where_one_might_be(text: str, caption: str, credit: str) -> None:
    found = captions.propose(text)
    assert (found.caption, found.credit) == (caption, credit)


def test_an_impossible_number_of_an_image_is_ignored(desk: Client) -> None:
    for number in ("9" * 5000, "9" * 25, "²", "\x00"):
        assert desk.post(reverse(URL), {"image": number}).status_code == 302
