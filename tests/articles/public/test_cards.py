"""Cards of articles in lists, and the credits of their images."""

import re
from typing import Any

import pytest
from django.test import Client
from lxml import html

from accounts.models import AuthorProfile
from articles.editorial import translations
from articles.editorial.models import Article, ArticleType, Portrait
from articles.images.models import Image
from articles.public.teaser_cards import (
    CardPage,
    ImageCredits,
    ImageName,
    card_html,
    card_of,
    short_title,
)
from articles.search import indexer
from iria.publication.models import Publication, current_publication
from tests import newsroom
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db


def image(credit: str, **fields: Any) -> Image:
    return sample_content.sized(newsroom.picture(credit=credit, **fields))


def kind(slug: str) -> ArticleType:
    return ArticleType.objects.get(slug=slug)


def writer(name: str, portrait: Image | None = None) -> AuthorProfile:
    author = newsroom.author(name)
    if portrait:
        Portrait.objects.create(author=author, image=portrait)
    return author


def fetched(article: Article) -> Article:
    return Article.objects.for_cards().get(pk=article.pk)


def card(article: Article, rank: str = "entry", **page: Any) -> Any:
    about = CardPage(current_publication(), "en", **page)
    return html.fromstring(card_html(fetched(article), about, rank=rank))


def listed_credits(client: Client, path: str) -> str:
    tree = html.fromstring(client.get(path).content)
    return " ".join(
        " ".join(each.text_content().split()) for each in tree.find_class("image-credits")
    )


@pytest.mark.parametrize(
    "rank", ["lead", "major", "minor", "thumb", "line", "opinion", "cover", "entry"]
)
def test_a_card_of_every_rank_has_one_link(rank: str) -> None:
    section = newsroom.category("Japan", parent=newsroom.category("Asia"))
    article = newsroom.published(
        "Ferries", categories=[section], authors=[writer("Ines Faro")], lead_image=image("Vela")
    )
    links = card(article, rank).xpath("//a/@href")
    assert links == [article.get_absolute_url()]


def test_a_card_links_to_the_published_translations_of_its_article() -> None:
    first = newsroom.published("Ferries", language="en")
    second = newsroom.published("Les bacs", language="fr")
    hidden = newsroom.draft("العبارات", language="ar")
    for other in (second, hidden):
        translations.link(other, first)
        first.refresh_from_db()
    (link,) = card(first).find_class("card-languages")[0].iterchildren("a")
    assert link.get("href") == second.get_absolute_url()
    assert (link.get("lang"), link.get("hreflang")) == ("fr", "fr")
    assert not card(newsroom.published("Alone")).find_class("card-languages")


def test_the_kicker_names_the_deepest_section_that_is_not_shown_already() -> None:
    asia = newsroom.category("Asia")
    japan = newsroom.category("Japan", parent=asia)
    article = fetched(newsroom.published("Ferries", categories=[asia, japan]))
    publication = current_publication()
    shown = {
        within: card_of(article, CardPage(publication, "en", within)).section
        for within in (None, asia, japan)
    }
    assert shown == {None: "Japan", asia: "Japan", japan: ""}


def test_a_section_with_the_name_of_the_article_type_is_not_repeated() -> None:
    article = fetched(newsroom.published("Ferries", categories=[newsroom.category("News")]))
    shown = card_of(article, CardPage(current_publication(), "en"))
    assert (shown.section, shown.article_type) == ("", "News")


def test_an_opinion_has_the_portrait_of_its_writer_instead_of_a_picture() -> None:
    ines = writer("Ines Faro", image("Ottilie Kern"))
    article = newsroom.published(
        "Say it", kind=kind("opinion"), authors=[ines], lead_image=image("Vela")
    )
    credits = ImageCredits()
    small = card(article, "entry", image_credits=credits)
    assert small.find_class("card-portrait")
    assert credits.groups == [("Ottilie Kern", [ImageName("portrait of Ines Faro")])]
    large = card(article, "lead")
    assert not large.find_class("card-portrait")
    assert "Vela" in large.text_content()


@pytest.mark.parametrize("has_picture", [True, False])
def test_an_opinion_of_an_author_without_a_portrait_has_its_picture_or_none(
    has_picture: bool,
) -> None:
    lead = image("Vela") if has_picture else None
    article = newsroom.published(
        "Say it", kind=kind("opinion"), authors=[writer("Ines Faro")], lead_image=lead
    )
    shown = card(article, "opinion")
    assert bool(shown.xpath("//img")) is has_picture
    assert not shown.find_class("card-portrait")
    assert "Ines Faro" in shown.text_content()


