"""Pages for readers without scripts: front page, series, right-to-left text and printing."""

from collections.abc import Callable
from io import BytesIO

import pytest
from playwright.sync_api import Page, Route, expect
from pypdf import PdfReader

from accounts.models import User
from articles.editorial import translations
from articles.editorial.models import Article, Portrait
from articles.images.library import ingest
from articles.images.models import Image
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.public import sample_content
from tests.browser.conftest import PHONE, OpenPage, sign_in, wait_until

pytestmark = pytest.mark.browser

ARABIC_TABLE = (
    "<table><thead><tr><th>السنة</th><th>المحطة</th><th>المنسوب الأعلى</th><th>المنسوب الأدنى</th>"
    "<th>الفارق</th><th>متوسط عشر سنوات</th><th>المنسوب المتوقع</th></tr></thead><tbody><tr><td>2025</td><td>الموصل</td><td>123,456</td>"
    "<td>98,765</td><td>24,691</td><td>110,204</td><td>101,330</td></tr></tbody></table>"
)


def picture(credit: str, colour: str = "steelblue") -> Image:
    file = newsroom.picture_file(width=1200, height=800, colour=colour)
    return ingest.ingest(file, by=None, alt_text="Cranes at dusk", credit=credit)


def set_languages(*codes: str) -> None:
    publication = current_publication()
    publication.name, publication.languages = "Meridian", ", ".join(codes)
    publication.save()


def test_an_editor_arranges_the_front_page_and_readers_see_it(
    open_admin: Callable[..., Page], open_page: OpenPage, edna: User
) -> None:
    section = newsroom.category("Straits")
    for number in range(7):
        moment = sample_content.FIRST_DAY.replace(hour=number)
        newsroom.published(f"Ferry {number}", at=moment, categories=[section])
    page = open_admin(edna, "/admin/articles/placement/", scripts=False)
    (lead, *_seconds) = page.locator(".composer-slot .composer-headline").all_inner_texts()
    assert lead == "Ferry 6"
    slots = page.locator(".composer-part").first.locator(".composer-slot")
    for slot, chosen in ((slots.nth(0), "Ferry 0"), (slots.nth(2), "/2026/03/ferry-1/")):
        slot.locator("summary").click()
        slot.locator(".vTextField").first.fill(chosen)
    slots.nth(2).locator("[type=datetime-local]").fill("2199-01-01T12:00")
    page.locator(".composer-bar .default").click()
    expect(page.locator(".messagelist")).to_contain_text("Page saved")
    expect(slots.first).to_contain_text("placed by Edna Okafor")
    reader = open_page("/", scripts=False)
    expect(reader.locator(".card-lead h2")).to_have_text("Ferry 0")
    seconds = reader.locator(".front-seconds h2").all_inner_texts()
    assert seconds == ["Ferry 6", "Ferry 1", "Ferry 5", "Ferry 4"]
    shown = reader.locator(".card-headline").all_inner_texts()
    assert len(shown) == len(set(shown)) == 7


def test_a_right_to_left_article_fits_a_phone(open_page: OpenPage) -> None:
    set_languages("en", "fr", "ar")
    headings = "".join(f"<h2>الفصل {n}</h2><p>{'ماء النهر قليل. ' * 120}</p>" for n in range(3))
    figure = sample_content.figure(picture("Nell Sandoval"), "نهر")
    note = "<p>جملة.<span data-footnote='المصدر'></span></p>"
    article = newsroom.published(
        "حين ينحسر النهر", language="ar", body=headings + figure + ARABIC_TABLE * 2 + note
    )
    french = newsroom.published("Quand le fleuve baisse", language="fr")
    translations.link(article, french)
    page = open_page(article.get_absolute_url(), scripts=False, size=PHONE)
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator(".contents summary").click()
    right = "each => Math.round(innerWidth - each.getBoundingClientRect().right)"
    edges = [page.locator(name).first.evaluate(right) for name in ("h1", ".prose p", ".contents a")]
    assert len(set(edges)) == 1, edges
    assert edges[0] <= 40
    page.locator(".contents a").nth(1).click()
    assert page.locator("h2", has_text="الفصل 1").evaluate("e => e.matches(':target')")
    page.locator(".note-mark a").click()
    page.locator("[role=doc-backlink]").click()
    assert page.evaluate("document.querySelector(':target').closest('.note-mark') !== null")
    table = page.get_by_role("region", name="جدول 2")
    table.focus()
    assert table.evaluate("e => e.scrollWidth > e.clientWidth")
    assert (
        page.locator(".table-scroll").first.evaluate("e => getComputedStyle(e).direction") == "rtl"
    )
    page.get_by_role("link", name="Français").last.click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("link", name="Aller au contenu")).to_have_count(1)


