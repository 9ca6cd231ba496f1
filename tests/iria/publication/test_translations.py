"""Texts of the publication, its categories and pages in several languages."""

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from articles.editorial.models import Article, Category
from articles.pages import saving
from articles.pages.models import Page
from iria.core.text.language import content_language, use_language
from iria.publication import menus
from iria.publication.menus import Entry, broken_entry_messages
from iria.publication.models import Publication
from tests import newsroom
from tests.conftest import PASSWORD
from tests.iria.publication.test_admin import URL, form

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def publication(db: None) -> Publication:
    """A publication in English, French and Arabic, with a French tagline."""
    publication = Publication(
        name="Roadstead",
        tagline="The sea and its states",
        about="We study the sea.",
        languages="en, fr, ar",
        translations={"fr": {"tagline": "La mer et ses États"}},
    )
    menus.save(publication)
    return publication


@pytest.fixture
def admin_client(client: Client, chief: User) -> Client:
    assert client.login(email=chief.email, password=PASSWORD)
    return client


def page_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def add_category(name: str, french: str = "", **fields: Any) -> Category:
    translations = {"fr": {"name": french}} if french else {}
    return newsroom.category(name, translations=translations, **fields)


def article_in(category: Category, headline: str, language: str) -> Article:
    article = newsroom.published(headline, language=language)
    article.article_categories.create(category=category)
    return article


def french_menus() -> dict[str, Any]:
    resolved: Any = Publication.objects.get().resolved_menus
    menus: dict[str, Any] = resolved["translations"]["fr"]
    return menus


def header(html: str) -> str:
    return html.split("<header", 1)[1].split("</header>")[0]


def footer(html: str) -> str:
    return html.split("<footer", 1)[1]


def test_the_front_page_of_a_language_has_the_texts_of_this_language(client: Client) -> None:
    newsroom.published("La marée", language="fr")
    french, english = page_of(client, "/language/fr/"), page_of(client, "/")
    assert "La mer et ses États" in header(french)
    assert "The sea and its states" not in header(french)
    assert re.search(r"<title>[^<]*La mer et ses États", french)
    assert "The sea and its states" in header(english)
    assert "La mer et ses États" not in english


def test_a_text_without_translation_is_shown_in_the_first_language_and_marked(
    client: Client,
) -> None:
    newsroom.published("La marée", language="fr")
    shown = footer(page_of(client, "/language/fr/"))
    assert re.search(
        r'lang="en" dir="ltr"[^>]*>\s*(<p[^>]*>[^<]*</p>\s*)*<p>We study the sea', shown
    )


def test_a_category_has_its_name_and_introduction_in_the_language_of_the_list(
    client: Client,
) -> None:
    asia = add_category("Asia", introduction="From the Bosporus on")
    Category.objects.filter(pk=asia.pk).update(
        translations={"fr": {"name": "Asie", "introduction": "Depuis le Bosphore"}}
    )
    article_in(asia, "La marée", "fr")
    article_in(asia, "The tide", "en")
    french = page_of(client, "/language/fr/category/asia/")
    assert re.search(r"<h1[^>]*>Asie</h1>", french)
    assert "Depuis le Bosphore" in french
    english = page_of(client, "/category/asia/")
    assert re.search(r"<h1[^>]*>Asia</h1>", english)
    assert "From the Bosporus on" in english


def test_an_article_has_the_section_names_of_its_language(client: Client) -> None:
    asia = add_category("Asia", "Asie")
    french = page_of(client, article_in(asia, "La marée", "fr").get_absolute_url())
    english = page_of(client, article_in(asia, "The tide", "en").get_absolute_url())
    assert re.search(r'class="kicker".*?>Asie</a>', french, re.DOTALL)
    assert ">Asie</a>" in header(french)
    assert '<meta property="article:section" content="Asie">' in french
    assert re.search(r'class="kicker".*?>Asia</a>', english, re.DOTALL)


def test_names_are_translated_without_an_interface_in_that_language(client: Client) -> None:
    asia = newsroom.category("Asia", translations={"ar": {"name": "آسيا"}})
    html = page_of(client, article_in(asia, "المد", "ar").get_absolute_url())
    assert re.search(r'class="kicker".*?>آسيا</a>', html, re.DOTALL)


