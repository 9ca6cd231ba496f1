"""The preview beside the text of the article form."""

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from accounts.models import User
from articles.editorial.models import Article
from articles.editorial.versions import drafts
from articles.popular.models import ArticleViews
from tests import newsroom
from tests.browser.checkers import complaints_in_every_look
from tests.browser.conftest import PHONE, OpenPage

pytestmark = pytest.mark.browser

WIDE = {"width": 1440, "height": 940}
EDITOR = ".admin-editor-body .ProseMirror"
LONG = "".join(f"<p>Paragraph {number} of a long text.</p>" for number in range(80))


def preview(page: Page) -> FrameLocator:
    return page.frame_locator("#article-preview iframe:not(.preview-waits)")


def press(page: Page) -> None:
    page.locator("[name=_preview]").click()


def test_the_preview_is_updated_while_somebody_types(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft("Harbour reopens")
    page = open_admin(edna, article.get_admin_url(), size=WIDE)
    expect(page.locator("#article-sidebar")).to_be_visible()
    press(page)
    expect(page.locator("#article-sidebar")).to_be_hidden()
    expect(preview(page).locator("h1")).to_have_text("Harbour reopens")
    page.click(EDITOR)
    page.keyboard.type("Written this minute. ", delay=5)
    expect(preview(page).locator(".article-text")).to_contain_text("Written this minute.")
    page.fill("#id_headline", "Harbour reopens again")
    expect(preview(page).locator("h1")).to_have_text("Harbour reopens again")
    expect(page.locator("[data-preview-age]")).to_contain_text("Draft")
    assert Article.objects.get().headline == "Harbour reopens again"


def test_an_update_keeps_the_scroll_position(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft("Harbour reopens", body=LONG)
    page = open_admin(edna, article.get_admin_url(), size=WIDE)
    press(page)
    frame = preview(page)
    expect(frame.locator("h1")).to_be_visible()
    frame.locator("html").evaluate("html => html.ownerDocument.defaultView.scrollTo(0, 900)")
    page.fill("#id_headline", "Harbour reopens again")
    expect(frame.locator("h1")).to_have_text("Harbour reopens again")
    assert frame.locator("html").evaluate("html => html.scrollTop") == 900


def test_the_phone_is_390_pixels_wide_and_the_desktop_1280(
    open_admin: OpenPage, edna: User
) -> None:
    page = open_admin(edna, newsroom.draft().get_admin_url(), size=WIDE)
    press(page)
    frame = page.locator("#article-preview iframe")
    page.get_by_role("tab", name="Phone").click()
    expect(preview(page).locator("h1")).to_be_visible()
    assert frame.evaluate("each => each.contentDocument.documentElement.clientWidth") == 390
    page.get_by_role("tab", name="Desktop").click()
    assert frame.evaluate("each => each.contentDocument.documentElement.clientWidth") == 1280
    box = frame.bounding_box()
    assert box is not None
    assert box["width"] <= 600


def test_light_and_dark_do_not_depend_on_the_system(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, newsroom.draft().get_admin_url(), size=WIDE, scheme="dark")
    press(page)

    def brightness() -> int:
        paper: str = (
            preview(page)
            .locator("body")
            .evaluate(
                """body => {
                    const canvas = body.ownerDocument.createElement("canvas").getContext("2d");
                    canvas.fillStyle = getComputedStyle(body.parentElement).backgroundColor;
                    canvas.fillRect(0, 0, 1, 1);
                    return String(canvas.getImageData(0, 0, 1, 1).data[0]);
                }"""
            )
        )
        return int(paper)

    for scheme in ("light", "dark"):
        page.locator(f"[data-scheme={scheme}] >> visible=true").first.click()
        expect(preview(page).locator(f"link[href*=page-{scheme}]")).to_have_count(1)
        expect(preview(page).locator("h1")).to_be_visible()
        assert (brightness() > 128) == (scheme == "light")


def test_the_cards_follow_what_is_saved(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft("Harbour reopens", lead_image=newsroom.picture())
    page = open_admin(edna, article.get_admin_url(), size=WIDE)
    press(page)
    page.get_by_role("tab", name="Search result").click()
    card = page.locator("#article-preview .preview-card")
    expect(card).to_contain_text("Harbour reopens")
    page.fill("#id_headline", "Harbour reopens again")
    expect(card).to_contain_text("Harbour reopens again")
    page.get_by_role("tab", name="Social card").click()
    page.get_by_role("link", name="Change the title").click()
    expect(page.locator("#article-preview")).to_be_hidden()
    expect(page.locator("#id_social_title")).to_be_focused()
    page.keyboard.type("The ferries are back")
    page.keyboard.press("Control+Alt+p")
    expect(card).to_contain_text("The ferries are back")
    expect(page.locator("#article-preview .preview-social img")).to_have_js_property(
        "complete", True
    )


def test_it_is_used_by_keyboard_alone(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, newsroom.draft().get_admin_url(), size=WIDE)
    page.click(EDITOR)
    page.keyboard.press("Control+Alt+p")
    pane = page.locator("#article-preview")
    expect(pane).to_be_visible()
    expect(page.locator("[name=_preview]")).to_have_attribute("aria-expanded", "true")
    expect(page.locator(EDITOR)).to_be_focused()
    page.locator("[name=_preview]").focus()
    page.keyboard.press("F6")
    for _ in range(3):
        if page.evaluate("() => document.activeElement.getAttribute('role')") == "tab":
            break
        page.keyboard.press("F6")
    expect(page.get_by_role("tab", name="Phone")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Search result")).to_be_focused()
    expect(page.get_by_role("tab", name="Search result")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()
    expect(page.locator("[name=_preview]")).to_be_focused()
    expect(page.locator("#article-sidebar")).to_be_visible()


def test_the_sidebar_and_the_preview_take_turns(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, newsroom.draft().get_admin_url(), size=WIDE)
    press(page)
    expect(page.locator("#article-preview")).to_be_visible()
    page.keyboard.press("Control+.")
    expect(page.locator("#article-preview")).to_be_hidden()
    expect(page.locator("#article-sidebar")).to_be_visible()
    page.keyboard.press("Control+.")
    press(page)
    page.locator("[data-preview-close]").click()
    expect(page.locator("#article-sidebar")).to_be_hidden()


def test_nothing_on_the_page_leads_away_and_no_view_is_counted(
    open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.published("Harbour reopens", body='<p><a href="/tag/">All tags</a></p>')
    page = open_admin(edna, article.get_admin_url(), size=WIDE)
    press(page)
    preview(page).locator(".article-text a").click()
    page.wait_for_timeout(500)
    expect(preview(page).locator("h1")).to_have_text("Harbour reopens")
    assert len(page.context.pages) == 1
    assert not ArticleViews.objects.exists()


def test_a_new_article_is_shown_from_its_first_words_on(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, "/admin/articles/article/add/", size=WIDE)
    press(page)
    expect(page.locator("[data-preview-message]")).not_to_be_empty()
    page.fill("#id_headline", "Brand new")
    expect(preview(page).locator("h1")).to_have_text("Brand new")
    expect(page.locator("[data-preview-message]")).to_be_empty()


@pytest.mark.parametrize("size", [PHONE, {"width": 1279, "height": 900}])
def test_on_narrower_screens_it_opens_in_a_tab(
    open_admin: OpenPage, edna: User, size: dict[str, int]
) -> None:
    article = newsroom.draft("Harbour reopens")
    page = open_admin(edna, article.get_admin_url(), size=size)
    page.fill("#id_headline", "Harbour reopens again")
    with page.context.expect_page() as opened:
        press(page)
    expect(opened.value.locator("h1")).to_have_text("Harbour reopens again")
    expect(page.locator("#article-preview")).to_be_hidden()
    assert "/preview/" in opened.value.url


def test_a_page_that_cannot_be_loaded_is_reported_and_the_last_one_stays(
    open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.draft("Harbour reopens")
    page = open_admin(edna, article.get_admin_url(), size=WIDE)
    press(page)
    expect(preview(page).locator("h1")).to_be_visible()
    page.route("**/preview/dark/", lambda route: route.abort())
    page.locator("[data-scheme=dark] >> visible=true").first.click()
    expect(page.locator("[data-preview-message]")).not_to_be_empty()
    expect(preview(page).locator("h1")).to_have_text("Harbour reopens")


def test_the_preview_is_accessible(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.published("Harbour reopens", lead_image=newsroom.picture())
    drafts.save(article, {"standfirst": "Two ferries a day cross again."}, by=edna)
    page = open_admin(edna, article.get_admin_url(), size=WIDE)
    press(page)
    for look in ("Desktop", "Phone", "Search result", "Social card"):
        page.get_by_role("tab", name=look).click()
        shown = page.locator(".preview-card")
        if look in ("Desktop", "Phone"):
            shown = preview(page).locator("h1")
        expect(shown).to_be_visible()
        assert complaints_in_every_look(page, WIDE) == [], look
