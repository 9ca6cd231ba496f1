"""A conversation as in `docs/moderators/`: on imported comments, on those of the demo, and on new ones."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.iria.transfer import wxr
from tests.journeys.product import People, Product, links_in, wait_for

pytestmark = pytest.mark.journey

QUEUE = "/admin/articles/comment/"
ROWS = "#result_list tr.case"
TEO, ANA = "teo@journeys.example", "ana@journeys.example"
WORDS, EDITED, REPLY = "I was on that ferry.", "I was on the last ferry.", "Which boat?"


@contextmanager
def guests_confirm(administrator: Page) -> Iterator[None]:
    for on in (True, False):
        administrator.goto("/admin/iria/publication/1/change/")
        administrator.set_checked("[name=guests_confirm_email]", on, force=True)
        with administrator.expect_navigation():
            administrator.locator("[name=_save]").first.click()
        if on:
            yield


def expect_pending(page: Page, count: int) -> None:
    """The navigation and the tab follow each decision."""
    expect(page.locator(".admin-waiting span").first).to_have_text(str(count))
    expect(page.locator("[data-queue=held] .admin-count")).to_have_text(str(count))


def decide_and_undo(page: Page) -> None:
    """The first comment is imported, the second one of the demo; neither has an earlier decision."""
    page.goto(QUEUE)
    count = page.locator(ROWS).count()
    for place in range(2):
        page.keyboard.press("j")
        expect(page.locator(ROWS).nth(place)).to_have_class(re.compile("comment-current"))
        for key in ("a", "s"):
            page.keyboard.press(key)
            expect_pending(page, count - 1)
            expect(page.locator(".admin-said .admin-undo")).to_be_visible()
            page.keyboard.press("u")
            expect_pending(page, count)
            expect(page.locator(ROWS)).to_have_count(count)
        page.keyboard.press("r")
        page.keyboard.press("Enter")
        expect(page.locator("#admin-reject")).to_be_visible()
        page.keyboard.press("Escape")


def approve(page: Page, name: str) -> None:
    page.goto(QUEUE)
    row = page.locator(ROWS, has_text=name)
    for _ in range(page.locator(ROWS).count()):
        page.keyboard.press("j")
        if "comment-current" in (row.get_attribute("class") or ""):
            break
    page.keyboard.press("a")
    expect(row).to_have_count(0)
    expect(page.locator(".admin-said .admin-undo")).to_be_visible()


def comment(product: Product, page: Page, text: str, name: str, email: str) -> str:
    """Comments as a guest without scripts, and confirms the address; returns the URL of *Your comment*."""
    page.fill("#comment-text", text)
    page.select_option("#comment-follow", "at_once")
    if not page.locator("#comment-name").is_enabled():
        page.click(".comment-form-actions button")
    page.fill("#comment-name", name)
    page.fill("#comment-email", email)

    def is_sent() -> bool:
        page.click(".comment-form-actions button >> nth=0")
        if "/comments/thanks/" in page.url:
            return True
        expect(page.locator(".comment-preview")).to_contain_text(text)
        return False

    wait_for(is_sent)
    (confirm,) = [each for each in links_in(product.next_mail(email)) if "/confirm/" in each]
    page.goto(confirm)
    with page.expect_navigation():
        page.click("main form button")
    return page.url


def thread(page: Page, url: str) -> str:
    """Stored pages follow a change within moments."""
    page.goto(url)
    return page.locator("#comments").inner_text()


def expect_counts_to_agree(page: Page, url: str) -> None:
    page.goto(url)
    heading = page.locator("#comments-heading").inner_text()
    shown = page.locator("#comments .comment-head").count()
    assert heading.split()[0] == str(shown)
    assert str(shown) in page.locator(".article-actions a[href='#comments']").inner_text()


def test_a_conversation_from_the_first_comment_to_the_last(
    product: Product, people: People, tmp_path: Path
) -> None:
    imported = wxr.comment(1, "An imported remark", approved="0")
    file = wxr.write(tmp_path, wxr.item(1, "An old harbour", "<p>Ships.</p>", comments=imported))
    product.manage("import_wordpress", str(file))
    moderator = people.enter("moderator").page
    decide_and_undo(moderator)
    place = str(moderator.locator(f"{ROWS} .field-place a").nth(1).get_attribute("href"))
    # With a fragment, browsers would not load the page again.
    article = place.partition("#")[0]
    guest, other = people.enter(scripts=False).page, people.enter(scripts=False).page
    with guests_confirm(people.enter("administrator").page):
        guest.goto(article)
        yours = comment(product, guest, WORDS, "Teo Brandt", TEO)
        guest.fill("#comment-text", EDITED)
        with guest.expect_navigation():
            guest.click("form[action*='/change/'] button")
        approve(moderator, "Teo Brandt")
        other.goto(article)
        other.locator("article.comment", has_text=EDITED).locator(".comment-reply").click()
        comment(product, other, REPLY, "Ana Reis", ANA)
        approve(moderator, "Ana Reis")
    # Confirmed, published, replied to.
    notified = wait_for(
        lambda: [each for each in product.mails(TEO) if REPLY in " ".join(str(each).split())]
    )
    guest.goto(next(each for each in links_in(notified[0]) if re.search(r"/comments/\d+/", each)))
    expect(guest.locator("article.comment:target")).to_contain_text(REPLY)

    other.goto(article)
    other.locator("article.comment", has_text=EDITED).locator(".comment-report").click()
    other.check("[name=reason] >> nth=0")
    other.click("main form button")
    other.click("main a[href^='/comments/']")
    expect(other.locator("article.comment:target")).to_contain_text(EDITED)
    moderator.goto(f"{QUEUE}?queue=reported")
    expect(moderator.locator(ROWS)).to_contain_text([EDITED])

    expect_counts_to_agree(guest, article)
    for undo in (True, False):
        guest.goto(yours)
        guest.click("a[href^='?delete']")
        with guest.expect_navigation():
            guest.click("#delete button")
        wait_for(lambda: EDITED not in thread(other, article))
        expect(other.locator("#comments")).to_contain_text(REPLY)
        expect_counts_to_agree(other, article)
        if undo:
            with guest.expect_navigation():
                guest.click("[name=undo]")
            wait_for(lambda: EDITED in thread(other, article))