def test_cards_have_the_section_names_of_their_page(client: Client) -> None:
    asia = add_category("Asia", "Asie")
    for number in range(3):
        article_in(asia, f"La marée {number}", "fr")
    html = page_of(client, "/language/fr/articles/")
    assert html.count(">Asie</a>") >= 3
    assert ">Asia</a>" not in html


def test_translated_sections_need_no_further_query(client: Client) -> None:
    def queries(url: str) -> int:
        page_of(client, url)  # fills the caches of the process
        with CaptureQueriesContext(connection) as captured:
            page_of(client, url)
        return len(captured)

    urls = ["/language/fr/", "/language/fr/articles/"]
    first = add_category("Asia", "Asie")
    article = article_in(first, "La marée", "fr")
    urls.append(article.get_absolute_url())
    article_in(first, "La marée 2", "fr")
    few = [queries(url) for url in urls]
    for number in range(6):
        section = add_category(f"Section {number}", f"Rubrique {number}")
        article_in(section, f"La marée {number}", "fr")
    assert [queries(url) for url in urls] == few


def test_the_menu_has_translated_names_and_marks_the_others(client: Client) -> None:
    asia, europe = add_category("Asia", "Asie"), add_category("Europe north")
    for category in (asia, europe):
        article_in(category, f"La marée {category.pk}", "fr")
    html = header(page_of(client, "/language/fr/"))
    assert re.search(r'<a href="/language/fr/category/asia/">\s*Asie\s*</a>', html)
    assert re.search(r'<a [^>]*lang="en"[^>]*>\s*Europe north\s*</a>', html)


def test_a_language_can_have_a_menu_of_its_own(client: Client, publication: Publication) -> None:
    asia = add_category("Asia", "Asie")
    add_category("Europe", "Europe")
    own = [
        Entry(kind="link", key="https://example.org/fr", label="Nos données", below=False),
        Entry(kind="category", key=str(asia.pk), label="", below=False),
    ]
    publication.translations["fr"]["header_menu"] = own
    menus.save(publication)
    resolved = french_menus()["header"]
    assert [link["name"] for link in resolved] == ["Nos données", "Asie"]
    assert all("language" not in link for link in resolved)
    newsroom.published("La marée", language="fr")
    assert "Nos données" in header(page_of(client, "/language/fr/"))
    assert "Nos données" not in page_of(client, "/")


def test_a_menu_of_a_language_follows_the_merge_of_a_category(publication: Publication) -> None:
    asia, europe = add_category("Asia", "Asie"), add_category("Europe", "Europe")
    own = [Entry(kind="category", key=str(asia.pk), label="", below=False)]
    publication.translations["fr"]["header_menu"] = own
    menus.save(publication)
    menus.replace_target("category", str(asia.pk), str(europe.pk))
    saved = Publication.objects.get()
    assert saved.translations["fr"]["header_menu"][0]["key"] == str(europe.pk)
    assert saved.translations["fr"]["tagline"] == "La mer et ses États"


def test_a_broken_item_in_a_menu_of_a_language_is_reported(publication: Publication) -> None:
    own = [Entry(kind="category", key="0", label="Asie", below=False)]
    publication.translations["fr"]["footer_menu"] = own
    menus.save(publication)
    (message,) = broken_entry_messages(menus.broken_entries(publication, menus.targets()))
    assert "Français" in message
    assert "Asie" in message
    assert french_menus()["footer"] == []


def page(title: str, path: str, **fields: Any) -> Page:
    saved = Page(title=title, path=path, **{"is_published": True, **fields})
    saving.save(saved)
    return saved


def test_the_footer_of_a_language_links_to_the_translated_page(client: Client) -> None:
    about = page("About us", "about", position=1)
    page("À propos", "a-propos", position=1, language="fr", translation_of=about)
    page("Contact", "contact", position=2)
    newsroom.published("La marée", language="fr")
    french, english = footer(page_of(client, "/language/fr/")), footer(page_of(client, "/"))
    assert '<a href="/a-propos/">' in french
    assert 'href="/about/"' not in french
    assert re.search(r'<a href="/contact/"\s+lang="en"[^>]*hreflang="en"', french)
    assert "/about/" in english
    assert "/a-propos/" not in english


