"""Readers of three languages: everything that one of them is led to is in their language."""

from email.message import EmailMessage

import pytest
from lxml.html import HtmlElement, document_fromstring
from playwright.sync_api import Page, expect

from tests.journeys.product import PHONE, People, Product, get, links_in, wait_for
from tests.journeys.test_conversation import comment, guests_confirm
from tests.proofs.size import PATIENCE

FRONTS = {"en": "/", "fr": "/language/fr/", "ar": "/language/ar/"}
OLA = "ola.{}@journeys.example"
WORDS = {"en": "I was there.", "fr": "J’y étais.", "ar": "كنت هناك."}
STATIC = {
    "en": ["/about/", "/contact/", "/privacy/"],
    "fr": ["/a-propos/", "/nous-ecrire/", "/confidentialite/"],
    "ar": ["/an-al-maahad/", "/ittasilu-bina/", "/al-khususiya/"],
}
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def fetch(page: Page, path: str) -> HtmlElement | None:
    """The page at a path; None if it is no page, such as a feed."""
    response = get(page, path)
    assert response.ok, path
    is_page = response.headers["content-type"].startswith("text/html")
    return document_fromstring(response.text()) if is_page else None


def articles_in(document: HtmlElement) -> set[str]:
    return set(document.xpath("//main//*[contains(@class, 'card-headline')]/a/@href"))


def follow_menus(page: Page, code: str) -> set[str]:
    """Follows each link of menu and footer; returns the articles that they list."""
    front = fetch(page, FRONTS[code])
    assert front is not None
    listed = articles_in(front)
    links = front.xpath("//nav[contains(@class, 'menu-columns')]//a | //footer//a")
    for link in {each.get("href"): each for each in links}.values():
        path = link.get("href")
        if not path.startswith("/"):
            continue
        document = fetch(page, path)
        if document is None:
            assert path.startswith(f"{FRONTS[code]}feed/")
            continue
        language = link.get("hreflang", code)
        assert document.get("lang") == language, path
        if language == code:
            listed |= articles_in(document)
    assert set(STATIC[code]) <= {link.get("href") for link in links}
    return listed


def follow_archive(page: Page, code: str) -> set[str]:
    archive = fetch(page, f"{FRONTS[code]}archive/")
    assert archive is not None
    listed = set()
    for path in archive.xpath("//main//section//li/a/@href"):
        assert path.startswith(FRONTS[code])
        month = fetch(page, path)
        assert month is not None
        listed |= articles_in(month)
    return listed


def expect_in(page: Page, code: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if code == "ar" else "ltr")


def language_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(document_fromstring(body.get_content()).get("lang"))


def sign_up(page: Page, code: str) -> None:
    """From the header of an article, on a phone."""
    page.locator("header .masthead-tools a.button").first.click()
    expect_in(page, code)
    expect(page.locator("[name=language]:checked")).to_have_value(code)
    page.fill("#newsletter-email", OLA.format(code))
    page.click("main .field-row button")
    page.wait_for_url("**/newsletter/check-your-inbox/**")
    expect_in(page, code)


def confirm(product: Product, page: Page, code: str) -> None:
    """The worker may still be busy with the images of the demo."""
    email = OLA.format(code)
    confirmation = wait_for(lambda: product.mails(email), 3 * PATIENCE)[0]
    (link,) = [each for each in links_in(confirmation) if "/newsletter/confirm/" in each]
    page.goto(link)
    expect_in(page, code)
    page.click("main form button")
    expect(page.locator("main form")).to_have_count(0)
    expect_in(page, code)
    assert [language_of(each) for each in (confirmation, product.next_mail(email, 1))] == [code] * 2
    assert page.context.cookies() == []


@pytest.mark.journey
def test_readers_of_three_languages_read_subscribe_and_comment(
    product: Product, people: People
) -> None:
    pages = {code: people.enter(scripts=False, size=PHONE).page for code in FRONTS}
    listed = {code: follow_menus(page, code) for code, page in pages.items()}
    for code, page in pages.items():
        listed[code] |= follow_archive(page, code)
    articles = {}
    for code, page in pages.items():
        others = set().union(*(listed[other] for other in FRONTS if other != code))
        assert not listed[code] & others
        articles[code] = min(listed[code])
        page.goto(articles[code])
        expect_in(page, code)
        assert not page.evaluate(SIDEWAYS)
        assert page.evaluate("getComputedStyle(document.body).direction") == (
            "rtl" if code == "ar" else "ltr"
        )
        sign_up(page, code)
    for code, page in pages.items():
        confirm(product, page, code)
    with guests_confirm(people.enter("administrator").page):
        for code, page in pages.items():
            email = f"teo.{code}@journeys.example"
            page.goto(articles[code])
            comment(product, page, WORDS[code], "Teo Brandt", email)
            expect_in(page, code)
            assert language_of(product.mails(email)[0]) == code
