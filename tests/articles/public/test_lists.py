"""Front pages, categories, archives and other lists of articles."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from lxml.html import document_fromstring

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, Correction
from articles.pages.models import Page
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_the_front_page_leads_with_the_newest_and_shows_no_article_twice(client: Client) -> None:
    sample_content.sections(3, 6)
    html = page(client, "/")
    newest = Article.objects.newest()[:1].get()
    assert html.index("card-lead") < html.index(newest.headline + "</a>")
    for article in Article.objects.all():
        assert html.count(f'href="{article.get_absolute_url()}"') <= 1


def test_categories_are_in_the_editors_order_and_empty_ones_are_left_out(client: Client) -> None:
    sample_content.sections(2, 9)
    newsroom.category("Nothing yet", position=7)
    html = page(client, "/")
    assert html.index('id="section-') < html.rindex('id="section-')
    assert html.count('id="section-') == 2
    assert "Nothing yet" not in html.partition("<main")[2].partition("</main")[0]


def test_a_front_page_without_articles_says_so(client: Client) -> None:
    assert "Nothing published yet." in page(client, "/")


def test_each_language_has_a_front_page_of_its_own(client: Client) -> None:
    publication = current_publication()
    publication.languages = "en, ar"
    publication.save()
    newsroom.published("A quiet week")
    newsroom.published("أسبوع هادئ", language="ar")
    english, arabic = page(client, "/"), page(client, "/language/ar/")
    assert "A quiet week" in english
    assert "أسبوع هادئ" not in english
    assert '<html lang="ar" dir="rtl">' in arabic
    assert "أسبوع هادئ" in arabic
    assert "A quiet week" not in arabic
    assert client.get("/language/en/").headers["Location"] == "/"
    assert client.get("/language/xx/").status_code == 404


@pytest.fixture
def languages(db: None) -> None:
    """Two French articles in two months, in a category and its child; one English; one Arabic."""
    publication = current_publication()
    publication.languages = "en, fr, ar"
    publication.save()
    asia, europe = newsroom.category("Asia-Pacific"), newsroom.category("Europe")
    japan = newsroom.category("Japan", parent=asia)
    newsroom.category("Korea", parent=asia)
    march, april = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    newsroom.published("Neige à Niigata", language="fr", categories=[japan], at=march)
    newsroom.published("Un port calme", language="fr", categories=[europe], at=april)
    newsroom.published("A quiet week", categories=[asia, europe], at=april)
    newsroom.published("أسبوع هادئ", language="ar", categories=[europe], at=april)


FRENCH = {
    "articles/": {"Neige à Niigata", "Un port calme"},
    "2026/": {"Neige à Niigata", "Un port calme"},
    "2026/03/": {"Neige à Niigata"},
    "category/asia-pacific/": {"Neige à Niigata"},
    "category/asia-pacific/japan/": {"Neige à Niigata"},
    "category/europe/": {"Un port calme"},
}


@pytest.mark.parametrize(("path", "shown"), FRENCH.items())
def test_each_language_has_lists_of_its_own(
    client: Client, languages: None, path: str, shown: set[str]
) -> None:
    html = page(client, f"/language/fr/{path}")
    assert '<html lang="fr" dir="ltr">' in html
    every = {"Neige à Niigata", "Un port calme", "A quiet week", "أسبوع هادئ"}
    assert {headline for headline in every if headline in html} == shown
    assert '<a href="/language/fr/" lang="fr" dir="ltr">Français</a>' in html
    links = set(re.findall(r'href="(/[^"#]*)', html.partition("<main")[2].partition("</main")[0]))
    assert [link for link in links if client.get(link).status_code != 200] == []


def test_links_in_lists_of_a_language_stay_in_that_language(
    client: Client, languages: None
) -> None:
    front = page(client, "/language/fr/")
    for path in ("articles/", "archive/", "category/asia-pacific/"):
        assert f'href="/language/fr/{path}"' in front
    japan = page(client, "/language/fr/category/asia-pacific/japan/")
    assert 'href="/language/fr/category/asia-pacific/"' in japan
    asia = page(client, "/language/fr/category/asia-pacific/")
    assert 'href="/language/fr/category/asia-pacific/japan/"' in asia
    assert "Korea" not in asia.partition("<main")[2]
    archive = page(client, "/language/fr/archive/")
    assert 'href="/language/fr/2026/03/"' in archive
    assert 'href="/archive/" lang="en"' in archive
    assert 'href="/language/fr/archive/"' in page(client, "/archive/")
    month = page(client, "/language/fr/2026/03/")
    assert 'href="/language/fr/2026/04/" rel="next"' in month
    article = page(client, Article.objects.get(headline="Neige à Niigata").get_absolute_url())
    assert 'href="/language/fr/category/asia-pacific/japan/"' in article


def test_tags_and_authors_have_a_list_in_each_language(client: Client, languages: None) -> None:
    ines = newsroom.author("Ines Faro")
    for headline, code in (("Sur la mer", "fr"), ("On the sea", "en")):
        newsroom.published(headline, language=code, tags=["Straits"], authors=[ines])
    for path in ("/tag/straits/", "/author/ines-faro/"):
        html = page(client, f"/language/fr{path}")
        assert '<html lang="fr" dir="ltr">' in html
        assert "Sur la mer" in html
        assert "On the sea" not in html
        for form in ("", "atom/", "json/"):
            feed = page(client, f"/language/fr{path}feed/{form}")
            assert "Sur la mer" in feed
            assert "On the sea" not in feed
            assert f"/language/fr{path}" in feed
        assert client.get(f"/language/ar{path}").status_code == 404
        assert client.get(f"/language/ar{path}feed/").status_code == 404
    article = page(client, Article.objects.get(headline="Sur la mer").get_absolute_url())
    assert 'href="/language/fr/author/ines-faro/"' in article
    assert 'href="/language/fr/tag/straits/"' in article


def test_the_lists_of_topics_and_authors_are_in_one_language(
    client: Client, languages: None
) -> None:
    ines, luca = newsroom.author("Ines Faro"), newsroom.author("Luca Brandt")
    newsroom.published("Sur la mer", language="fr", tags=["Détroits"], authors=[ines])
    newsroom.published("On the sea", language="en", tags=["Straits"], authors=[luca])
    french = page(client, "/language/fr/tag/"), page(client, "/language/fr/author/")
    english = page(client, "/tag/"), page(client, "/author/")
    for html, own, other in zip(french, ("Détroits", "Ines"), ("Straits", "Luca"), strict=True):
        assert '<html lang="fr" dir="ltr">' in html
        assert own in html
        assert other not in html
    for html, own, other in zip(english, ("Straits", "Luca"), ("Détroits", "Ines"), strict=True):
        assert own in html
        assert other not in html
    assert (
        "/language/fr/tag/d%C3%A9troits/" in french[0] or "/language/fr/tag/detroits/" in french[0]
    )
    assert "/language/fr/author/ines-faro/" in french[1]


def test_the_menus_of_every_page_in_a_language_link_to_lists_in_that_language(
    client: Client, languages: None
) -> None:
    Page.objects.create(title="À propos", path="a-propos", language="fr", is_published=True)
    for path in ("/language/fr/", "/language/fr/tag/", "/a-propos/", "/language/fr/nulle-part/"):
        html = client.get(path).content.decode()
        for name in ("archive", "tag", "author"):
            assert html.count(f'href="/language/fr/{name}/"') >= 2, (path, name)
    assert 'href="/archive/"' in page(client, "/")


def test_a_language_of_the_interface_in_which_nothing_is_published_says_so(
    client: Client, languages: None
) -> None:
    response = client.get("/language/de/")
    content = document_fromstring(response.content.decode()).get_element_by_id("content")
    assert response.status_code == 404
    assert content.xpath(".//a[@hreflang]/@href") == ["/", "/language/fr/", "/language/ar/"]
    assert (
        not document_fromstring(client.get("/language/fr/nulle-part/").content.decode())
        .get_element_by_id("content")
        .xpath(".//a[@hreflang]")
    )
    for path in ("/language/é/", "/language/é/feed/", "/language/é/tag/a/feed/"):
        assert client.get(path).status_code == 404, path


def test_a_page_that_is_not_found_suggests_lists_of_its_language(
    client: Client, languages: None
) -> None:
    economy = newsroom.category("Economy")
    newsroom.published("Le marché", language="fr", categories=[economy], tags=["Détroits"])
    newsroom.published("The market", language="en", categories=[economy], tags=["Straits"])
    for path, found in (
        ("/language/fr/category/economi/", ["/language/fr/category/economy/"]),
        ("/language/fr/tag/strait/", []),
        ("/tag/strait/", ["/tag/straits/"]),
    ):
        content = document_fromstring(client.get(path).content.decode()).get_element_by_id(
            "content"
        )
        assert content.xpath(".//*[@class='missing-suggestions']/ul//@href") == found, path
        (section,) = content.xpath(
            ".//*[@aria-labelledby='sections']//@href[contains(., 'economy')]"
        )
        assert section.startswith("/language/fr/") is path.startswith("/language/fr/"), path


def test_the_menu_of_a_language_links_to_its_own_categories(
    client: Client, languages: None
) -> None:
    def menu(path: str) -> list[str]:
        row = re.findall(r'<nav class="sections-row".*?</nav>', page(client, path), re.DOTALL)
        return re.findall(r'href="([^"]*)"', row[0])

    french = ["/language/fr/category/asia-pacific/", "/language/fr/category/europe/"]
    neige = Article.objects.get(headline="Neige à Niigata").get_absolute_url()
    for path in ("/language/fr/", "/language/fr/archive/", french[1], neige):
        assert menu(path) == french, path
    assert menu("/language/ar/") == ["/language/ar/category/europe/"]
    assert menu("/") == ["/category/asia-pacific/", "/category/europe/"]


def test_a_long_list_of_a_language_is_paginated_and_links_to_its_feeds(
    client: Client, languages: None
) -> None:
    for number in range(21):
        newsroom.published(f"Numéro {number}", language="fr")
    result = client.get("/language/fr/articles/?page=2")
    assert "Page 2 sur 2" in result.content.decode()
    assert '/language/fr/feed/>; rel="alternate"' in result.headers["Link"]
    assert 'articles/>; rel="prev"' in result.headers["Link"]
    section = client.get("/language/fr/category/europe/").headers["Link"]
    assert '/language/fr/category/europe/feed/>; rel="alternate"' in section
    feed = client.get("/language/fr/category/europe/feed/").content.decode()
    assert "Un port calme" in feed
    assert "A quiet week" not in feed
    assert "/language/fr/category/europe/</link>" in feed


def test_a_list_of_a_language_without_articles_is_not_found(
    client: Client, languages: None
) -> None:
    nowhere = ("fr/category/asia-pacific/korea/", "fr/2025/", "fr/2026/05/", "xx/articles/")
    for path in (*nowhere, "ja/archive/", "fr/category/none/", "fr/2026/04/?page=2"):
        assert client.get(f"/language/{path}").status_code == 404, path


def test_articles_in_an_unlisted_language_are_still_shown(client: Client) -> None:
    newsroom.published("Uma semana calma", language="pt")
    assert "Uma semana calma" in page(client, "/")


def test_a_category_page_shows_its_children_and_their_articles(client: Client) -> None:
    asia = newsroom.category("Asia-Pacific", introduction="From the Urals to the date line.")
    japan = newsroom.category("Japan", parent=asia)
    newsroom.published("Snow in Niigata", categories=[japan])
    newsroom.published("Elsewhere", categories=[newsroom.category("Europe")])
    html = page(client, "/category/asia-pacific/")
    assert "From the Urals to the date line." in html
    assert 'href="/category/asia-pacific/japan/"' in html
    assert "Snow in Niigata" in html
    assert "Elsewhere" not in html
    assert 'href="/category/asia-pacific/"' in page(client, "/category/asia-pacific/japan/")


def test_a_long_list_is_paginated_and_an_unknown_page_is_not_found(
    client: Client,
) -> None:
    sample_content.sections(1, 22)
    first, second = (
        page(client, "/category/section-0/"),
        page(client, "/category/section-0/?page=2"),
    )
    assert "Page 1 of 2" in first
    assert 'href="/category/section-0/" rel="prev"' in second
    assert "?page=2" in first
    for number in ("3", "0", "-1", "x", "", "9" * 5000, "\x00", "1.5"):
        response = client.get("/category/section-0/", {"page": number})
        expected = 200 if number == "" else 404
        assert response.status_code == expected, number[:9]
        if expected == 404:
            assert "This page does not exist." in response.content.decode()


def test_a_tag_and_an_author_list_their_articles(client: Client) -> None:
    author = newsroom.author("Ines Faro")
    author.biography = "She writes about harbours."
    author.save()
    newsroom.published("Cranes at dusk", authors=[author], tags=["harbours"])
    newsroom.published("Not hers")
    for path in ("/tag/harbours/", "/author/ines-faro/"):
        html = page(client, path)
        assert "Cranes at dusk" in html
        assert "Not hers" not in html
    assert "She writes about harbours." in page(client, "/author/ines-faro/")


def test_the_archive_counts_months_and_links_them(client: Client) -> None:
    for month in (1, 1, 4):
        newsroom.published("Quiet", at=datetime(2025, month, 3, tzinfo=UTC))
    newsroom.published("Loud", at=datetime(2024, 12, 3, tzinfo=UTC))
    whole_year = page(client, "/2025/")
    assert 'January <span class="count">2</span>' in whole_year
    assert 'April <span class="count">1</span>' in whole_year
    assert 'href="/2024/"' in whole_year
    one_month = page(client, "/2025/01/")
    assert 'href="/2024/12/" rel="prev"' in one_month
    assert 'href="/2025/04/" rel="next"' in one_month
    for nothing in ("/2023/", "/2025/02/", "/2025/13/", "/0000/"):
        assert client.get(nothing).status_code == 404


def test_corrections_are_listed_newest_first_and_only_of_published_articles(
    client: Client, edna: User
) -> None:
    published, unpublished = newsroom.published("Kept"), newsroom.published("Gone")
    now = datetime(2026, 5, 1, tzinfo=UTC)
    Correction.objects.create(article=published, text="It was five, not six.", created_at=now)
    Correction.objects.create(
        article=published, text="It was in May.", created_at=now + timedelta(days=1)
    )
    Correction.objects.create(article=unpublished, text="Hidden now.", created_at=now)
    publishing.unpublish(unpublished, by=edna)
    html = page(client, "/corrections/")
    assert html.index("It was in May.") < html.index("It was five, not six.")
    assert "Hidden now." not in html


def test_tags_and_authors_of_drafts_are_not_public(client: Client, edna: User) -> None:
    unpublished = newsroom.published(
        "Gone", authors=[newsroom.author("Lea Roux")], tags=["dredging"]
    )
    publishing.unpublish(unpublished, by=edna)
    newsroom.draft("Draft", authors=[newsroom.author("Ines Faro")], tags=["takeovers"])
    for path in ("tag/takeovers/", "author/ines-faro/", "tag/dredging/", "author/lea-roux/"):
        assert client.get(f"/{path}").status_code == 404
        assert client.get(f"/{path}feed/").status_code == 404


def test_articles_that_are_not_published_are_in_no_list(client: Client, edna: User) -> None:
    author, news = newsroom.author("Ines Faro"), newsroom.category("News")
    newsroom.published("Seen", authors=[author], tags=["harbours"], categories=[news])
    newsroom.draft("Only a draft", authors=[author], tags=["harbours"], categories=[news])
    unpublished = newsroom.published(
        "Taken back", authors=[author], tags=["harbours"], categories=[news]
    )
    publishing.unpublish(unpublished, by=edna)
    year = Article.objects.get(headline="Seen").year
    for path in ("/", "/category/news/", "/tag/harbours/", "/author/ines-faro/", f"/{year}/"):
        html = page(client, path)
        assert "Seen" in html
        assert "Only a draft" not in html
        assert "Taken back" not in html


FIRST = ("category/europe/", "2026/", "2026/04/", "category/europe/feed/", "nothing-like-it/")


@pytest.mark.parametrize("path", FIRST)
def test_lists_without_a_language_in_their_url_are_in_the_first_one(
    client: Client, languages: None, path: str
) -> None:
    html = client.get(f"/{path}").content.decode()
    assert "A quiet week" in html
    assert "Un port calme" not in html
    assert "أسبوع هادئ" not in html


def test_a_list_that_has_nothing_in_the_first_language_leads_to_one_that_has(
    client: Client, languages: None
) -> None:
    newsroom.published("Sur la mer", language="fr", tags=["Mer"], authors=[newsroom.author("Luc")])
    for path in ("/tag/mer/", "/author/luc/", "/2026/03/", "/category/asia-pacific/japan/"):
        assert client.get(path).headers["Location"] == f"/language/fr{path}"
    assert "/tag/mer/" not in page(client, "/tag/")


def test_a_page_that_is_not_found_has_the_language_of_its_url(
    client: Client, languages: None
) -> None:
    html = client.get("/language/fr/rien/").content.decode()
    assert '<html lang="fr" dir="ltr">' in html
    assert "Un port calme" in html
    assert "A quiet week" not in html
