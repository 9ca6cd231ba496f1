"""An editor writes and publishes an article in the admin."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Dialog, Page, expect

from accounts.models import User
from articles.editorial.models import Article
from articles.images.models import Image
from iria.publication.models import Publication
from tests import newsroom
from tests.browser.article_form import add_choice, open_tab, publish
from tests.browser.conftest import OpenPage
from tests.browser.text_editor import EDITOR, pick
from tests.shared import shared_data

pytestmark = pytest.mark.browser

ADD = "/admin/articles/article/add/"


@dataclass(frozen=True)
class Seed:
    """A real article that the CMS must support, with the order of its parts."""

    headline: str
    categories: list[str]
    before_picture: list[str]
    after_picture: list[str]


def seed() -> Seed:
    lines = shared_data("seed", "article-page.txt").read_text().splitlines()
    lines = [line for line in lines if line.strip()]
    headline = lines[0]
    categories = lines[2].partition(" No Comments on ")[0].split(", ")
    text = lines[3 : lines.index("Related Articles")]
    (picture,) = [at for at, line in enumerate(text) if "(Image Credit:" in line]
    return Seed(headline, categories, text[:picture], text[picture + 1 :])


def type_paragraphs(page: Page, paragraphs: list[str]) -> None:
    for paragraph in paragraphs:
        page.keyboard.insert_text(paragraph)
        page.keyboard.press("Enter")


def upload_in_dialog(page: Page, file: str) -> None:
    pick(page, "insert", "picture")
    page.set_input_files(".image-dialog input[name=pictures]", file)
    expect(page.locator(".image-dialog .image-use")).to_be_enabled(timeout=30_000)
    page.click(".image-dialog .image-use")


def order_of(page: Page, selectors: dict[str, str]) -> list[str]:
    """The names of the parts, in their order on the page."""
    places = page.evaluate(
        """selectors => {
            const all = [...document.querySelectorAll('*')];
            return Object.fromEntries(Object.entries(selectors).map(
                ([name, selector]) => [name, all.indexOf(document.querySelector(selector))]));
        }""",
        selectors,
    )
    missing = [name for name, place in places.items() if place == -1]
    assert missing == [], f"not on the page: {missing}"
    return sorted(places, key=lambda name: places[name])


PARTS = {
    "section": ".article-head .kicker a",
    "headline": "h1",
    "standfirst": ".article-head .standfirst",
    "byline": ".article-facts a[href^='/author/']",
    "date": ".article-facts time",
    "link to the thread": ".article-facts a[href='#comments']",
    "text": ".article-text p",
    "figure": ".article-text figure img",
    "caption": ".article-text figcaption",
    "credit": ".article-text figcaption .credit",
    "categories": ".article-sections a",
    "tags": "a[rel=tag]",
    "related articles": ".related a",
    "thread": "#comments",
    "leave a comment": "#leave-a-comment",
    "what the institute does": "footer .footer-about",
    "address for reports": "footer a[href^='mailto:']",
    "subscribe": "footer a[href='/newsletter/']",
    "copyright": "footer .footer-rights",
    "back to top": "footer a[href='#top']",
}


def test_a_real_article_is_entered_published_and_shown_in_order(
    open_admin: OpenPage, edna: User, jobs: Callable[[], None]
) -> None:
    article = seed()
    photograph = shared_data("photo-metadata", "mei", "Issue_600_(1).jpg")
    Publication(
        name="Meridian",
        about="We look into what others pass by.",
        contact_email="reports@meridian.example",
        first_year=2014,
    ).save()
    sections = {name: newsroom.category(name) for name in [*article.categories, "Elsewhere"]}
    author = newsroom.author("Ines Faro")
    for number in range(3):
        newsroom.published(
            f"{article.headline}, part {number}",
            body=f"<p>{article.before_picture[number]}</p>",
            categories=[sections[article.categories[0]]],
            tags=["dialogue"],
        )

    page = open_admin(edna, ADD)
    page.fill("#id_headline", article.headline)
    page.fill("#id_standfirst", "Two neighbours talk again.")
    page.click(EDITOR)
    type_paragraphs(page, article.before_picture)
    upload_in_dialog(page, str(photograph))
    picture = Image.objects.get()
    figure = page.locator(".admin-figure")
    assert figure.locator("figcaption").inner_text() == " ".join(picture.caption.split())
    assert picture.caption
    assert picture.credit
    expect(figure.get_by_label("Credit")).to_have_value(picture.credit)
    figure.get_by_label("Alt text").fill("Jupiter, with dark spots where the pieces fell")
    page.locator(f"{EDITOR} > p").last.click()
    type_paragraphs(page, article.after_picture)
    open_tab(page, "Details")
    add_choice(page, "chosen_categories", *article.categories)
    add_choice(page, "signed_by", author.name)
    add_choice(page, "tags", "dialogue", "security")
    publish(page)
    expect(page.locator(".messagelist")).to_contain_text("Published")
    jobs()
    page.click(".messagelist a")

    published = Article.objects.get(headline=article.headline)
    assert page.url.endswith(published.get_absolute_url())
    assert order_of(page, PARTS) == list(PARTS)
    assert page.locator(".article-head .kicker a").inner_text() == article.categories[0]
    assert page.locator(".article-sections a").all_inner_texts() == article.categories
    assert page.locator(".article-facts a[href='#comments']").inner_text().strip() == "Comment"
    shown = page.locator(".article-text > *").evaluate_all(
        "all => all.map(element => element.tagName === 'FIGURE' ? 'figure' : element.innerText)"
    )
    assert shown == [*article.before_picture, "figure", *article.after_picture]
    caption = page.locator(".article-text figcaption").inner_text()
    assert caption == f"{' '.join(picture.caption.split())} (Image Credit: {picture.credit})"
    image = page.locator(".article-text figure img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("img => img.naturalWidth") > 0
    assert re.search(r"© 2014–20\d\d", page.locator(".footer-rights").inner_text())
    assert page.locator("footer a[href='#top']").inner_text() == "Back to top"


def test_without_scripts_the_text_is_html_and_everything_else_works(
    open_admin: OpenPage, edna: User
) -> None:
    newsroom.category("News")
    second = newsroom.category("Security")
    page = open_admin(edna, ADD, scripts=False)
    page.fill("#id_headline", "Written by hand")
    page.fill("#id_body", "<p>One <strong>word</strong>.</p>")
    page.locator("#id_chosen_categories select").nth(0).select_option(label="Security")
    page.locator("#id_chosen_categories select").nth(1).select_option(label="News")
    page.click("[name=_publish]")
    assert "Published" in page.locator(".messagelist").inner_text()
    article = Article.objects.published().get()
    assert article.body == "<p>One <strong>word</strong>.</p>"
    assert article.article_categories.get(position=0).category == second


def test_the_lead_image_fills_an_empty_caption_only(open_admin: OpenPage, edna: User) -> None:
    newsroom.picture(caption="Cranes & ships at rest", headline="First")
    page = open_admin(edna, ADD)
    page.click(".field-lead_image .image-widget-choose")
    page.click(".image-dialog [data-picture]")
    page.click(".image-dialog .image-use")
    caption = page.locator(".admin-editor-caption .ProseMirror")
    expect(caption).to_have_text("Cranes & ships at rest")
    caption.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("Our own words")
    page.click(".field-lead_image .image-widget-choose")
    page.click(".image-dialog [data-picture]")
    page.click(".image-dialog .image-use")
    expect(caption).to_have_text("Our own words")


def test_double_clicking_save_makes_one_article(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, ADD)
    page.fill("#id_headline", "Clicked twice")
    page.evaluate(
        """() => {
            const button = document.querySelector('[name=_continue]');
            button.click();
            button.click();
        }"""
    )
    expect(page.locator(".messagelist")).to_be_visible()
    assert Article.objects.count() == 1


def test_leaving_the_page_with_unsaved_text_asks_for_confirmation(
    open_admin: OpenPage, edna: User
) -> None:
    page = open_admin(edna, ADD)
    page.fill("#id_headline", "Not saved yet")
    dialogs: list[str] = []

    def stay(dialog: Dialog) -> None:
        dialogs.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.click("#site-name a")
    page.wait_for_timeout(300)
    assert dialogs == ["beforeunload"]
    assert page.input_value("#id_headline") == "Not saved yet"
