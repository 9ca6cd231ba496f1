"""The large view of an image of an article."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article
from articles.editorial.versions import revisions
from articles.images.models import Image
from tests import newsroom
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db


def sized(**fields: Any) -> Image:
    return sample_content.sized(newsroom.picture(**fields))


def gallery(*images: Image) -> str:
    inner = "".join(sample_content.figure(each, "") for each in images)
    return f'<figure data-gallery="">{inner}<figcaption>Aden, twice</figcaption></figure>'


@pytest.fixture
def article() -> Article:
    lead, quay = (
        sized(credit="Rui Tavares"),
        sized(credit="Ines Faro", credit_url="https://a.example"),
    )
    return newsroom.published(
        "The long way",
        lead_image=lead,
        lead_caption="Morning",
        body=f"<p>Words.</p>{gallery(quay, sized(credit='Ola Lind'))}",
    )


def large(client: Client, article: Article, place: int) -> str:
    response = client.get(article.figures.all()[place].get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_every_image_of_an_article_links_to_its_large_view(
    client: Client, article: Article
) -> None:
    page = client.get(article.get_absolute_url()).content.decode()
    ways = re.findall(r'<a class="enlarge" href="([^"]+)" title="Enlarge"><picture>', page)
    assert ways == [each.get_absolute_url() for each in article.figures.all()]
    assert len(ways) == 3
    for way in ways:
        assert client.get(way).status_code == 200


def test_the_large_view_has_caption_credit_and_navigation(client: Client, article: Article) -> None:
    page = large(client, article, 1)
    assert "Aden, twice" in page
    assert '<a href="https://a.example">Ines Faro</a>' in page
    assert "2 of 3" in page
    first, _, last = article.figures.all()
    assert f'href="{first.get_absolute_url()}" rel="prev"' in page
    assert f'href="{last.get_absolute_url()}" rel="next"' in page
    assert f'<h1><a href="{article.get_absolute_url()}">The long way</a></h1>' in page
    assert 'rel="prev"' not in large(client, article, 0).partition("<body")[2]
    assert 'rel="next"' not in large(client, article, 2).partition("<body")[2]


def test_search_engines_index_the_image_and_not_the_large_view(
    client: Client, article: Article
) -> None:
    page = large(client, article, 1)
    assert '<meta name="robots" content="noindex">' in page
    assert '"@type": "ImageObject"' in page
    assert '"creditText": "Ines Faro"' in page
    assert "Cranes above a quay at dusk – (Image Credit: Ines Faro)" in page


def test_a_hidden_image_has_no_large_view(client: Client, article: Article) -> None:
    figure = article.figures.all()[1]
    Image.objects.filter(pk=figure.image_id).update(withdrawn_at=timezone.now())
    assert client.get(figure.get_absolute_url()).status_code == 404
    assert "2 of 2" in large(client, article, 2)


@pytest.mark.parametrize("number", ["0", "999999999999999999999999", "-1", "x"])
def test_a_number_without_an_image_is_not_found(
    client: Client, article: Article, number: str
) -> None:
    url = f"{article.get_absolute_url()}picture/{number}/"
    assert client.get(url).status_code == 404


def test_images_of_drafts_and_unpublished_articles_have_no_large_view(
    client: Client, article: Article, edna: User
) -> None:
    url = article.figures.all()[0].get_absolute_url()
    publishing.unpublish(article, by=edna)
    assert client.get(url).status_code == 404


def test_a_large_view_moves_with_its_article(client: Client, article: Article) -> None:
    before = article.figures.all()[1].get_absolute_url()
    article.slug = "the-longer-way"
    revisions.save(article, by=None)
    response = client.get(before)
    assert response.status_code == 301
    assert response["Location"].startswith(f"{article.get_absolute_url()}picture/")


def test_the_large_view_needs_no_more_queries_than_the_article(
    client: Client, article: Article, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(8):
        large(client, article, 1)


def test_the_texts_of_the_dialog_are_in_the_page(client: Client, article: Article) -> None:
    page = client.get(article.get_absolute_url()).content.decode()
    assert 'data-place="Image {} of 3"' in page
    assert page.count('type="button" value=') == 2
    alone = newsroom.published("Alone", lead_image=sized())
    page = client.get(alone.get_absolute_url()).content.decode()
    assert '<dialog class="lightbox"' in page
    assert 'type="button" value=' not in page
    assert (
        "<dialog" not in client.get(newsroom.published("None").get_absolute_url()).content.decode()
    )


def test_a_long_description_is_below_its_image(client: Client) -> None:
    chart = sized(extended_description="From 2019 on\n\nit fell <by> half.")
    article = newsroom.published("A chart", body=f"<p>W.</p>{sample_content.figure(chart)}")
    page = client.get(article.get_absolute_url()).content.decode()
    assert re.search(r"<details class=\"at-length\"><summary[^>]*>Description</summary>", page)
    assert "<p>it fell &lt;by&gt; half.</p>" in page


def test_a_decorative_image_has_no_alt_text(client: Client) -> None:
    article = newsroom.published(
        "A vignette", body=f"<p>W.</p>{sample_content.figure(sized(is_decorative=True))}"
    )
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Cranes" not in page.partition("<body")[2]
    assert 'alt=""' in page
