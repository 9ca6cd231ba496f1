"""Logo and icon: only pixels come through, and pages ask for them by an address that never changes."""

from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image as Pixels

from iria.publication import logos, menus
from iria.publication.admin import PublicationForm
from iria.publication.models import BrandImage, Publication

pytestmark = pytest.mark.django_db


def file(width: int, height: int, form: str = "PNG", **options: Any) -> bytes:
    buffer = BytesIO()
    Pixels.new("RGBA" if form == "PNG" else "RGB", (width, height), "teal").save(
        buffer, form, **options
    )
    return buffer.getvalue()


def put(place: str, sent: bytes) -> Publication:
    publication = Publication.objects.filter(pk=1).first() or Publication()
    draw = logos.draw_icon if place == logos.ICON else logos.draw_logo
    logos.assign(publication, place, draw(sent))
    menus.save(publication)
    return publication


def test_a_logo_is_made_anew_in_the_size_that_is_served(client: Client) -> None:
    secret = b"<script>alert(1)</script>"
    put("logo", file(1600, 400, "JPEG", comment=secret) + secret)
    put("logo_dark", file(400, 100))
    html = " ".join(client.get("/").content.decode().split())
    logo, dark = BrandImage.objects.order_by("pk")
    assert (logo.width, logo.height) == (640, 160)
    assert f'<img src="/emblem/{logo.name}" width="640" height="160" alt="Our publication">' in html
    assert f'<source srcset="/emblem/{dark.name}"' in html
    answer = client.get(logo.get_absolute_url())
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert secret not in answer.content
    assert Pixels.open(BytesIO(answer.content)).size == (640, 160)


def test_an_icon_stands_in_three_sizes(client: Client) -> None:
    publication = put("icon", file(600, 600))
    assert [publication.brand_images[f"icon_{side}"]["width"] for side in (32, 180, 512)] == [
        32,
        180,
        512,
    ]
    html = client.get("/").content.decode()
    assert html.count('rel="icon" href="/emblem/') == 2
    assert 'rel="apple-touch-icon" href="/emblem/' in html
    logos.remove(publication, "icon")
    publication.save()
    assert "/emblem/" not in client.get("/").content.decode()


def test_another_logo_takes_its_place_and_the_old_one_can_still_be_asked_for(
    client: Client,
) -> None:
    put("logo", file(400, 100))
    put("logo", file(300, 100))
    assert client.get("/").content.decode().count('<img src="/emblem/') == 1
    assert [
        client.get(each.get_absolute_url()).status_code for each in BrandImage.objects.all()
    ] == [
        200,
        200,
    ]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
        (b"", "empty"),
        (file(64, 64)[:60], "damaged"),
        (b"%PDF-1.7", "PDF"),
        (file(400, 20), "at least 40"),
    ],
)
def test_what_is_no_logo_is_rejected(sent: bytes, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        put("logo", sent)
    assert not BrandImage.objects.exists()


class Unread(ContentFile[bytes]):
    """An upload that must not be read."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("its size says enough")


def test_a_file_too_large_for_a_logo_is_rejected_before_it_is_read() -> None:
    sent = Unread(b"", name="logo.png")
    sent.size = logos.MAX_FILE_SIZE + 1
    form = PublicationForm({}, {"logo": sent}, instance=Publication())
    (error,) = form.errors["logo"]
    assert "8 MB" in error


@pytest.mark.parametrize(("sent", "message"), [(file(300, 200), "square"), (file(64, 64), "180")])
def test_an_icon_must_be_square_and_large_enough(sent: bytes, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        put("icon", sent)


def test_an_logo_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/emblem/00000000000000000000.png").status_code == 404
