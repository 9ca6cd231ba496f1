"""Categories, authors and tags in the article form: one field each, with completion."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import AuthorProfile, User
from articles.editorial.models import Article, Category
from articles.editorial.versions import drafts
from tests import newsroom
from tests.articles.editorial.admin.forms import ADD, change_url
from tests.browser.article_form import add_choice, chips, open_tab, save_draft
from tests.browser.checkers import accessibility_complaints
from tests.browser.conftest import PHONE, OpenPage

pytestmark = pytest.mark.browser

CATEGORIES = "#id_chosen_categories_0"
AUTHORS = "#id_signed_by_0"
TAGS = "#id_tags"
OPTIONS = "[role=option]"


def details(open_admin: Callable[..., Page], who: User, article: Article, **options: Any) -> Page:
    page = open_admin(who, change_url(article), **options)
    if page.viewport_size == PHONE:
        page.click("[data-sidebar-toggle]")
    else:
        open_tab(page, "Details")
    return page


def field(page: Page, selector: str) -> Locator:
    return page.locator("choice-field", has=page.locator(selector))


def saved(page: Page, change: Callable[[], None]) -> None:
    """Makes a change, and waits until it is saved in the background."""
    with page.expect_response(lambda response: "autosave" in response.url) as answer:
        change()
    assert answer.value.ok


def content(article: Article, name: str) -> Any:
    found = drafts.open_for_editing(Article.objects.get(pk=article.pk)).content[name]
    return found if name == "tags" else [each["name"] for each in found]


def with_categories(*names: str) -> Article:
    return newsroom.draft(categories=[newsroom.category(name) for name in names])


def test_a_category_is_found_without_accents_and_saved(open_admin: OpenPage, edna: User) -> None:
    parent = newsroom.category("Amérique")
    newsroom.category("Pérou", parent=parent)
    article = with_categories("News")
    page = details(open_admin, edna, article)
    page.locator(CATEGORIES).press_sequentially("PEROU")
    option = page.locator(OPTIONS)
    expect(option).to_have_count(1)
    expect(option).to_have_attribute("aria-selected", "true")
    expect(page.locator(CATEGORIES)).to_have_attribute("aria-expanded", "true")
    assert accessibility_complaints(page) == []
    saved(page, lambda: page.keyboard.press("Enter"))
    assert chips(page, "chosen_categories") == ["News", "Amérique › Pérou"]
    expect(page.locator("[data-names=chosen_categories]")).to_have_text("News, Pérou")
    assert content(article, "categories") == ["News", "Pérou"]
    expect(page.locator(CATEGORIES)).to_be_focused()


def test_choices_are_ordered_with_keys_and_buttons(open_admin: OpenPage, edna: User) -> None:
    article = with_categories("First", "Second", "Third")
    page = details(open_admin, edna, article)
    last = field(page, CATEGORIES).locator(".choice-chip").last
    last.locator(".choice-remove").focus()
    page.keyboard.press("Alt+ArrowLeft")
    saved(page, lambda: page.keyboard.press("Alt+ArrowUp"))
    assert chips(page, "chosen_categories") == ["Third", "First", "Second"]
    expect(field(page, CATEGORIES).locator("[role=status]")).to_contain_text("1 of 3, primary")
    first = field(page, CATEGORIES).locator(".choice-chip").first
    expect(first).to_contain_text("primary")
    expect(first.locator(".choice-remove")).to_be_focused()
    first.locator(".choice-on").click()
    saved(page, lambda: last.locator(".choice-remove").press("Delete"))
    assert chips(page, "chosen_categories") == ["First", "Third"]
    assert content(article, "categories") == ["First", "Third"]
    save_draft(page)
    expect(page.locator(".messagelist")).to_be_visible()
    chosen = article.article_categories.values_list("category__name", flat=True)
    assert list(chosen) == ["First", "Third"]


def test_choices_are_ordered_by_dragging(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft(authors=[newsroom.author("Ines Faro"), newsroom.author("Rui Tan")])
    page = details(open_admin, edna, article)
    authors = field(page, AUTHORS).locator(".choice-chip")
    saved(
        page,
        lambda: authors.last.drag_to(authors.first, target_position={"x": 4, "y": 10}),
    )
    assert chips(page, "signed_by") == ["Rui Tan", "Ines Faro"]
    assert content(article, "authors") == ["Rui Tan", "Ines Faro"]


def test_the_last_choice_can_be_removed(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft(authors=[newsroom.author("Ines Faro")], tags=["ports"])
    page = details(open_admin, edna, article)
    page.locator(AUTHORS).focus()
    saved(page, lambda: page.keyboard.press("Backspace"))
    page.locator(TAGS).focus()
    saved(page, lambda: page.keyboard.press("Backspace"))
    assert chips(page, "signed_by") == chips(page, "tags") == []
    assert content(article, "authors") == content(article, "tags") == []


def test_tags_are_added_by_enter_comma_and_leaving(open_admin: OpenPage, edna: User) -> None:
    newsroom.published(tags=["maritime law"])
    article = newsroom.draft()
    page = details(open_admin, edna, article)
    tags = page.locator(TAGS)
    tags.press_sequentially("mari")
    expect(page.locator(OPTIONS)).to_have_count(2)
    expect(page.locator(OPTIONS).first).to_contain_text("1")
    page.keyboard.press("Enter")
    tags.press_sequentially("mari")
    expect(page.locator(OPTIONS)).to_have_count(1)
    page.keyboard.press("Enter")
    tags.press_sequentially("ports, ")
    tags.press_sequentially("Red Sea")
    saved(page, lambda: page.locator(CATEGORIES).focus())
    assert chips(page, "tags") == ["maritime law", "mari", "ports", "Red Sea"]
    assert content(article, "tags") == ["Red Sea", "mari", "maritime law", "ports"]


def test_escape_closes_the_suggestions_and_keeps_the_text(open_admin: OpenPage, edna: User) -> None:
    newsroom.category("News")
    page = details(open_admin, edna, newsroom.draft(), size=PHONE)
    page.locator(CATEGORIES).press_sequentially("Ne")
    expect(page.locator(OPTIONS).first).to_be_visible()
    box = page.locator(OPTIONS).first.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= PHONE["width"]
    page.keyboard.press("Escape")
    expect(page.locator(OPTIONS).first).to_be_hidden()
    expect(page.locator(CATEGORIES)).to_have_value("Ne")
    expect(page.locator("#article-sidebar")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.locator(OPTIONS).first.click()
    assert chips(page, "chosen_categories") == ["News"]
    assert not page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert accessibility_complaints(page) == []


def test_an_editor_creates_an_author_and_a_category_in_place(
    open_admin: OpenPage, edna: User
) -> None:
    newsroom.author("Tomas Reis")
    article = newsroom.draft(categories=[])
    page = details(open_admin, edna, article)
    page.locator(AUTHORS).press_sequentially("Tomas")
    expect(page.locator(OPTIONS)).to_have_count(2)
    page.keyboard.press("ArrowUp")
    expect(page.locator(OPTIONS).last).to_have_attribute("aria-selected", "true")
    saved(page, lambda: page.keyboard.press("Enter"))
    page.locator(CATEGORIES).press_sequentially("Trade")
    saved(page, lambda: page.locator(OPTIONS).last.click())
    assert content(article, "authors") == ["Tomas"]
    assert content(article, "categories") == ["Trade"]
    assert AuthorProfile.objects.get(name="Tomas").slug == "tomas"
    assert Category.objects.get(name="Trade").slug == "trade"


def test_an_error_is_shown_and_the_text_stays(open_admin: OpenPage, edna: User) -> None:
    page = details(open_admin, edna, newsroom.draft())
    page.locator(AUTHORS).fill("x" * 121)
    page.locator(OPTIONS).last.click()
    expect(field(page, AUTHORS).locator("[role=alert]")).not_to_be_empty()
    assert len(page.input_value(AUTHORS)) == 121
    assert chips(page, "signed_by") == []


def test_a_reporter_may_not_create_categories(open_admin: OpenPage, rui: User) -> None:
    newsroom.category("News")
    page = open_admin(rui, ADD)
    open_tab(page, "Details")
    page.locator(CATEGORIES).press_sequentially("Trade")
    expect(field(page, CATEGORIES).locator("[role=alert]")).not_to_be_empty()
    expect(page.locator(OPTIONS)).to_have_count(0)
    page.keyboard.press("Enter")
    assert page.input_value(CATEGORIES) == "Trade"
    page.locator(CATEGORIES).fill("News")
    page.keyboard.press("Enter")
    expect(field(page, CATEGORIES).locator(".choice-name")).to_have_text("News")


def test_choices_are_restored_after_a_lost_connection(open_admin: OpenPage, edna: User) -> None:
    article = with_categories("First", "Second")
    page = details(open_admin, edna, article)
    page.route("**/autosave/", lambda route: route.abort())
    page.on("dialog", lambda dialog: dialog.accept())
    add_choice(page, "tags", "ports")
    field(page, CATEGORIES).locator(".choice-on").first.click()
    expect(page.locator("[data-save-shown]")).to_contain_text("browser")
    page.unroute_all()
    page.reload()
    page.locator("[data-save-notice] button").nth(1).click()
    assert chips(page, "chosen_categories") == ["Second", "First"]
    assert chips(page, "tags") == ["ports"]


def test_without_scripts_there_are_selects_and_a_text_field(
    open_admin: OpenPage, edna: User
) -> None:
    second = newsroom.category("Second")
    article = with_categories("First")
    page = open_admin(edna, change_url(article), scripts=False)
    page.locator(".field-chosen_categories select").nth(1).select_option(label=second.name)
    page.fill(TAGS, "ports, Red Sea")
    save_draft(page)
    assert content(article, "categories") == ["First", "Second"]
    assert content(article, "tags") == ["Red Sea", "ports"]
