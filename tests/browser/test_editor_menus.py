"""The toolbar, the bubble menu and the slash menu of the editor."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from articles.body import registry
from articles.editorial.admin.editor_field import editor_media
from tests import newsroom
from tests.browser.checkers import complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, wait_until
from tests.browser.text_editor import EDITOR, pick, text_of
from tests.example.harbour.blocks import register_blocks
from tests.shared import PROJECT

pytestmark = pytest.mark.browser

ADD = "/admin/articles/article/add/"
BAR = ".admin-editor-body .admin-toolbar"
BUBBLE = ".admin-bubble"
SLASH = "#admin-slash-menu"
LAPTOP = {"width": 1440, "height": 900}


def change(article_id: int) -> str:
    return f"/admin/articles/article/{article_id}/change/"


@pytest.fixture
def page(open_admin: OpenPage, edna: User) -> Page:
    """A new article with the cursor in its text."""
    page = open_admin(edna, ADD)
    page.click(EDITOR)
    return page


def chosen_option(page: Page) -> Locator:
    """The option of the slash menu that the text field names as active."""
    return page.locator(f"#{page.locator(EDITOR).get_attribute('aria-activedescendant')}")


def test_the_toolbar_has_one_row_that_stays_in_sight(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft(body="<p>The ferries ran on time.</p>" * 60, by=edna)
    page = open_admin(edna, change(article.pk))
    for width in (1440, 1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.locator(f"{EDITOR} p").nth(40).click()
        expect(page.locator(BAR)).to_be_in_viewport(ratio=1)
        tools = page.locator(f"{BAR} .admin-tool:visible")
        boxes = [tool.bounding_box() for tool in tools.all()]
        assert len({round(box["y"]) for box in boxes if box}) == 1
        if width < 720:
            assert all(box and box["width"] >= 44 and box["height"] >= 44 for box in boxes)
        if width >= 390:
            assert all(box and 0 <= box["x"] <= width - box["width"] for box in boxes)


def test_the_toolbar_is_one_stop_with_arrow_keys_inside(page: Page) -> None:
    tools = page.locator(f"{BAR} .admin-tool:visible")
    expect(page.locator(f"{BAR} .admin-tool[tabindex='0']")).to_have_count(1)
    page.keyboard.press("F6")
    expect(tools.first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(tools.last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"{BAR} [data-entry=bold]")).to_be_focused()
    expect(page.locator(f"{BAR} .admin-tool[tabindex='0']")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(EDITOR)).to_be_focused()


def test_a_style_is_chosen_from_a_menu_with_the_keyboard(page: Page) -> None:
    page.keyboard.type("Ports")
    page.locator(f"{BAR} [data-menu=style]").press("Enter")
    expect(page.locator("[role=menuitemradio][aria-checked=true]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert text_of(page) == "<h2>Ports</h2>"
    expect(page.locator(EDITOR)).to_be_focused()
    expect(page.locator(f"{BAR} [data-menu=style]")).to_have_text("Heading 2")
    page.locator(f"{BAR} [data-menu=style]").press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(f"{BAR} [data-menu=style]")).to_be_focused()


def test_buttons_say_whether_they_are_pressed_or_cannot_be_used(page: Page) -> None:
    bold, undo = (
        page.locator(f"{BAR} .admin-tool[data-entry='{name}']") for name in ("bold", "history:undo")
    )
    expect(undo).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Control+b")
    expect(bold).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("Now")
    expect(undo).to_have_attribute("aria-disabled", "false")
    undo.click()
    assert text_of(page) == ""


def test_the_table_menu_is_there_inside_a_table_only(page: Page) -> None:
    menu = page.locator(f"{BAR} [data-menu=table]")
    expect(menu).to_be_hidden()
    pick(page, "insert", "table")
    page.click(".prose-editor-dialog [type=submit]")
    page.keyboard.type("Port")
    expect(menu).to_be_visible()
    pick(page, "table", "table:addRowAfter")
    assert text_of(page).count("<tr>") == 4


def test_the_bubble_menu_formats_the_selected_words(page: Page) -> None:
    page.keyboard.type("The ferries")
    expect(page.locator(BUBBLE)).to_be_hidden()
    page.keyboard.press("Shift+Control+ArrowLeft")
    page.locator(f"{BUBBLE} [data-entry=bold]").click()
    assert text_of(page) == "<p>The <strong>ferries</strong></p>"
    page.keyboard.press("Tab")
    expect(page.locator(f"{BUBBLE} [data-entry=bold]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert text_of(page) == "<p>The <strong><em>ferries</em></strong></p>"
    page.keyboard.press("F6")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert text_of(page) == "<h2>The <strong><em>ferries</em></strong></h2>"


BESIDE_THE_WORDS = """() => {
    const menu = document.querySelector('.admin-bubble').getBoundingClientRect();
    const bar = document.querySelector('.admin-editor-body .admin-toolbar').getBoundingClientRect();
    const words = [...getSelection().getRangeAt(0).getClientRects()];
    const apart = (one, other) => one.bottom <= other.top || one.top >= other.bottom
        || one.right <= other.left || one.left >= other.right;
    const beside = (rect) => Math.abs(menu.bottom - rect.top) < 12 || Math.abs(menu.top - rect.bottom) < 12;
    return words.every((rect) => apart(rect, menu)) && words.some(beside)
        && apart(menu, bar) && menu.top >= 0 && menu.bottom <= innerHeight;
}"""
"""The menu may still be beside what was selected before."""


def test_the_bubble_menu_stays_beside_words_that_move(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft(body="<p>The ferries ran on time, said the quay.</p>" * 9, by=edna)
    page = open_admin(edna, change(article.pk))
    page.locator(f"{EDITOR} p").nth(3).dblclick(position={"x": 50, "y": 12})
    wait_until(page, BESIDE_THE_WORDS)
    # As when a lead image above the text has loaded.
    page.evaluate("document.querySelector('.article-lead').style.paddingBlockEnd = '90px'")
    wait_until(page, BESIDE_THE_WORDS)
    # As when the typeface of the text has loaded.
    page.evaluate("document.querySelector('.ProseMirror').style.letterSpacing = '3px'")
    page.evaluate("document.fonts.dispatchEvent(new Event('loadingdone'))")
    wait_until(page, BESIDE_THE_WORDS)


def test_the_bubble_menu_never_covers_the_selected_words(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft(body="<p>The ferries ran on time, said the quay.</p>" * 40, by=edna)
    page = open_admin(edna, change(article.pk))
    for number in (0, 12, 30):
        page.locator(f"{EDITOR} p").nth(number).dblclick(position={"x": 50, "y": 12})
        wait_until(page, BESIDE_THE_WORDS)
    page.keyboard.press("Control+a")
    # Where the selected words begin and end is out of sight.
    page.locator(f"{EDITOR} p").nth(20).evaluate("it => it.scrollIntoView({ block: 'center' })")
    expect(page.locator(BUBBLE)).to_be_hidden()


def test_escape_hides_the_bubble_menu_until_something_else_is_selected(page: Page) -> None:
    page.keyboard.type("The ferries ran")
    page.keyboard.press("Shift+Home")
    expect(page.locator(BUBBLE)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(BUBBLE)).to_be_hidden()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(BUBBLE)).to_be_visible()
    page.locator("#id_headline").click()
    expect(page.locator(BUBBLE)).to_be_hidden()


def test_a_slash_in_an_empty_paragraph_opens_a_list_that_typing_narrows(page: Page) -> None:
    page.keyboard.type("/")
    options = page.locator(f"{SLASH} [role=option]")
    expect(page.locator(SLASH)).to_have_role("listbox")
    assert options.count() > 10
    expect(page.locator(EDITOR)).to_have_attribute("aria-controls", "admin-slash-menu")
    expect(chosen_option(page)).to_have_attribute("aria-selected", "true")
    page.keyboard.type("list")
    expect(options).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(chosen_option(page)).to_have_attribute("data-entry", "orderedList")
    page.keyboard.press("Enter")
    expect(page.locator(SLASH)).to_be_hidden()
    assert page.locator(EDITOR).get_attribute("aria-activedescendant") is None
    page.keyboard.type("Aden")
    assert text_of(page) == "<ol><li><p>Aden</p></li></ol>"


def test_an_entry_of_the_slash_menu_is_chosen_with_the_mouse(page: Page) -> None:
    page.keyboard.type("/")
    page.click(f"{SLASH} [data-entry=horizontalRule]")
    assert text_of(page) == "<hr>"
    page.keyboard.type("/img")
    expect(page.locator(SLASH)).to_be_hidden()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type("/photo")
    page.keyboard.press("Enter")
    expect(page.locator(".image-dialog")).to_be_visible()


def test_the_slash_menu_leaves_other_slashes_alone(page: Page) -> None:
    page.keyboard.type("and/or")
    expect(page.locator(SLASH)).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.type("/")
    expect(page.locator(SLASH)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(SLASH)).to_be_hidden()
    expect(page.locator(EDITOR)).to_be_focused()
    page.keyboard.type("home")
    expect(page.locator(SLASH)).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.type("End")
    assert text_of(page) == "<p>and/or</p><p>/home</p><p>End</p>"


@pytest.mark.parametrize(
    ("entry", "attribute"), [("callout", "data-callout"), ("pull", "data-pull-quote")]
)
def test_a_box_is_inserted_left_and_removed(page: Page, entry: str, attribute: str) -> None:
    page.keyboard.type(f"/{entry}")
    page.keyboard.press("Enter")
    page.keyboard.type("Nine ports")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("After")
    assert text_of(page) == f'<aside {attribute}=""><p>Nine ports</p></aside><p>After</p>'
    page.keyboard.press("ArrowUp")
    pick(page, "insert", "callout" if entry == "callout" else "pullQuote")
    assert text_of(page) == "<p>Nine ports</p><p>After</p>"


def test_selected_words_become_a_pull_quote_and_stay_in_the_text(page: Page) -> None:
    page.keyboard.type("The sea is wide")
    page.keyboard.press("Shift+Control+ArrowLeft")
    pick(page, "insert", "pullQuote")
    assert text_of(page) == ('<aside data-pull-quote=""><p>wide</p></aside><p>The sea is wide</p>')


def test_markdown_becomes_formatting_while_typing(page: Page) -> None:
    for typed, kept in (
        ("## Ports", "<h2>Ports</h2>"),
        ("### Ports", "<h3>Ports</h3>"),
        ("> Said", "<blockquote><p>Said</p></blockquote>"),
        ("- Aden", "<ul><li><p>Aden</p></li></ul>"),
        ("1. Aden", "<ol><li><p>Aden</p></li></ol>"),
        ("---", "<hr>"),
    ):
        page.keyboard.type(typed)
        assert text_of(page).removesuffix("<p></p>") == kept
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        page.keyboard.press("Control+Alt+2")
        page.keyboard.press("Control+Alt+2")


def test_altgr_writes_characters_and_makes_no_headings(page: Page) -> None:
    page.keyboard.type("Ports")
    page.evaluate(
        """selector => document.querySelector(selector).dispatchEvent(new KeyboardEvent('keydown', {
            key: '2', code: 'Digit2', keyCode: 50, ctrlKey: true, altKey: true, modifierAltGraph: true,
            bubbles: true, cancelable: true}))""",
        EDITOR,
    )
    assert text_of(page) == "<p>Ports</p>"
    page.keyboard.press("Control+Alt+2")
    assert text_of(page) == "<h2>Ports</h2>"


def test_formatting_is_cleared(page: Page) -> None:
    page.keyboard.type("## Ports")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+i")
    pick(page, "more", "clear")
    assert text_of(page) == "<p>Ports</p>"


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_an_article_is_saved_and_published_in_full_screen(
    open_admin: OpenPage, edna: User, size: dict[str, int]
) -> None:
    article = newsroom.draft(body="<p>The ferries</p>" * 50, by=edna)
    page = open_admin(edna, change(article.pk), size=size)
    page.locator(f"{EDITOR} p").first.click()
    pick(page, "more", "fullscreen")
    frame, bar = page.locator(".admin-editor-body"), page.locator(".admin-full-screen-bar")
    box = frame.bounding_box()
    assert box == {"x": 0, "y": 0, "width": size["width"], "height": size["height"]}
    page.keyboard.press("Control+End")
    for each in (bar, page.locator(BAR)):
        expect(each).to_be_in_viewport(ratio=1)
    page.keyboard.press("End")
    page.keyboard.type(" ran")
    with page.expect_response("**/autosave/"):
        bar.locator("button").nth(1).click()
    article.refresh_from_db()
    assert article.body.endswith("<p>The ferries ran</p>")
    page.locator(EDITOR).focus()
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    pick(page, "more", "fullscreen")
    bar.locator("button").last.click()
    if size == PHONE:
        # There the button opens the sheet with the tabs, above the text.
        expect(page.locator("#article-sidebar")).to_be_in_viewport()
        return
    with page.expect_navigation():
        page.locator("dialog [data-press=_publish]").click()
    article.refresh_from_db()
    assert article.state == article.State.PUBLISHED


def test_the_text_has_the_measure_and_typeface_of_the_publication(
    open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.draft(body="<p>The ferries</p>", by=edna)
    for size, width, letters in ((LAPTOP, 680, "19.5px"), (PHONE, 340, "18px")):
        page = open_admin(edna, change(article.pk), size=size)
        paragraph = page.locator(f"{EDITOR} p").first
        box = paragraph.bounding_box()
        assert box
        assert box["width"] >= width
        expect(paragraph).to_have_css("font-size", letters)
        assert "Iria Text" in paragraph.evaluate("element => getComputedStyle(element).fontFamily")


def test_the_open_menus_are_accessible(page: Page) -> None:
    page.keyboard.type("The ferries")
    page.keyboard.press("Shift+Home")
    expect(page.locator(BUBBLE)).to_be_visible()
    assert complaints_in_every_look(page, DESKTOP, PHONE) == []
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("/")
    expect(page.locator(SLASH)).to_be_visible()
    assert complaints_in_every_look(page, DESKTOP, PHONE) == []
    page.keyboard.press("Escape")
    for menu in ("style", "insert", "more"):
        page.click(f"{BAR} [data-menu={menu}]")
        assert complaints_in_every_look(page, DESKTOP, PHONE) == []
        page.keyboard.press("Escape")


@pytest.fixture
def with_key_facts(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """With the block of an app (tests/example/harbour)."""
    monkeypatch.setattr(registry, "BLOCKS", dict(registry.BLOCKS))
    register_blocks()
    harbour = PROJECT / "tests" / "example" / "harbour" / "static"
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, harbour]
    editor_media.cache_clear()
    yield
    editor_media.cache_clear()


@pytest.mark.usefixtures("with_key_facts")
def test_a_block_of_an_app_is_inserted_by_menu_and_by_slash(page: Page) -> None:
    pick(page, "insert", "keyFacts")
    page.keyboard.type("Nine ports")
    box = '<aside data-key-facts=""><p>Nine ports</p></aside>'
    assert text_of(page) == box
    page.keyboard.press("Control+End")
    page.keyboard.type("/key")
    expect(page.locator(f"{SLASH} [data-entry=keyFacts]")).to_be_visible()
