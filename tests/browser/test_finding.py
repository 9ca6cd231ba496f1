"""Finding in the browser: searching without scripts, picking what is read next."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.editorial.models import Article
from articles.related import refreshing
from articles.related.models import RelatedPick
from articles.search import indexing
from tests import newsroom
from tests.browser.conftest import PHONE, OpenPage

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
    indexing.reindex()
    refreshing.refresh_all()
    return articles


def test_a_reader_searches_turns_the_page_and_opens_what_was_found(
    open_page: OpenPage, archive: list[Article]
) -> None:
    page = open_page("/", scripts=False)
    page.get_by_label("Search", exact=False).first.fill('"barge number"')
    page.locator("header form[role=search] button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    expect(page.get_by_role("status")).to_contain_text("12 articles")
    assert page.locator("ol.card-list > li").count() == 10
    page.get_by_role("link", name="Next").click()
    assert page.locator("ol.card-list > li").count() == 2
    page.locator("ol.card-list h2 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Barge number")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_search_fits_a_phone_and_says_what_to_do(
    open_page: OpenPage, archive: list[Article], scheme: str, tmp_path: Path
) -> None:
    for query in ("barge", "zeppelin", "-barge", "قارب"):
        page = open_page(f"/search/?q={query}", scripts=False, size=PHONE, scheme=scheme)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], query
        page.context.close()


def test_an_editor_picks_what_is_read_next(
    desk: Callable[..., Page], archive: list[Article], edna: User, open_page: OpenPage
) -> None:
    article, picked = archive[0], archive[7]
    page = desk(edna, f"/admin/articles/article/{article.pk}/change/")
    part = page.locator("#related_picks-group")
    part.locator(".add-row a").click()
    part.locator(".select2-selection").first.click()
    page.locator(".select2-search__field").fill("number 7")
    page.locator(".select2-results__option", has_text="Barge number 7").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_be_visible()
    assert RelatedPick.objects.get().picked == picked
    reader = open_page(article.get_absolute_url(), scripts=False)
    expect(reader.locator(".related h3").first).to_have_text(picked.headline)
