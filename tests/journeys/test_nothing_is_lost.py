"""Every word that a form ever showed as saved is in a version, whatever happens to tabs, people and processes."""

import os
import re
import signal

import pytest
from playwright.sync_api import Error, Page, expect

from tests.journeys.product import People, Product, Visitor, get, wait_for
from tests.proofs.clone import children_of

TEXT = ".admin-editor-body .ProseMirror"
NOTICE = "[data-save-notice]"
SHOWN = "[data-save-shown]"
SAVED = re.compile(r"^Saved")
COMPARE, KEEP, TAKE = range(3)
"""The buttons of a conflict."""


class Article:
    """An article, and the words that its forms have shown as saved."""

    def __init__(self, page: Page) -> None:
        page.goto("/admin/articles/article/add/")
        self.words: list[str] = []
        self.write(page, "firstdraft")
        page.wait_for_url("**/change/")
        self.url = page.url

    def write(self, page: Page, word: str) -> int:
        """Adds a word at the end of the text; returns the status of the answer to its save."""
        with page.expect_response("**/autosave/") as answer:
            self.type(page, word)
        if answer.value.ok:
            expect(page.locator(SHOWN)).to_have_text(SAVED)
            self.words.append(word)
        return answer.value.status

    def keep(self, page: Page, word: str) -> None:
        """Decides a conflict for what was written here; the form then shows what is saved."""
        page.locator(f"{NOTICE} button").nth(KEEP).click()
        expect(page.locator(NOTICE)).to_be_hidden()
        expect(page.locator(TEXT)).to_contain_text(word)
        self.words.append(word)

    def type(self, page: Page, word: str) -> None:
        page.locator(TEXT).click()
        page.keyboard.press("Control+End")
        page.keyboard.type(f" {word}")

    def lost(self, visitor: Visitor) -> list[str]:
        """The words that are in no version."""
        history = get(visitor.page, self.url.replace("/change/", "/history/")).text()
        versions = set(re.findall(r'href="([^"]*/versions/\d+/)"', history))
        assert versions
        texts = " ".join(get(visitor.page, each).text() for each in versions)
        return [each for each in self.words if each not in texts]


@pytest.mark.journey
def test_words_shown_as_saved_are_in_a_version(people: People) -> None:
    edna, erik = people.enter("editor"), people.enter("second editor")
    page = edna.page
    article = Article(page)
    week_old = edna.tab(article.url)

    # Two tabs of one editor.
    other = edna.tab(article.url)
    assert article.write(other, "secondtab") == 200
    assert article.write(page, "firsttab") == 409
    expect(page.locator(f"{NOTICE} button").first).to_be_in_viewport()
    page.locator(f"{NOTICE} button").nth(COMPARE).click()
    article.keep(page, "firsttab")
    assert article.write(other, "latetab") == 409
    other.locator(f"{NOTICE} button").nth(TAKE).click()
    expect(other.locator(TEXT)).to_contain_text("firsttab")
    assert article.write(other, "afterwards") == 200

    # Two editors.
    erik.page.goto(article.url)
    assert article.write(erik.page, "byerik") == 200
    assert article.write(other, "byedna") == 409
    article.keep(other, "byedna")
    assert article.lost(edna) == []

    # A tab whose process ends keeps what was not sent, and offers it.
    crashing = edna.tab(article.url)
    assert article.write(crashing, "beforecrash") == 200
    crashing.route("**/autosave/", lambda route: route.abort())
    article.type(crashing, "unsentwords")
    expect(crashing.locator("[data-save-state].admin-lacks")).to_be_visible()
    with pytest.raises(Error):
        crashing.goto("chrome://crash")
    again = edna.tab(article.url)
    again.locator(f"{NOTICE} button").first.click()
    article.keep(again, "unsentwords")

    # A tab that was open for a week: the session has ended, and the article has changed.
    cookies = edna.context.cookies()
    edna.context.clear_cookies()
    article.type(week_old, "weekold")
    expect(week_old.locator(NOTICE)).to_be_visible()
    assert "weekold" in week_old.locator(TEXT).inner_text()
    edna.context.add_cookies(cookies)  # type: ignore[arg-type]
    article.keep(week_old, "weekold")
    assert article.lost(edna) == []
    assert {"firsttab", "secondtab", "byerik", "unsentwords", "weekold"} <= {*article.words}


@pytest.mark.proof
def test_killed_web_processes_lose_no_saved_word(product: Product, people: People) -> None:
    edna = people.enter("administrator")
    article = Article(edna.page)
    for number in range(5):
        with edna.page.expect_response(lambda each: "/autosave/" in each.url and each.ok):
            article.type(edna.page, f"word{number}")
            for each in children_of(product.site.pids()["web server"]):
                os.kill(each, signal.SIGKILL)
        shown = edna.page.locator(SHOWN)
        expect(shown).to_have_text(SAVED)
        article.words.append(f"word{number}")
        wait_for(lambda: article.lost(edna) == [])