def test_a_withdrawn_portrait_is_not_shown(client: Client) -> None:
    portrait = image("Ottilie Kern")
    article = newsroom.published(
        "Say it", kind=kind("opinion"), authors=[writer("Ines Faro", portrait)]
    )
    Image.objects.filter(pk=portrait.pk).update(licensed_for_site=False)
    assert not card(article, "entry").xpath("//img")


def test_the_longest_headline_and_a_name_in_two_scripts_are_shown(client: Client) -> None:
    headline, name = "x" * 200, "Hana Morishige 森重花"
    newsroom.published(headline, authors=[writer(name)])
    page = client.get("/").content.decode()
    assert headline in page
    assert name in page


@pytest.mark.parametrize(
    ("headline", "short"),
    [
        ("Ferries", "Ferries"),
        ("Chips and tools: export controls", "Chips and tools"),
        ("At 12:30 nothing moved", "At 12:30 nothing moved"),
        ("Le Danube : une géopolitique", "Le Danube"),
        ("word " * 40, "word " * 16 + "…"),
        ("x" * 200, "x" * 80 + " …"),
    ],
)
def test_an_image_is_named_by_the_short_title_of_its_article(headline: str, short: str) -> None:
    assert short_title(headline) == short


def test_every_image_on_a_page_has_its_own_credit_on_that_page(client: Client) -> None:
    section = newsroom.category("Asia-Pacific")
    names = [f"Photographer {number}" for number in range(9)]
    for number, name in enumerate(names):
        newsroom.published(
            f"Ferry {number}: the long way",
            lead_image=image(name),
            categories=[section],
            authors=[writer(f"Writer {number}", image(f"Portraitist {number}"))],
            kind=kind("opinion" if number % 3 == 0 else "news"),
            tags=["straits"],
        )
    indexer.reindex()
    for path in ("/", "/category/asia-pacific/", "/tag/straits/", "/search/?q=ferry", "/author/"):
        tree = html.fromstring(client.get(path).content)
        images = tree.xpath("//main//img")
        shown = {re.split(r"[-/]", each.get("src"))[2] for each in images}
        credits = {str(pk): credit for pk, credit in Image.objects.values_list("pk", "credit")}
        text = " ".join(tree.xpath("string(//body)").split())
        assert shown, path
        for pk in shown:
            assert credits[pk] in text, (path, credits[pk])
        for pk, credit in credits.items():
            assert pk in shown or credit not in text, (path, credit)


def test_credits_at_the_foot_are_grouped_and_name_each_image_once(client: Client) -> None:
    section = newsroom.category("Asia-Pacific")
    newsroom.published("The oldest", categories=[section], lead_image=image("Nell Sandoval"))
    newsroom.published("Tankers", categories=[section], lead_image=image("Ada Lund"))
    newsroom.published("Ferries: a log", categories=[section], lead_image=image("Nell Sandoval"))
    newsroom.published("The lead", categories=[section], lead_image=image("Ottilie Kern"))
    assert listed_credits(client, "/category/asia-pacific/") == (
        "Image credits Nell Sandoval: Ferries; The oldest. Ada Lund: Tankers."
    )


def test_a_page_without_small_images_has_no_list_of_credits(client: Client) -> None:
    newsroom.published("The lead", lead_image=image("Ottilie Kern"))
    assert "Ottilie Kern" in client.get("/").content.decode()
    assert listed_credits(client, "/") == ""
    assert listed_credits(client, "/corrections/") == ""


def test_a_publication_can_show_a_credit_below_every_image(client: Client) -> None:
    section = newsroom.category("Asia-Pacific")
    for number in range(3):
        newsroom.published(
            f"Ferry {number}", categories=[section], lead_image=image(f"Photographer {number}")
        )
    Publication.objects.update_or_create(pk=1, defaults={"credit_below_every_image": True})
    tree = html.fromstring(client.get("/category/asia-pacific/").content)
    below = [each.text_content() for each in tree.find_class("card-credit")]
    assert [text.rpartition(": ")[2] for text in below] == [
        f"Photographer {number}" for number in (2, 1, 0)
    ]
    assert not tree.find_class("image-credits")
