"""Searching without scripts, and choosing related articles."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.editorial.models import Article, RelatedPick
from articles.related import recomputation
from articles.search import indexer
from articles.search.models import QueryCount
from tests import newsroom
from tests.browser.article_form import open_tab, publish
from tests.browser.checkers import complaints_in_every_look
from tests.browser.conftest import PHONE, OpenPage, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def archive(site: str) -> list[Article]:
    """Twelve articles about barges and one in Arabic."""
    rivers = newsroom.category("Rivers")
    ines = newsroom.author("Ines Faro")
    articles = [
        newsroom.published(f"Barge number {number}", categories=[rivers], authors=[ines])
        for number in range(12)
    ]
    articles.append(newsroom.published("قارب في النهر", language="ar", categories=[rivers]))
    indexer.reindex()
    recomputation.refresh_all()
    return articles


def test_a_reader_searches_opens_the_second_page_and_a_result(
    open_page: OpenPage, archive: list[Article]
) -> None:
    page = open_page("/", scripts=False)
    page.locator("header .search-link").click()
    page.locator("main input[type=search]").fill('"barge number"')
    page.locator("main form[role=search] button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    expect(page.get_by_role("status")).to_contain_text("12 results")
    assert page.locator("ol.card-list > li").count() == 10
    page.get_by_role("link", name="Next").click()
    assert page.locator("ol.card-list > li").count() == 2
    page.locator("ol.card-list h2 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Barge number")


@pytest.fixture
def library(site: str) -> list[Article]:
    """Three articles that differ in every property that search filters use."""
    rivers, law = newsroom.category("Rivers"), newsroom.category("Law")
    locks = newsroom.category("Locks", parent=rivers)
    ines, hugo = newsroom.author("Ines Faro"), newsroom.author("Hugo Lind")
    image = newsroom.picture()
    figure = f'<figure data-image="{image.pk}"><figcaption>A dredger below the weir</figcaption></figure>'
    articles = [
        newsroom.published(
            "Barges wait", categories=[locks], authors=[ines], body=f"<p>Barges.</p>{figure}"
        ),
        newsroom.published("Barges sail", categories=[rivers], authors=[hugo], language="en"),
        newsroom.published("Barges in court", categories=[law], authors=[hugo]),
    ]
    indexer.reindex()
    return articles


def search(page: Page, text: str) -> None:
    page.get_by_label("Search terms").fill(text)
    page.locator("main form[role=search] button").click()


def test_an_article_is_found_by_a_misspelt_word(
    open_page: OpenPage, library: list[Article]
) -> None:
    page = open_page("/search/", scripts=False)
    search(page, "dregder")
    expect(page.locator(".search-suggestion")).to_have_text(
        "No results for dregder. Showing results for dredger instead."
    )
    expect(page.locator("ol.card-list h2")).to_have_text(["Barges wait"])
    search(page, "dredgr barges")
    page.get_by_role("link", name="dredger barges").click()
    expect(page.get_by_label("Search terms")).to_have_value("dredger barges")


def test_an_opened_result_is_counted_without_scripts_or_cookies(
    open_page: OpenPage, library: list[Article]
) -> None:
    page = open_page("/search/?q=barges", scripts=False)
    page.get_by_role("link", name="Barges wait").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Barges wait")
    wait_until(page, QueryCount.objects.filter(clicks=1).exists)
    assert QueryCount.objects.get().clicks == 1
    assert page.context.cookies() == []


def test_with_scripts_an_opened_result_is_counted_once_even_without_ping(
    open_page: OpenPage, library: list[Article]
) -> None:
    page = open_page("/search/?q=barges")
    result = page.get_by_role("link", name="Barges wait")
    # The script sends the request instead, as in a browser without the ping attribute.
    expect(result).not_to_have_attribute("ping", re.compile(""))
    result.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Barges wait")
    wait_until(page, QueryCount.objects.filter(clicks=1).exists)
    page.wait_for_timeout(300)
    assert QueryCount.objects.get().clicks == 1
    assert page.context.cookies() == []


def test_suggestions_are_chosen_with_the_keyboard_and_announced(
    open_page: OpenPage, library: list[Article]
) -> None:
    page = open_page("/search/")
    field = page.get_by_role("combobox", name="Search terms")
    field.press_sequentially("barg")
    options = page.get_by_role("option")
    expect(options).to_have_count(3)
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    field.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_contain_text("Barges sail")
    expect(field).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("barg")
    field.press_sequentially("e")
    expect(options).to_have_count(3)
    field.press("ArrowUp")
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Barges wait")


def test_the_search_fits_a_phone_and_is_accessible(
    open_page: OpenPage, archive: list[Article]
) -> None:
    page = open_page("/search/", size=PHONE)
    for query in ("barge", "zeppelin", "-barge", "قارب"):
        page.goto(f"/search/?q={query}")
        assert complaints_in_every_look(page, PHONE) == [], query


def test_an_editor_chooses_related_articles(
    open_admin: Callable[..., Page], archive: list[Article], edna: User, open_page: OpenPage
) -> None:
    article, picked = archive[0], archive[7]
    page = open_admin(edna, f"/admin/articles/article/{article.pk}/change/")
    part = page.locator("choice-field[data-name=picks]")
    open_tab(page, "Details")
    page.locator("details", has=part).locator("summary").click()
    part.locator("[role=combobox]").fill("number 7")
    page.get_by_role("option", name="Barge number 7").click()
    publish(page)
    expect(page.locator(".messagelist")).to_be_visible()
    assert RelatedPick.objects.get().picked == picked
    reader = open_page(article.get_absolute_url(), scripts=False)
    expect(reader.locator(".related h3").first).to_have_text(picked.headline)
    reader.locator(".related h3 a").first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(picked.headline)
