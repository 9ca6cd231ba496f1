"""Images are uploaded, described and credited in the article form itself."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from articles.editorial.models import Article
from articles.images.library import ingest
from articles.images.models import Image
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url
from tests.articles.images.metadata.blocks import alternatives, packet
from tests.browser.article_form import publish
from tests.browser.checkers import accessibility_complaints, complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, wait_until
from tests.newsroom import picture_file

pytestmark = pytest.mark.browser

ADD = "/admin/articles/article/add/"
TEXT = ".admin-editor-body .ProseMirror"
UPLOADS = "**/image/upload/"
AUTOSAVES = "**/autosave/"

SEND = """([element, kind, files, html]) => {
    const moved = new DataTransfer();
    for (const [name, text] of files) {
        const bytes = Uint8Array.from(atob(text), sign => sign.charCodeAt(0));
        moved.items.add(new File([bytes], name, {type: "image/jpeg"}));
    }
    if (html) moved.setData("text/html", html);
    const box = element.getBoundingClientRect();
    const at = {clientX: box.left + box.width / 2, clientY: box.top + Math.min(box.height / 2, 40)};
    const options = {bubbles: true, cancelable: true, ...at};
    if (kind === "paste") {
        element.dispatchEvent(new ClipboardEvent("paste", {...options, clipboardData: moved}));
        return;
    }
    for (const name of ["dragenter", "dragover", "drop"])
        element.dispatchEvent(new DragEvent(name, {...options, dataTransfer: moved}));
}"""


def jpeg(colour: str = "steelblue", *, labelled: bool = False) -> bytes:
    properties = alternatives("dc:description", x_default="Boats with their lamps lit")
    properties += alternatives("Iptc4xmpCore:AltTextAccessibility", x_default="A line of boats")
    properties += "<photoshop:Credit>Nell Sandoval/via Roadstead</photoshop:Credit>"
    content: bytes = picture_file(
        width=600, height=400, colour=colour, xmp=packet(properties) if labelled else b""
    ).read()
    return content


def send(page: Page, kind: str, *files: tuple[str, bytes], to: str = TEXT, html: str = "") -> None:
    """Pastes into the element, or drops on it, these files and this HTML."""
    coded = [[name, b64encode(content).decode()] for name, content in files]
    page.evaluate(SEND, [page.locator(to).first.element_handle(), kind, coded, html])


def figures(page: Page) -> Locator:
    return page.locator(f"{TEXT} .admin-figure")


def saved_body(page: Page) -> str:
    """The text after the next save."""
    with page.expect_response(AUTOSAVES):
        page.keyboard.press("Control+s")
    return Article.objects.get().body


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_files_dropped_on_the_text_or_pasted_become_figures_in_their_order(
    kind: str, open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.draft(body="<p>Before.</p>")
    page = open_admin(edna, change_url(article))
    page.locator(TEXT).click()
    send(page, kind, ("one.jpg", jpeg("teal", labelled=True)), ("two.jpg", jpeg("plum")))
    expect(figures(page)).to_have_count(2)
    one, two = Image.objects.order_by("pk")
    first = figures(page).first
    expect(first.locator("figcaption")).to_have_text("Boats with their lamps lit")
    expect(first.get_by_label("Alt text")).to_have_value("A line of boats")
    expect(first.get_by_label("Credit")).to_have_value("Nell Sandoval/via Roadstead")
    body = saved_body(page)
    assert body.startswith("<p>Before.</p>")
    assert f'<figure data-image="{one.pk}" data-alt="A line of boats">' in body
    assert body.index(f'data-image="{one.pk}"') < body.index(f'data-image="{two.pk}"')


def test_an_upload_under_way_is_not_saved_and_can_be_retried(
    open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.draft(body="<p>Before.</p>")
    page = open_admin(edna, change_url(article))
    uploads: list[Route] = []
    page.route(UPLOADS, lambda route: uploads.append(route))
    page.locator(TEXT).click()
    send(page, "paste", ("boats.jpg", jpeg()))
    progress = page.locator(f"{TEXT} .image-progress")
    expect(progress.get_by_role("status")).to_contain_text("boats.jpg")
    wait_until(page, lambda: uploads)
    page.keyboard.type(" And more.")
    assert saved_body(page) == "<p>Before. And more.</p>"
    uploads[0].abort()
    retry = progress.get_by_role("button", name="Retry")
    expect(retry).to_be_visible()
    page.unroute(UPLOADS)
    retry.click()
    expect(figures(page)).to_have_count(1)
    expect(progress).to_have_count(0)
    assert "data-image" in saved_body(page)


def test_a_file_that_is_no_image_is_refused_in_its_place_and_removed(
    open_admin: OpenPage, edna: User
) -> None:
    page = open_admin(edna, change_url(newsroom.draft()))
    page.locator(TEXT).click()
    send(page, "paste", ("broken.jpg", b"This is no image."))
    progress = page.locator(f"{TEXT} .image-progress")
    expect(progress.get_by_role("status")).to_contain_text("broken.jpg was not uploaded")
    progress.get_by_role("button", name="Remove").click()
    expect(progress).to_have_count(0)
    assert not Image.objects.exists()


def test_a_lead_image_is_dropped_described_and_credited_in_place(
    open_admin: OpenPage, edna: User
) -> None:
    page = open_admin(edna, ADD)
    page.fill("#id_headline", "Squid boats")
    send(page, "drop", ("boats.jpg", jpeg()), to="lead-image")
    alt = page.locator("#id_lead_alt")
    credit = page.locator(".lead-image-lines").get_by_label("Credit")
    expect(credit).to_have_attribute("aria-invalid", "true")
    expect(alt).to_have_attribute("aria-invalid", "true")
    assert accessibility_complaints(page) == []
    alt.fill("Green lamps on a dark sea")
    expect(alt).not_to_have_attribute("aria-invalid", "true")
    with page.expect_response("**/details/") as changed:
        credit.fill("Nell Sandoval")
        credit.press("Enter")
    assert changed.value.status == 200
    expect(credit).not_to_have_attribute("aria-invalid", "true")
    with page.expect_response(AUTOSAVES):
        page.keyboard.press("Control+s")
    article, image = Article.objects.get(), Image.objects.get()
    assert (article.lead_image, article.lead_alt) == (image, "Green lamps on a dark sea")
    assert (image.credit, image.alt_text) == ("Nell Sandoval", "")


def test_the_blockers_lead_to_the_lines_below_the_image(open_admin: OpenPage, edna: User) -> None:
    image = ingest.ingest(picture_file(), by=None, headline="Boats")
    article = newsroom.draft(body=f'<p>Words.</p><figure data-image="{image.pk}"></figure>')
    page = open_admin(edna, change_url(article))
    figure = figures(page)
    for field, label in (("alt_text", "Alt text"), ("credit", "Credit")):
        expect(figure.get_by_label(label)).to_have_attribute("aria-invalid", "true")
        page.get_by_role("tab", name="Checklist").click()
        page.locator(f"a[href$='#id_{field}']").first.click()
        expect(figure.get_by_label(label)).to_be_focused()
    figure.get_by_label("Decorative").check()
    figure.get_by_label("Credit").fill("Nell Sandoval")
    figure.get_by_label("Credit").press("Tab")
    expect(figure.locator("[aria-invalid]")).to_have_count(0)
    publish(page)
    expect(page.locator("[name=_unpublish]").first).to_be_attached()
    article.refresh_from_db()
    assert article.is_published
    assert "data-decorative" in article.body


def test_an_image_cannot_be_published_without_a_credit(open_admin: OpenPage, edna: User) -> None:
    image = ingest.ingest(picture_file(), by=None, headline="Boats", alt_text="Boats")
    article = newsroom.draft(lead_image=image)
    page = open_admin(edna, change_url(article))
    page.evaluate(
        """() => {
            const form = document.querySelector("#article_form");
            form.append(Object.assign(document.createElement("input"),
                {type: "hidden", name: "_publish", value: "1"}));
            form.requestSubmit();
        }"""
    )
    expect(page.locator(f"a[href$='/image/{image.pk}/change/#id_credit']").first).to_be_visible()
    article.refresh_from_db()
    assert not article.is_published


def test_a_reporter_cannot_change_the_credit_of_a_published_image(
    open_admin: OpenPage, rui: User
) -> None:
    image = ingest.ingest(picture_file(), by=None, credit="Ines Faro", alt_text="Boats")
    newsroom.published(lead_image=image)
    article = newsroom.draft(lead_image=image, by=rui)
    page = open_admin(rui, change_url(article))
    credit = page.locator(".lead-image-lines").get_by_label("Credit")
    expect(credit).to_have_value("Ines Faro")
    credit.fill("Somebody else")
    credit.press("Enter")
    expect(credit).to_have_attribute("aria-invalid", "true")
    image.refresh_from_db()
    assert image.credit == "Ines Faro"


def test_the_focal_point_is_set_in_the_dialog_and_moves_the_crop(
    open_admin: OpenPage, edna: User
) -> None:
    image = ingest.ingest(picture_file(width=600, height=400), by=None, credit="Ines Faro")
    page = open_admin(edna, change_url(newsroom.draft(lead_image=image)))
    shown = page.locator("lead-image img")
    expect(shown).to_have_css("object-position", "50% 50%")
    page.get_by_role("button", name="Focal point").first.click()
    marker = page.locator(".image-panel .focal-marker")
    marker.focus()
    with page.expect_response("**/details/") as changed:
        for _ in range(5):
            page.keyboard.press("Shift+ArrowUp")
    assert changed.value.status == 200
    expect(page.locator(".image-panel .focal-frame")).to_have_count(3)
    page.locator(".image-use").click()
    expect(shown).to_have_css("object-position", "50% 0%")
    image.refresh_from_db()
    assert image.focus_y == 0


def test_images_of_pasted_text_are_uploaded_or_named(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, change_url(newsroom.draft(body="<p>Before.</p>")))
    url = f"data:image/jpeg;base64,{b64encode(jpeg()).decode()}"
    refused = {"results": [{"name": "x", "message": "It is gone.", "is_new": False, "image": None}]}
    page.route("**/image/import/", lambda route: route.fulfill(json=refused))
    page.locator(TEXT).click()
    html = (
        f'<p>Pasted.</p><img src="{url}" alt="A line of boats">'
        '<img src="https://images.example/gone.jpg" alt="A lighthouse">'
    )
    send(page, "paste", html=html)
    expect(figures(page)).to_have_count(1)
    expect(figures(page).get_by_label("Alt text")).to_have_value("A line of boats")
    failed = page.locator(f"{TEXT} .image-progress").get_by_role("status")
    expect(failed).to_contain_text("A lighthouse was not uploaded")
    body = saved_body(page)
    assert "Pasted." in body
    assert body.count("data-image") == 1
    assert "lighthouse" not in body


def test_text_beside_an_image_in_the_clipboard_is_pasted_as_text(
    open_admin: OpenPage, edna: User
) -> None:
    page = open_admin(edna, change_url(newsroom.draft(body="")))
    page.locator(TEXT).click()
    send(page, "paste", ("of-the-text.jpg", jpeg()), html="<p>A cell of a sheet.</p>")
    expect(page.locator(f"{TEXT} p").first).to_have_text("A cell of a sheet.")
    page.wait_for_timeout(300)
    assert not Image.objects.exists()


def test_the_dialog_with_details_is_accessible(open_admin: OpenPage, edna: User) -> None:
    image = ingest.ingest(picture_file(width=600, height=400), by=None, headline="Boats")
    page = open_admin(edna, change_url(newsroom.draft()), size=PHONE)
    page.click("lead-image .image-widget-choose")
    page.click(f".image-dialog [data-picture='{image.pk}']")
    expect(page.locator(".image-use")).to_be_enabled()
    assert complaints_in_every_look(page, DESKTOP, PHONE) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    dialog = page.locator(".image-dialog")
    assert dialog.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") <= 0


def test_an_article_with_an_image_is_written_with_the_keyboard_alone(
    open_admin: OpenPage, edna: User, tmp_path: Path
) -> None:
    newsroom.category("News")
    file = tmp_path / "boats.jpg"
    file.write_bytes(jpeg())
    page = open_admin(edna, ADD)
    page.locator("#id_headline").focus()
    page.keyboard.type("Squid boats")
    with page.expect_file_chooser() as chooser:
        page.locator(".lead-image-upload").focus()
        page.keyboard.press("Enter")
    chooser.value.set_files(file)
    expect(page.locator("#id_lead_alt")).to_be_focused(timeout=30_000)
    page.keyboard.type("A line of boats")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    with page.expect_response("**/details/"):
        page.keyboard.press("Enter")
    expect(page.locator("#id_lead_alt")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Nell Sandoval")
    with page.expect_response("**/details/"):
        page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Caption")).to_be_focused()
    page.locator(TEXT).focus()
    page.keyboard.type("The lamps are lit.")
    with page.expect_response(AUTOSAVES) as saved:
        page.keyboard.press("Control+s")
    assert json.loads(saved.value.body())["errors"] == {}
    article = Article.objects.get()
    assert (article.lead_alt, article.lead_image is not None) == ("A line of boats", True)
    image = Image.objects.get()
    assert (image.headline, image.credit) == ("boats", "Nell Sandoval")
    assert image.alt_text == "A line of boats"


def test_the_images_of_a_gallery_are_ordered_by_dragging(open_admin: OpenPage, edna: User) -> None:
    images = [
        ingest.ingest(picture_file(width=300, height=200, colour=colour), by=None)
        for colour in ("teal", "plum", "olive")
    ]
    inner = "".join(f'<figure data-image="{image.pk}"></figure>' for image in images)
    article = newsroom.draft(
        body=f"<p>Words.</p><figure data-gallery>{inner}<figcaption></figcaption></figure>"
    )
    page = open_admin(edna, change_url(article), size={"width": 1280, "height": 1400})
    shown = page.locator(".admin-gallery .admin-figure-image")
    expect(shown).to_have_count(3)
    # An image that arrives while another is dragged would move the place below it.
    wait_until(
        page, "[...document.querySelectorAll('.admin-gallery img')].every(each => each.complete)"
    )
    figures(page).first.scroll_into_view_if_needed()
    shown.nth(2).drag_to(shown.nth(0), target_position={"x": 4, "y": 20})
    body = saved_body(page)
    first, second, third = (body.index(f'data-image="{image.pk}"') for image in images)
    assert third < first < second
    assert body.count("<figure data-image") == 3
