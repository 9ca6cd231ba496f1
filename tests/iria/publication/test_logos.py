"""Logo and icon are re-encoded and have permanent URLs."""

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


def upload(place: str, content: bytes) -> Publication:
    publication = Publication.objects.filter(pk=1).first() or Publication()
    draw = logos.draw_icon if place == logos.ICON else logos.draw_logo
    logos.assign(publication, place, draw(content))
    menus.save(publication)
    return publication


def test_a_logo_is_re_encoded_and_resized(client: Client) -> None:
    secret = b"<script>alert(1)</script>"
    upload("logo", file(1600, 400, "JPEG", comment=secret) + secret)
    upload("logo_dark", file(400, 100))
    html = " ".join(client.get("/").content.decode().split())
    logo, dark = BrandImage.objects.order_by("pk")
    assert (logo.width, logo.height) == (640, 160)
    assert f'<img src="/emblem/{logo.name}" width="640" height="160" alt="Our publication">' in html
    assert f'<source srcset="/emblem/{dark.name}"' in html
    response = client.get(logo.get_absolute_url())
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response.headers["Cache-Control"]
    assert secret not in response.content
    assert Pixels.open(BytesIO(response.content)).size == (640, 160)


def test_an_icon_has_three_sizes(client: Client) -> None:
    publication = upload("icon", file(600, 600))
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


def test_a_replaced_logo_is_still_served(
    client: Client,
) -> None:
    upload("logo", file(400, 100))
    upload("logo", file(300, 100))
    assert client.get("/").content.decode().count('<img src="/emblem/') == 1
    assert [
        client.get(each.get_absolute_url()).status_code for each in BrandImage.objects.all()
    ] == [
        200,
        200,
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
        (b"", "empty"),
        (file(64, 64)[:60], "damaged"),
        (b"%PDF-1.7", "PDF"),
        (file(400, 20), "at least 40"),
    ],
)
def test_an_invalid_logo_is_rejected(content: bytes, error: str) -> None:
    with pytest.raises(ValidationError, match=error):
        upload("logo", content)
    assert not BrandImage.objects.exists()


class Unread(ContentFile[bytes]):
    """An upload that must not be read."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("the upload was read")


def test_a_too_large_logo_is_rejected_before_it_is_read() -> None:
    file_upload = Unread(b"", name="logo.png")
    file_upload.size = logos.MAX_FILE_SIZE + 1
    form = PublicationForm({}, {"logo": file_upload}, instance=Publication())
    (error,) = form.errors["logo"]
    assert "8 MB" in error


@pytest.mark.parametrize(("content", "error"), [(file(300, 200), "square"), (file(64, 64), "180")])
def test_an_icon_must_be_square_and_large_enough(content: bytes, error: str) -> None:
    with pytest.raises(ValidationError, match=error):
        upload("icon", content)


def test_a_missing_logo_is_not_found(client: Client) -> None:
    assert client.get("/emblem/00000000000000000000.png").status_code == 404