def test_versions_of_a_page_link_to_each_other(client: Client) -> None:
    about = page("About us", "about")
    page("À propos", "a-propos", language="fr", translation_of=about)
    hidden = page("من نحن", "man-nahnu", language="ar", translation_of=about, is_published=False)
    for url, other in (("/about/", "/a-propos/"), ("/a-propos/", "/about/")):
        html = page_of(client, url)
        assert re.search(rf'<a href="{other}"[^>]*hreflang=', html)
        assert re.findall(r'<link rel="alternate" hreflang="(\w+)"', html) == ["en", "fr"]
        assert hidden.get_absolute_url() not in html


def test_a_translation_of_a_page_has_another_language_and_is_the_only_one(client: Client) -> None:
    about = page("About us", "about")
    french = page("À propos", "a-propos", language="fr", translation_of=about)
    for fields in (
        {"language": "en", "translation_of": about},
        {"language": "fr", "translation_of": about},
        {"language": "ar", "translation_of": french},
    ):
        with pytest.raises(ValidationError):
            page("Another one", "another", **fields)
    assert Page.objects.count() == 2


def test_the_admin_has_fields_for_each_further_language(admin_client: Client) -> None:
    asia = newsroom.category("Asia")
    url = reverse("admin:articles_category_change", args=[asia.pk])
    html = admin_client.get(url).content.decode()
    for code in ("fr", "ar"):
        assert f'name="name_{code}"' in html
        assert f'name="introduction_{code}"' in html
    assert 'name="name_en"' not in html
    assert html.count('name="name"') == 1
    values = {"name": "Asia", "slug": "asia", "position": "0", "introduction": ""}
    sent = {**values, "name_fr": " Asie ", "introduction_fr": "", "name_ar": "آسيا"}
    assert admin_client.post(url, sent).status_code == 302
    asia.refresh_from_db()
    assert asia.translations == {"fr": {"name": "Asie"}, "ar": {"name": "آسيا"}}
    assert admin_client.post(url, {**values, "name_fr": "Asie"}).status_code == 302
    asia.refresh_from_db()
    assert asia.translations == {"fr": {"name": "Asie"}}


def test_the_form_of_the_publication_saves_texts_and_menus_of_each_language(
    admin_client: Client,
) -> None:
    columns = {"target": ["link"], "address": ["https://example.org/fr"], "label": ["Données"]}
    rows = {f"header_menu_fr-{name}": values for name, values in columns.items()}
    sent = form(languages="en, fr", tagline_fr="La mer", **rows, **{"header_menu_fr-level": [""]})
    assert admin_client.post(URL, sent).status_code == 302
    saved = Publication.objects.get()
    assert saved.translations["fr"]["tagline"] == "La mer"
    assert french_menus()["header"][0]["name"] == "Données"
    assert "Données" in admin_client.get(URL).content.decode()


def test_a_bad_translation_is_shown_with_an_error_and_the_text(admin_client: Client) -> None:
    asia = newsroom.category("Asia")
    url = reverse("admin:articles_category_change", args=[asia.pk])
    sent = {"name": "Asia", "slug": "asia", "position": "0", "name_fr": "Asie " * 30}
    response = admin_client.post(url, sent)
    assert response.status_code == 200
    assert "name_fr" in response.context["adminform"].form.errors
    assert "Asie Asie" in response.content.decode()
    asia.refresh_from_db()
    assert asia.translations == {}


def test_texts_of_a_language_that_is_no_longer_listed_are_kept(
    admin_client: Client, publication: Publication
) -> None:
    asia = add_category("Asia", "Asie")
    Publication.objects.update(languages="en, ar")
    url = reverse("admin:articles_category_change", args=[asia.pk])
    sent = {"name": "Asia", "slug": "asia", "position": "0", "name_ar": "آسيا"}
    assert admin_client.post(url, sent).status_code == 302
    asia.refresh_from_db()
    assert asia.translations == {"fr": {"name": "Asie"}, "ar": {"name": "آسيا"}}


def test_the_content_language_does_not_need_a_catalogue() -> None:
    with use_language("fr"), use_language("ja"):
        assert content_language() == "ja"
    assert content_language() == ""
