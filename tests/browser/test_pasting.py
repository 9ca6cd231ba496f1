"""Pasting text from other programs into the editor."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.body.sanitiser import clean
from tests.browser.conftest import OpenPage, wait_until
from tests.browser.text_editor import EDITOR, paste, text_of

pytestmark = pytest.mark.browser

ADD = "/admin/articles/article/add/"
SAMPLES = Path(__file__).parent / "clipboard"
SAID = ".admin-editor-message [role=status]"

HARBOUR = [
    "<h2>The harbour in winter</h2>",
    (
        "<p>The ferries <strong>ran on time</strong>, said <em>The Quay</em>, and nobody waited"
        '<span data-footnote="Counted on 12 November."></span>. More is '
        '<a href="https://example.org/ports?page=2">in the report</a>.</p>'
    ),
    "<h2>Ports</h2>",
    "<ul><li>Aden<ul><li>Inner harbour</li></ul></li><li>Hodeidah</li></ul>",
    "<ol><li>Wait</li><li>See</li></ol>",
    (
        "<table><thead><tr><th>Port</th><th>Calls</th></tr></thead>"
        "<tbody><tr><td>Aden</td><td>12</td></tr></tbody></table>"
    ),
    ('<p>The area is 3 km<sup>2</sup><span data-footnote="Without the breakwater."></span>.</p>'),
]
"""The document of all samples, as it is stored."""


@pytest.fixture
def page(open_admin: OpenPage, edna: User) -> Page:
    """A new article with the cursor in its text."""
    page = open_admin(edna, ADD)
    page.click(EDITOR)
    return page


@pytest.mark.parametrize("sample", ["word", "libreoffice", "google-docs", "web-page"])
def test_a_document_keeps_its_structure_and_nothing_else(page: Page, sample: str) -> None:
    paste(page, (SAMPLES / f"{sample}.html").read_text())
    pasted = text_of(page)
    assert clean(pasted).replace(' scope="col"', "").split("\n") == HARBOUR
    assert "<p></p>" not in pasted
    assert "style" not in pasted
    # The image is fetched, or named in its place.
    expect(page.locator(f"{EDITOR} .image-progress")).to_have_count(1)


def test_lists_of_word_keep_their_levels_and_numbers(page: Page) -> None:
    item = "<p style='mso-list:l{} level{} lfo1'><span style='mso-list:Ignore'>{}</span>{}</p>"
    paste(
        page,
        item.format(1, 1, "3.", "Third")
        + item.format(1, 2, "a)", "Inner")
        + item.format(1, 3, "§", "Innermost")
        + item.format(1, 1, "4.", "Fourth")
        + item.format(2, 1, "·", "Other")
        + "<p>Text</p>"
        + item.format(2, 1, "·", "Last"),
    )
    assert clean(text_of(page)).split("\n") == [
        (
            '<ol start="3"><li>Third<ol><li>Inner<ul><li>Innermost</li></ul></li></ol></li>'
            "<li>Fourth</li></ol>"
        ),
        "<ul><li>Other</li></ul>",
        "<p>Text</p>",
        "<ul><li>Last</li></ul>",
    ]


def test_formatting_of_word_is_that_of_the_letters_shown(page: Page) -> None:
    bold = "<b style='mso-bidi-font-weight:normal'>{}</b>"
    paste(
        page,
        f"<p>{bold.format('Bold')} <i style='mso-bidi-font-style:normal'>italic</i>"
        "<span style='mso-bidi-font-weight:bold'> plain</span></p>"
        f"<table><tr><td><p>&nbsp;</p></td><td><p>{bold.format('Calls')}</p></td></tr>"
        "<tr><td><p>Aden</p></td><td><p>12</p></td></tr></table>",
    )
    text = text_of(page)
    assert "<p><strong>Bold</strong> <em>italic</em> plain</p>" in text
    assert text.count("<th") == 2


def test_footnotes_of_word_without_boxes_are_placed_at_their_marks(page: Page) -> None:
    paste(
        page,
        '<div class=WordSection1><p>Ships<a href="#_ftn1" name="_ftnref1" title="">[1]</a> wait.</p>'
        '<hr><p><a href="#_ftnref1" name="_ftn1" title="">[1]</a> Counted twice.</p></div>',
    )
    assert text_of(page) == '<p>Ships<span data-footnote="Counted twice."></span> wait.</p>'


def test_typed_markdown_becomes_a_link_or_a_list(page: Page) -> None:
    page.keyboard.type("See [the report](https://example.org/ports) now")
    page.keyboard.press("Enter")
    page.keyboard.type("1. One")
    assert text_of(page) == (
        '<p>See <a href="https://example.org/ports">the report</a> now</p>'
        "<ol><li><p>One</p></li></ol>"
    )


def test_pasted_links_are_cleaned_and_unsafe_ones_removed(page: Page) -> None:
    outlook = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa"
    for copied, kept in (
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///C:/temp/x.html", None),
        ("https://example.org/a?id=1&utm_medium=x&fbclid=y", "https://example.org/a?id=1"),
        ("https://example.org/?utm_id=1#part", "https://example.org/#part"),
        (outlook, "https://example.org/a"),
        ("https://l.facebook.com/l.php?u=javascript%3Aalert(1)", "https://l.facebook.com/l.php?u="),
        ("mailto:ines@meridian.example", "mailto:ines@meridian.example"),
        ("/about/", "/about/"),
    ):
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        paste(page, f'<p>See <a href="{copied.replace("&", "&amp;")}">this</a></p>')
        text = text_of(page)
        assert ("href" in text) == bool(kept), copied
        assert (f'href="{kept}' if kept else "See this") in text.replace("&amp;", "&")


def test_two_line_breaks_become_paragraphs(page: Page) -> None:
    paste(page, "<div>One<br>two<br><br><br>Three</div><div><br></div><div>Four</div>")
    assert text_of(page) == "<p>One<br>two</p><p>Three</p><p>Four</p>"


def test_text_copied_in_the_editor_is_pasted_as_it_was(page: Page) -> None:
    body = (
        '<aside data-callout=""><p>Nine ports</p></aside>'
        '<p>Said.<span data-footnote="By Ines."></span></p>'
        '<figure data-embed="https://vimeo.com/7"><figcaption>A film</figcaption></figure>'
    )
    paste(page, body)
    assert text_of(page) == body
    page.keyboard.press("Control+a")
    copied = page.evaluate(
        """selector => {
            const data = new DataTransfer();
            document.querySelector(selector).dispatchEvent(
                new ClipboardEvent('copy', {clipboardData: data, bubbles: true, cancelable: true}));
            return data.getData('text/html');
        }""",
        EDITOR,
    )
    page.keyboard.press("Delete")
    paste(page, copied)
    assert text_of(page) == body


def test_images_in_pasted_text_are_offered_to_a_listener(page: Page) -> None:
    page.evaluate(
        """document.addEventListener('iria:paste-images', (event) => {
            event.preventDefault();
            window.offered = event.detail.images;
        })"""
    )
    paste(
        page,
        "<figure><img src='https://example.org/quay.jpg' alt='A quay'>"
        "<figcaption>At dusk</figcaption></figure>"
        "<p>Text <img src='https://s.w.org/smile.svg' alt='🙂'></p>",
    )
    wait_until(page, "window.offered")
    assert page.evaluate("window.offered") == [
        {"src": "https://example.org/quay.jpg", "alt": "A quay", "caption": "At dusk"}
    ]
    expect(page.locator(SAID)).to_have_count(0)
    assert text_of(page) == "<p>At dusk</p><p>Text 🙂</p>"


def test_five_megabytes_are_refused_at_once_and_the_text_stays(page: Page) -> None:
    page.keyboard.type("Kept")
    text = "The ferries ran.\n\n" * 300_000
    for html in ("<p>The ferries ran.</p>" * 220_000, ""):
        assert paste(page, html, text) < 1_000
        expect(page.locator(SAID)).to_contain_text(f"{len(text):,}")
        assert text_of(page) == "<p>Kept</p>"
    page.locator(".admin-editor-message button").click()
    expect(page.locator(SAID)).to_be_hidden()
    page.keyboard.type(" on")
    assert text_of(page) == "<p>Kept on</p>"


def test_five_megabytes_of_markup_around_a_short_text_are_left_out(page: Page) -> None:
    html = "<p>" + "<span class='a-long-name-that-says-nothing-at-all'>word</span> " * 90_000
    assert len(html) > 5_000_000
    assert paste(page, html, "word\n\nand word") < 2_000
    assert text_of(page) == "<p>word</p><p>and word</p>"
    expect(page.locator(SAID)).not_to_be_empty()


def test_styles_and_embedded_images_do_not_count_as_text(page: Page) -> None:
    html = (
        f"<style>{'p.a {color: red} ' * 100_000}</style><!--{'x' * 1_000_000}-->"
        f"<p>The <b>ferries</b><img src='data:image/png;base64,{'A' * 2_500_000}' alt='A quay'></p>"
    )
    paste(page, html, "The ferries")
    assert text_of(page) == "<p>The <strong>ferries</strong></p>"
    # The image is fetched, or named in its place.
    expect(page.locator(f"{EDITOR} .image-progress")).to_have_count(1)


def test_the_longest_text_that_fits_is_pasted_within_seconds(page: Page) -> None:
    text = "The ferries ran on time. " * 20 + "\n\n"
    assert paste(page, "", text * (900_000 // len(text))) < 20_000
    assert len(text_of(page)) > 900_000


def test_what_no_longer_fits_is_refused(page: Page) -> None:
    page.evaluate("document.querySelector('#id_body').dataset.longest = 40")
    paste(page, "", "The ferries ran on time.")
    paste(page, "", "The ferries ran on time.")
    assert text_of(page) == "<p>The ferries ran on time.</p>"
    expect(page.locator(SAID)).to_contain_text("24")


def test_a_pasted_url_links_the_selected_words_at_once(page: Page) -> None:
    page.keyboard.type("in the report")
    page.keyboard.press("Shift+Control+ArrowLeft")
    expect(page.locator(".admin-bubble")).to_be_visible()
    paste(page, "", "https://example.org/ports")
    assert text_of(page) == '<p>in the <a href="https://example.org/ports">report</a></p>'