def paper_article() -> tuple[Article, list[str]]:
    """An article with a credit everywhere one is possible, and these credits."""
    author = newsroom.author("Ines Faro")
    author.biography = "She counts ships."
    author.save()
    Portrait.objects.create(author=author, image=picture("Portrait by Ottilie Kern", "sienna"))
    body = (
        '<p>Before <a href="https://elsewhere.example/a?b=c">elsewhere</a> and '
        '<a href="/2026/01/here/">here</a>.</p>'
    )
    widths = {"normal": "teal", "wide": "gray", "full": "navy"}
    for width, colour in widths.items():
        image = picture(f"Harbour {width}/via Nell Sandoval", colour)
        marked = f'<figure data-width="{width}" data-image'
        body += sample_content.figure(image, "A quay").replace("<figure data-image", marked)
    lead = picture("Ada Lund/Meridian Maps")
    article = newsroom.published(
        "On paper", body=body, lead_image=lead, lead_caption="Dawn", authors=[author]
    )
    inside = [f"Harbour {width}/via Nell Sandoval" for width in widths]
    return article, ["Ada Lund/Meridian Maps", *inside, "Portrait by Ottilie Kern"]


def test_a_printed_page_has_every_credit_and_the_url_of_every_link(open_page: OpenPage) -> None:
    article, credits = paper_article()
    sample_content.related(article, [newsroom.published("Not on paper")])
    page = open_page(article.get_absolute_url(), scripts=False)
    pdf = PdfReader(BytesIO(page.pdf(format="A4")))
    # Line breaks depend on the printer.
    text = "".join("".join(sheet.extract_text().split()) for sheet in pdf.pages)
    *beside_image, portrait = credits
    for credit in beside_image:
        assert "".join(f"(Image Credit: {credit})".split()) in text, credit
    # Named at the foot, as on the screen.
    assert "".join(f"{portrait}: portrait of Ines Faro".split()) in text
    own = article.get_absolute_url()
    for url in ("https://elsewhere.example/a?b=c", "/2026/01/here/", own):
        assert url in text, url
    assert "elsewhere[1]" in text
    assert "Shecountsships." in text
    for gone in ("Notonpaper", "Skiptothecontent", "Leaveacomment", "Subscribe"):
        assert gone not in text, gone


FOCUS = """() => {
  const here = document.activeElement, seen = [here, here.closest('.card')].filter(Boolean);
  const ring = each => { const s = getComputedStyle(each);
    return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; };
  return { name: here.outerHTML.slice(0, 90), ring: seen.some(ring), body: here === document.body };
}"""


MOVING = """[...document.querySelectorAll('a, button, input')].filter(
  each => parseFloat(getComputedStyle(each).transitionDuration) > 0).length"""


def test_the_focus_is_kept_when_a_name_replaces_the_sign_in_link(
    open_page: OpenPage, ola: User
) -> None:
    requests: list[Route] = []
    page = open_page("/robots.txt")
    page.route("**/accounts/state/**", lambda route: requests.append(route))
    page.goto("/")
    page.get_by_role("link", name="Sign in").focus()
    wait_until(page, lambda: requests)
    sign_in(page, ola)
    requests.pop().continue_()
    expect(page.locator(".masthead-tools .person-menu > summary")).to_be_focused()


@pytest.mark.parametrize("forced", ["none", "active"])
def test_the_keyboard_focus_is_always_visible(open_page: OpenPage, forced: str) -> None:
    article, _credits = paper_article()
    sample_content.comments(article, 2)
    page = open_page(article.get_absolute_url(), forced_colors=forced, reduced_motion="reduce")
    unseen, visited = [], 0
    for _step in range(60):
        page.keyboard.press("Tab")
        place = page.evaluate(FOCUS)
        if place["body"]:
            break
        visited += 1
        if not place["ring"]:
            unseen.append(place["name"])
    assert unseen == []
    assert visited > 20
    assert page.evaluate(MOVING) == 0
