"""Setting the focal point with the mouse, with the keyboard or as numbers."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Pixels
from PIL import ImageChops
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.images import renditions
from articles.images.library import ingest
from articles.images.models import Image
from tests import newsroom
from tests.browser.checkers import complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 1000, 500


@pytest.fixture
def image(site: str) -> Image:
    """Redder to the right and greener downwards, so that the colour identifies the position."""
    across = Pixels.linear_gradient("L").rotate(90).resize((WIDTH, HEIGHT))
    down = Pixels.linear_gradient("L").resize((WIDTH, HEIGHT))
    file = BytesIO()
    blue = Pixels.new("L", (WIDTH, HEIGHT), 90)
    Pixels.merge("RGB", (across, down, blue)).save(file, "JPEG", quality=95)
    ingested = ingest.ingest(_upload(file), by=None, credit="Ines Faro", alt_text="A gradient")
    renditions.make(ingested)
    return Image.objects.get(pk=ingested.pk)


def _upload(file: BytesIO) -> Any:
    return ContentFile(file.getvalue(), name="gradient.jpg")


def opened(open_admin: OpenPage, edna: User, image: Image, **options: Any) -> Page:
    return open_admin(edna, f"/admin/articles/image/{image.pk}/change/", **options)


def numbers(page: Page) -> tuple[str, str]:
    return page.input_value("[name=focus_x]"), page.input_value("[name=focus_y]")


def saved(page: Page, image: Image) -> tuple[float, float]:
    page.click("[name=_continue]")
    page.wait_for_selector(".messagelist .success")
    image.refresh_from_db()
    return image.focus_x, image.focus_y


def test_a_click_sets_it_and_every_rendition_is_cropped_there(
    open_admin: OpenPage, edna: User, image: Image, jobs: Callable[[], None]
) -> None:
    page = opened(open_admin, edna, image)
    page.wait_for_selector(".focal-marker")
    picture = page.locator(".focal-image > img")
    box = picture.bounding_box()
    assert box is not None
    picture.click(position={"x": box["width"] * 0.9, "y": box["height"] * 0.2})
    assert [round(float(number)) for number in numbers(page)] == [90, 20]
    shown = {
        frame.get_attribute("data-shape"): frame.screenshot()
        for frame in page.locator(".focal-frame").all()
    }
    assert [round(part, 2) for part in saved(page, image)] == [0.9, 0.2]
    jobs()
    assert set(shown) == {"3:2", "1:1", "40:21"}
    for shape, screenshot in shown.items():
        cut = image.renditions.filter(shape=shape, format="jpeg").latest("width")
        with Pixels.open(cut.file.path) as crop, Pixels.open(BytesIO(screenshot)) as preview:
            # Within the border of the preview.
            inner = preview.convert("RGB").crop((2, 2, preview.width - 2, preview.height - 2))
            apart = ImageChops.difference(inner, crop.convert("RGB").resize(inner.size))
        assert max(high for _low, high in apart.getextrema()) <= 12, shape  # type: ignore[misc]


def test_keys_move_it_within_the_image_and_its_position_is_announced(
    open_admin: OpenPage, edna: User, image: Image
) -> None:
    page = opened(open_admin, edna, image)
    marker = page.locator(".focal-marker")
    marker.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    assert numbers(page) == ("52", "41")
    expect(page.locator(".focal-said")).to_have_text("Now 52 % from the left, 41 % from the top.")
    for _ in range(7):
        page.keyboard.press("Shift+ArrowLeft")
    assert numbers(page) == ("0", "41")
    square = page.locator(".focal-frame[data-shape='1:1'] img")
    assert square.evaluate("img => img.style.objectPosition") == "0% 50%"
    assert saved(page, image) == (0, 0.41)


def test_it_is_entered_as_numbers_without_scripts(
    open_admin: OpenPage, edna: User, image: Image
) -> None:
    page = opened(open_admin, edna, image, scripts=False)
    assert numbers(page) == ("50", "50")
    assert not page.locator(".focal-crops").is_visible()
    page.fill("[name=focus_x]", "33.3")
    page.fill("[name=focus_y]", "")
    assert saved(page, image) == (0.333, 0.5)
    assert numbers(page) == ("33.3", "50")


def test_the_form_is_accessible(open_admin: OpenPage, edna: User, image: Image) -> None:
    page = opened(open_admin, edna, image)
    page.locator(".focal-marker").focus()
    assert complaints_in_every_look(page, DESKTOP, PHONE) == []


def test_an_animation_plays_unless_reduced_motion_is_preferred(
    open_page: OpenPage,
) -> None:
    frames = [Pixels.new("RGB", (400, 200), colour) for colour in ("navy", "teal", "gold")]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    ingested = ingest.ingest(
        ContentFile(file.getvalue(), name="moving.gif"),
        by=None,
        credit="Ines Faro",
        alt_text="A sea",
    )
    renditions.make(ingested)
    article = newsroom.published(lead_image=ingested)
    moving = ingested.renditions.get(moving=True).name
    for motion, plays in (("no-preference", True), ("reduce", False)):
        page = open_page(article.get_absolute_url(), reduced_motion=motion)
        shown = page.locator(".article-lead img")
        expect(shown).to_have_js_property("complete", value=True)
        assert (moving in shown.evaluate("img => img.currentSrc")) is plays
        assert shown.evaluate("img => img.naturalWidth") > 0
