"""The image library: many files, bulk changes and duplicates."""

import re
from base64 import b64encode
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Pixels
from PIL import ImageDraw
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.images.library import ingest
from articles.images.models import Agency, Collection, Image
from tests import newsroom
from tests.browser.checkers import accessibility_complaints, complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.newsroom import picture_file

pytestmark = pytest.mark.browser

LIBRARY = "/admin/articles/image/"

DROP = """([element, files]) => {
    const moved = new DataTransfer();
    for (const [name, text] of files) {
        const bytes = Uint8Array.from(atob(text), sign => sign.charCodeAt(0));
        moved.items.add(new File([bytes], name, {type: "image/jpeg"}));
    }
    for (const kind of ["dragenter", "dragover", "drop"])
        element.dispatchEvent(
            new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: moved}));
}"""


def drop(page: Page, files: list[tuple[str, bytes]]) -> None:
    sent = [[name, b64encode(content).decode()] for name, content in files]
    page.evaluate(DROP, [page.locator("image-drop").element_handle(), sent])


def small(number: int) -> bytes:
    """A small image, different for every number, without duplicates."""
    content: bytes = picture_file(
        width=60 + number, height=40, colour=f"hsl({number * 7}, 60%, 50%)"
    ).read()
    return content


def drawn(width: int = 600) -> bytes:
    """A drawing of a quay; the same in any size."""
    pixels = Pixels.linear_gradient("L").rotate(90).resize((600, 400)).convert("RGB")
    draw = ImageDraw.Draw(pixels)
    draw.rectangle((60, 220, 260, 400), fill="navy")
    draw.ellipse((380, 40, 520, 180), fill="orange")
    buffer = BytesIO()
    pixels.resize((width, width * 2 // 3)).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


@pytest.fixture
def fill_library(site: str) -> Callable[[int], None]:
    def fill(count: int) -> None:
        for number in range(count):
            file = picture_file(
                width=300 + number, height=200, colour=f"hsl({number * 40}, 60%, 50%)"
            )
            ingest.ingest(file, by=None, headline=f"Quay {number}", alt_text="A quay")

    return fill


def test_fifty_files_dropped_at_once_get_a_result_each(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, f"{LIBRARY}add/")
    files = [(f"{number}.jpg", small(number)) for number in range(48)]
    drop(page, [*files, ("again.jpg", small(3)), ("broken.jpg", b"no picture")])
    summary = page.locator(".image-drop-summary")
    expect(summary).to_have_text("50 of 50 files finished.", timeout=90_000)
    expect(page.locator(".image-received > .received")).to_have_count(48)
    known = page.locator(".image-received > .known")
    expect(known).to_contain_text("already")
    expect(page.locator(".image-received > .refused")).to_contain_text("broken.jpg")
    assert Image.objects.count() == 48
    assert accessibility_complaints(page) == []


def test_an_interrupted_upload_can_be_repeated(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, f"{LIBRARY}add/")
    page.route("**/add/?fragment=1", lambda route: route.abort())
    drop(page, [("quay.jpg", small(1))])
    row = page.locator(".image-received > .refused")
    expect(row).to_be_visible()
    page.unroute("**/add/?fragment=1")
    row.get_by_role("button", name="Upload again").press("Enter")
    expect(page.locator(".image-received > .received")).to_have_count(1)
    assert Image.objects.count() == 1


def test_a_duplicate_is_offered_and_used_instead_with_the_keyboard(
    open_admin: OpenPage, edna: User
) -> None:
    ingest.ingest(
        ContentFile(drawn(), name="quay.jpg"), by=None, headline="Quay at noon", credit="Ines Faro"
    )
    page = open_admin(edna, f"{LIBRARY}add/")
    drop(page, [("again.jpg", drawn(420))])
    offer = page.locator(".image-like")
    expect(offer).to_contain_text("Possible duplicate of “Quay at noon”, Ines Faro.")
    assert accessibility_complaints(page) == []
    offer.get_by_role("button", name="Use existing image").press("Enter")
    expect(page.locator(".image-received")).to_contain_text("was deleted")
    assert Image.objects.get().headline == "Quay at noon"


def test_using_the_existing_image_is_not_undone_by_a_lost_response(
    open_admin: OpenPage, edna: User
) -> None:
    ingest.ingest(
        ContentFile(drawn(), name="quay.jpg"), by=None, headline="Quay at noon", credit="Ines Faro"
    )
    page = open_admin(edna, f"{LIBRARY}add/")
    drop(page, [("again.jpg", drawn(420))])
    page.route("**/alike/?fragment=1", lambda route: route.abort())
    page.locator(".image-like").get_by_role("button", name="Use existing image").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("was deleted")
    assert Image.objects.get().headline == "Quay at noon"


def test_the_credit_of_many_images_is_changed_with_the_keyboard(
    open_admin: OpenPage, edna: User, fill_library: Callable[[int], None]
) -> None:
    fill_library(5)
    Agency.objects.create(name="Reuters", credit_text="via Reuters")
    page = open_admin(edna, LIBRARY)
    for number in (1, 2, 3):
        page.get_by_label(f"Select Quay {number}", exact=True).press("Space")
    page.locator(".actions [value=change_rights]").press("Enter")
    expect(page.locator("#content")).to_contain_text("3 images")
    assert accessibility_complaints(page) == []
    page.get_by_label("Agency").first.select_option("Reuters")
    page.get_by_label("Creator").fill("Jo Reis")
    page.get_by_role("button", name="Apply to 3 images").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("3 images")
    expect(page.locator(".image-credit", has_text="Jo Reis/via Reuters")).to_have_count(3)
    assert Image.objects.filter(credit="Jo Reis/via Reuters").count() == 3


def test_the_library_is_accessible(
    open_admin: OpenPage, edna: User, fill_library: Callable[[int], None]
) -> None:
    fill_library(3)
    Agency.objects.create(name="Reuters", credit_text="via Reuters")
    Collection.objects.create(name="Harbours")
    image = Image.objects.latest("pk")
    page = open_admin(edna, LIBRARY)
    for path in (
        f"{LIBRARY}?lacks=credit&keyword=delta&from=2026-01-01",
        f"{LIBRARY}{image.pk}/replace/",
        f"{LIBRARY}{image.pk}/withdraw/",
        "/admin/articles/agency/add/",
        "/admin/articles/collection/",
    ):
        page.goto(path)
        assert complaints_in_every_look(page, DESKTOP, PHONE) == [], path


def test_an_image_is_opened_and_changed_beside_the_grid_with_the_keyboard(
    open_admin: OpenPage, edna: User, fill_library: Callable[[int], None]
) -> None:
    fill_library(4)
    article = newsroom.draft("Ferries", lead_image=Image.objects.get(headline="Quay 1"))
    page = open_admin(edna, LIBRARY)
    cards = page.locator("a.image-choice")
    drawer = page.locator(".image-drawer")
    cards.nth(0).focus()
    for key, number in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("ArrowRight", 2)):
        page.keyboard.press(key)
        expect(cards.nth(number)).to_be_focused()
    page.keyboard.press("Enter")
    expect(drawer.locator("h2")).to_have_text("Quay 1")
    image = Image.objects.get(headline="Quay 1")
    assert page.url.endswith(f"{LIBRARY}?open={image.pk}")
    expect(drawer.locator(f"a[href*='/article/{article.pk}/']")).to_be_visible()
    assert accessibility_complaints(page) == []
    drawer.locator("[name=credit]").fill("Ines Faro")
    page.keyboard.press("Tab")
    expect(page.locator(".image-card", has_text="Quay 1")).to_contain_text("Ines Faro")
    drawer.locator("[name=alt_text]").fill("An empty quay")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(cards.nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    expect(drawer.locator(".image-drawer-body")).not_to_have_attribute("aria-busy", "true")
    expect(drawer.locator("[name=alt_text]")).to_have_value("An empty quay")
    image.refresh_from_db()
    assert (image.credit, image.alt_text) == ("Ines Faro", "An empty quay")
    drawer.locator("[data-step='1']").click()
    expect(drawer.locator("h2")).to_have_text("Quay 0")
    expect(drawer.locator("[data-step='1']")).to_be_disabled()


def test_an_image_opened_right_after_the_drawer_was_closed_stays_open(
    open_admin: OpenPage, edna: User, fill_library: Callable[[int], None]
) -> None:
    fill_library(3)
    page = open_admin(edna, LIBRARY)
    drawer, title = page.locator(".image-drawer"), page.locator(".image-drawer h2")
    page.locator("a.image-choice").first.click()
    expect(title).to_have_text("Quay 2")
    page.evaluate(
        """() => {
            document.querySelector(".image-drawer").close();
            document.querySelector("a.image-choice").click();
        }"""
    )
    page.wait_for_timeout(200)
    expect(drawer).to_be_visible()
    assert "open=" in page.url


def test_the_drawer_has_a_url_and_back_closes_it(
    open_admin: OpenPage, edna: User, fill_library: Callable[[int], None]
) -> None:
    fill_library(3)
    page = open_admin(edna, f"{LIBRARY}?used=no")
    drawer, title = page.locator(".image-drawer"), page.locator(".image-drawer h2")
    page.locator("a.image-choice").first.click()
    expect(title).to_have_text("Quay 2")
    drawer.locator("[data-step='1']").click()
    expect(title).to_have_text("Quay 1")
    linked = page.url
    page.reload()
    expect(title).to_have_text("Quay 1")
    page.go_back()
    expect(drawer).to_be_hidden()
    assert page.url.endswith(f"{LIBRARY}?used=no")
    page.go_forward()
    expect(title).to_have_text("Quay 1")
    expect(title).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator("a.image-choice").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(drawer).to_be_visible()
    drawer.locator("[data-close]").click()
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(linked.partition("&")[0])
    page.goto(linked.replace("used=no", "used=yes"))
    expect(title).to_have_text("Quay 1")
    expect(drawer.locator("[name=alt_text]")).to_have_value("A quay")
    assert accessibility_complaints(page) == []
    drawer.locator("[data-close]").click()
    expect(page).to_have_url(re.compile(r"[?]used=yes$"))


def test_an_image_is_withdrawn_from_the_drawer_with_the_keyboard(
    open_admin: OpenPage, edna: User, fill_library: Callable[[int], None]
) -> None:
    fill_library(2)
    image = Image.objects.get(headline="Quay 1")
    newsroom.draft("Ferries", lead_image=image)
    page = open_admin(edna, f"{LIBRARY}?used=yes")
    page.locator("a.image-choice").press("Enter")
    drawer = page.locator(".image-drawer")
    drawer.locator("a[href*='/withdraw/']").press("Enter")
    expect(page.locator(".image-uses")).to_contain_text("Ferries")
    page.locator(".closelink").press("Enter")
    expect(drawer.locator("h2")).to_have_text("Quay 1")
    drawer.locator("a[href*='/withdraw/']").press("Enter")
    page.locator("[name=reason]").fill("Asked by the agency")
    page.keyboard.press("Enter")
    expect(drawer.locator("h2")).to_have_text("Quay 1")
    expect(page).to_have_url(re.compile(rf"[?]used=yes&open={image.pk}$"))
    image.refresh_from_db()
    assert image.withdrawn_at is not None
    assert accessibility_complaints(page) == []


def test_the_drawer_says_what_is_wrong_with_a_value(
    open_admin: OpenPage, edna: User, fill_library: Callable[[int], None]
) -> None:
    fill_library(1)
    page = open_admin(edna, LIBRARY)
    page.locator("a.image-choice").click()
    drawer = page.locator(".image-drawer")
    drawer.locator("summary").first.click()
    drawer.locator("[name=licence_url]").fill("javascript:alert(1)")
    page.keyboard.press("Tab")
    expect(drawer.locator("#drawer_licence_url-problem")).not_to_be_empty()
    expect(drawer.locator("[name=licence_url]")).to_have_value("javascript:alert(1)")
    assert Image.objects.get().licence_url == ""


def test_the_drawer_is_a_sheet_on_a_phone(
    open_admin: OpenPage, edna: User, fill_library: Callable[[int], None]
) -> None:
    fill_library(2)
    page = open_admin(edna, LIBRARY, scheme="dark", size=PHONE)
    page.locator("a.image-choice").first.click()
    drawer = page.locator(".image-drawer")
    expect(drawer.locator("[name=alt_text]")).to_be_visible()
    box = drawer.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, PHONE["width"])
    assert accessibility_complaints(page) == []
    drawer.locator("[data-close]").click()
    expect(page.locator("a.image-choice").first).to_be_focused()


def test_without_scripts_an_image_opens_its_form(
    open_admin: OpenPage, edna: User, fill_library: Callable[[int], None]
) -> None:
    fill_library(1)
    page = open_admin(edna, LIBRARY, scripts=False)
    image = Image.objects.get()
    page.locator("a.image-choice").click()
    expect(page.locator("[name=alt_text]")).to_have_value("A quay")
    assert page.url.endswith(f"{image.pk}/change/")
    page.goto(f"{LIBRARY}?open={image.pk}")
    page.locator("noscript a").click()
    expect(page.locator("[name=alt_text]")).to_have_value("A quay")
