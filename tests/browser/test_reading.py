"""Reading without scripts, with the keyboard, on any screen and on paper."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from articles.editorial.models import Article, Correction, Portrait
from articles.images.library import ingest
from articles.images.models import Image
from articles.pages import saving
from articles.pages.models import Page as StandingPage
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.public import sample_content
from tests.browser.conftest import PHONE, OpenPage

pytestmark = pytest.mark.browser

SMALL = {"width": 320, "height": 640}
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"


@dataclass(frozen=True)
class Paths:
    """The URL of one page of every kind."""

    article: str
    arabic: str
    lists: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return ("/", *self.lists, self.article, self.arabic)


@pytest.fixture
def paths(site: str) -> Paths:
    publication = current_publication()
    publication.name, publication.languages = "Meridian", "en, ar"
    publication.tagline = "Notes on a crowded world"
    publication.about = "We study straits."
    publication.contact_email = "reports@meridian.example"
    publication.save()
    sample_content.sections(3, 3)
    sections = [newsroom.category("Asia-Pacific", introduction="From the Urals to the date line.")]
    newsroom.category("Japan", parent=sections[0])
    picture = _picture("steelblue")
    figure = sample_content.figure(picture, "A quay, <em>early</em>")
    body = (
        f"<p>Words before. {LONG_WORD} <a href='https://elsewhere.example/a'>elsewhere</a></p>"
        f"<h2>A heading</h2>{figure}{figure.replace('<figure', '<figure data-width="wide"')}"
        f"{figure.replace('<figure', '<figure data-width="full"')}<blockquote><p>Said.</p></blockquote>"
        f"<table><caption>Figures</caption><tr>{'<th scope="col">Heading</th>' * 9}</tr>"
        f"<tr>{'<td>123,456</td>' * 9}</tr></table><ul><li>One</li></ul>"
        "<p>A claim.<span data-footnote='And its source'></span></p>"
    )
    author = newsroom.author("Ines Faro")
    Portrait.objects.create(author=author, image=_picture("sienna"))
    article = newsroom.published(
        f"The long way of the {LONG_WORD}",
        body=body,
        lead_image=picture,
        lead_caption="Morning",
        categories=sections,
        authors=[author],
        tags=["shipping"],
    )
    Correction.objects.create(article=article, text="It was Tuesday.")
    sample_content.comments(article, 5)
    sample_content.related(article, list(Article.objects.exclude(pk=article.pk)[:4]))
    arabic = newsroom.published("أسبوع هادئ", language="ar", body="<p>كلمات.</p>", authors=[author])
    saving.save(StandingPage(title="About", path="about", body="<p>Us.</p>", is_published=True))
    year = f"/{article.year}/"
    lists = ("/category/asia-pacific/", "/tag/shipping/", "/author/ines-faro/", year)
    more = (f"{year}{article.month:02}/", "/language/ar/", "/corrections/", "/about/", "/nowhere/")
    return Paths(article.get_absolute_url(), arabic.get_absolute_url(), (*lists, *more))


def _picture(colour: str) -> Image:
    file = newsroom.picture_file(width=1500, height=1000, colour=colour)
    return ingest.ingest(file, by=None, alt_text="Cranes at dusk", credit="Ines Faro")


def wider_than_the_screen(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return width


def test_no_page_is_wider_than_a_small_phone_even_with_large_text(
    open_page: OpenPage, paths: Paths
) -> None:
    page = open_page("/", size=SMALL)
    for path in paths.all:
        page.goto(path)
        assert wider_than_the_screen(page) <= 0, path
    page = open_page("/", size={"width": 640, "height": 900})
    for path in paths.all:
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert wider_than_the_screen(page) <= 0, f"{path} in large text"


def test_without_scripts_a_reader_gets_from_the_front_page_to_the_thread(
    open_page: OpenPage, paths: Paths
) -> None:
    page = open_page("/", scripts=False, size=PHONE)
    page.click(".sections-menu > summary")
    page.click(".menu-panel >> text=Asia-Pacific")
    page.click("h2 >> text=The long way")
    assert page.url.endswith(paths.article)
    page.click(".article-actions a[href='#comments']")
    assert page.url.endswith("#comments")
    assert page.locator("#comments").is_visible()
    page.click("text=Back to top")
    page.click("header .search-link")
    page.fill("#search-query", "quay")
    page.press("#search-query", "Enter")
    assert "/search/?q=quay" in page.url


def test_the_tab_order_follows_the_visual_order(open_page: OpenPage, paths: Paths) -> None:
    page = open_page(paths.article)
    focused = []
    for _ in range(20):
        page.keyboard.press("Tab")
        focused.append(
            page.evaluate("document.activeElement.innerText || document.activeElement.name")
        )
    assert focused[0] == "Skip to content"
    order = ["Meridian", "Subscribe", "Asia-Pacific", "More", "Ines Faro"]
    places = [next(place for place, text in enumerate(focused) if text == word) for word in order]
    assert places == sorted(places)
    page.goto(paths.article)
    page.keyboard.press("Tab")
    assert page.locator(".skip").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_touch_targets_on_a_phone_are_large_enough(open_page: OpenPage, paths: Paths) -> None:
    page = open_page("/", size=PHONE)
    for path in ("/", paths.article, "/category/asia-pacific/"):
        page.goto(path)
        page.click(".sections-menu > summary")
        small = page.evaluate(
            "[...document.querySelectorAll('header.masthead a, header.masthead button, summary,"
            " header.masthead input, .footer-contact a,"
            " .tag-list a, .pages a, .crumbs a')]"
            ".filter(each => each.getClientRects().length && each.getBoundingClientRect().height < 44)"
            ".map(each => each.outerHTML)"
        )
        assert small == [], path


def test_reading_sets_no_cookie(open_page: OpenPage, paths: Paths) -> None:
    page = open_page("/")
    for path in (*paths.all, "/search/?q=quay"):
        with page.expect_response(lambda response: "/accounts/state/" in response.url):
            page.goto(path)
    assert page.context.cookies() == []
