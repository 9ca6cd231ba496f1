"""A file becomes a row of the library, or is refused in one sentence."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Pixels

from accounts.models import User
from articles.images import ingest
from articles.images.models import Image
from tests.newsroom import picture_file


def encoded(
    form: str, *, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any
) -> bytes:
    buffer = BytesIO()
    Pixels.new(mode, size, 128 if mode in {"L", "I;16"} else None).save(buffer, form, **options)
    return buffer.getvalue()


def upload(content: bytes, name: str = "picture.jpg") -> "ContentFile[bytes]":
    return ContentFile(content, name=name)


def test_a_photograph_is_taken_in_with_one_size_at_once(edna: User) -> None:
    image = ingest.take_in(picture_file(width=1600, height=900), by=edna)
    assert (image.width, image.height) == (1600, 900)
    assert image.media_type == "image/jpeg"
    assert image.uploaded_by == edna
    only = image.renditions.get()
    assert (only.format, only.width, only.height) == ("jpeg", 1280, 720)


def test_the_type_comes_from_the_bytes_and_not_from_the_name(edna: User) -> None:
    image = ingest.take_in(upload(encoded("PNG"), "holiday.jpg"), by=edna)
    assert image.media_type == "image/png"
    assert str(image.original).endswith(".png")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF"])
def test_every_common_format_is_taken_in(db: None, form: str) -> None:
    assert ingest.take_in(upload(encoded(form)), by=None).renditions.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "archive"),
        (b"Dear desk, here is the picture.", "not a picture"),
        (encoded("JPEG")[:300], "broken"),
        (encoded("PNG")[:60], "broken"),
    ],
)
def test_what_is_no_usable_picture_is_refused_in_words(
    db: None, content: bytes, words: str
) -> None:
    with pytest.raises(ingest.Refused, match=words):
        ingest.take_in(upload(content), by=None)
    assert not Image.objects.exists()


def test_a_file_beyond_the_limit_of_bytes_is_refused(db: None, settings: Any) -> None:
    settings.PICTURE_MAX_BYTES = 1024
    with pytest.raises(ingest.Refused, match="larger than"):
        ingest.take_in(upload(encoded("JPEG", size=(400, 400), quality=95) + bytes(2000)), by=None)


def test_the_same_file_twice_is_one_picture(edna: User) -> None:
    first = ingest.take_in(picture_file(), by=edna)
    assert ingest.take_in(picture_file(), by=edna) == first
    with pytest.raises(ingest.AlreadyThere, match="already") as known:
        ingest.take_in(picture_file(), by=edna, if_known="refuse")
    assert known.value.image == first


def test_nothing_is_left_of_a_picture_whose_row_cannot_be_kept(db: None, settings: Any) -> None:
    with pytest.raises(TypeError):
        ingest.take_in(picture_file(), by=None, no_such_field="x")
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
