"""Ingesting an uploaded file."""

import errno
import json
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from PIL import Image as Pixels

from accounts.models import User
from articles.images.library import ingest
from articles.images.library.ingest import fields_from
from articles.images.library.uploads import metadata_message
from articles.images.models import Image
from articles.images.processing.file_types import BROKEN, NO_ROOM
from tests.articles.images.metadata.blocks import jpeg, packet
from tests.newsroom import picture_file
from tests.shared import shared_data


def encoded(form: str, *, size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    buffer = BytesIO()
    Pixels.new("RGB", size).save(buffer, form, **options)
    return buffer.getvalue()


def upload(content: bytes, name: str = "picture.jpg") -> "ContentFile[bytes]":
    return ContentFile(content, name=name)


def stored_files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_photograph_is_ingested_with_one_rendition(edna: User) -> None:
    image = ingest.ingest(picture_file(width=1600, height=900), by=edna)
    assert (image.width, image.height) == (1600, 900)
    assert image.media_type == "image/jpeg"
    assert image.uploaded_by == edna
    only = image.renditions.get()
    assert (only.format, only.width, only.height) == ("jpeg", 1280, 720)


def test_the_type_is_detected_from_the_content_and_not_from_the_name(edna: User) -> None:
    image = ingest.ingest(upload(encoded("PNG"), "holiday.jpg"), by=edna)
    assert image.media_type == "image/png"
    assert str(image.original).endswith(".png")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF"])
def test_every_common_format_is_ingested(db: None, form: str) -> None:
    assert ingest.ingest(upload(encoded(form)), by=None).renditions.count() == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "archive"),
        (b"Dear desk, here is the picture.", "not a supported image"),
        (encoded("JPEG")[:300], "damaged"),
        (encoded("PNG")[:60], "damaged"),
    ],
)
def test_an_unusable_file_is_rejected_with_a_message(
    db: None, content: bytes, message: str
) -> None:
    with pytest.raises(ingest.UploadRejected, match=message):
        ingest.ingest(upload(content), by=None)
    assert not Image.objects.exists()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF"])
def test_a_truncated_upload_is_rejected_and_leaves_no_file(db: None, form: str) -> None:
    content = encoded(form, size=(120, 90))
    with pytest.raises(ingest.UploadRejected, match=BROKEN):
        ingest.ingest(upload(content[: len(content) * 4 // 5]), by=None)
    assert not Image.objects.exists()
    assert not stored_files()


def test_a_file_over_the_size_limit_is_rejected(db: None, settings: Any) -> None:
    settings.IMAGE_MAX_BYTES = 1024
    with pytest.raises(ingest.UploadRejected, match="larger than"):
        ingest.ingest(upload(encoded("JPEG", size=(400, 400), quality=95) + bytes(2000)), by=None)


def test_the_same_file_is_ingested_once(edna: User) -> None:
    first = ingest.ingest(picture_file(), by=edna)
    assert ingest.ingest(picture_file(), by=edna) == first
    with pytest.raises(ingest.AlreadyThere, match="already") as known:
        ingest.ingest(picture_file(), by=edna, if_known="refuse")
    assert known.value.image == first


def test_an_image_whose_row_cannot_be_saved_leaves_no_file(db: None) -> None:
    with pytest.raises(TypeError):
        ingest.ingest(picture_file(), by=None, no_such_field="x")
    assert not stored_files()


def test_metadata_fills_the_empty_fields(db: None) -> None:
    path = shared_data("photo-metadata", "mei", "Issue_600_(1).jpg")
    image = ingest.ingest(upload(path.read_bytes()), by=None, headline="Our own name")
    labels = json.loads(shared_data("photo-metadata", "expected_exiftool.json").read_text())
    label = next(each for each in labels if each["SourceFile"].endswith(path.name))
    assert image.caption == label["XMP-dc:Description"]
    assert image.credit == label["XMP-photoshop:Credit"]
    assert image.source == label["XMP-photoshop:Source"]
    assert image.headline == "Our own name"
    assert image.metadata["keywords"] == ["Jupiter"]


def test_the_creator_is_the_credit_if_the_file_names_no_other(
    db: None,
) -> None:
    image = ingest.ingest(upload(encoded("JPEG", exif=exif(artist="Ines Faro"))), by=None)
    assert (image.credit, image.byline) == ("Ines Faro", "Ines Faro")


def test_default_texts_of_cameras_are_ignored(db: None) -> None:
    image = ingest.ingest(upload(encoded("JPEG", exif=exif(caption="SONY DSC"))), by=None)
    assert image.caption == ""
    assert image.metadata["caption"] == "SONY DSC"


def test_a_too_long_credit_is_cut_in_the_form_and_kept_in_the_metadata(
    db: None,
) -> None:
    long = "Ines Faro and " * 400
    image = ingest.ingest(upload(encoded("JPEG", exif=exif(artist=long))), by=None)
    assert 280 < len(image.credit) <= 300
    assert image.credit.endswith("…")
    assert image.metadata["byline"] == long.strip()


def exif(*, artist: str = "", caption: str = "") -> bytes:
    tags = Pixels.Exif()
    tags.update({tag: text for tag, text in ((315, artist), (270, caption)) if text})
    return tags.tobytes()


@pytest.mark.parametrize(
    "action",
    [
        "library.ingest.save_renditions",
        "library.ingest.copy_upload",
        "library.decoder_client.scratch_folder",
    ],
)
def test_a_full_disk_is_reported_and_leaves_no_file(
    action: str, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"articles.images.{action}", full)
    with pytest.raises(ingest.UploadRejected, match=NO_ROOM):
        ingest.ingest(picture_file(), by=None)
    assert not Image.objects.exists()
    assert not stored_files()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_same_file_from_two_users_at_once_is_one_image() -> None:
    content = picture_file().read()

    def ingest_copy(number: int) -> int:
        try:
            return ingest.ingest(upload(content), by=None).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        rows = set(people.map(ingest_copy, range(4)))
    assert len(rows) == Image.objects.count() == 1
    assert len(stored_files()) == 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"credit": "x" * 301}, "credit of the image"),
        ({"caption": "a\x00b"}, "caption of the image"),
        ({"credit_exempt": True}, "reason"),
    ],
)
def test_invalid_values_from_a_caller_are_rejected(
    db: None, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(ingest.UploadRejected, match=message):
        ingest.ingest(picture_file(), by=None, **fields)
    assert not Image.objects.exists()
    assert not stored_files()


def test_metadata_fills_the_fields_of_an_image() -> None:
    found = fields_from(
        {
            "caption": "A quay",
            "byline": "Ines Faro",
            "persons": ["Jo Reis", "Ada Lim"],
            "keywords": ["sea", "sea", "", "x" * 200],
            "city": "Porto",
            "taken": "2026-03-14T09:30:00+01:00",
            "licence": "https://creativecommons.org/licenses/by/4.0/",
            "licensor": "Meridian",
            "licensor_url": "https://meridian.example/buy",
        }
    )
    assert found["persons"] == "Jo Reis, Ada Lim"
    assert found["keywords"] == ["sea", "x" * 100]
    assert found["licence_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["licensor"] == "Meridian, https://meridian.example/buy"
    assert (found["credit"], found["city"]) == ("Ines Faro", "Porto")


def test_an_ai_source_type_in_the_metadata_is_used() -> None:
    url = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    assert Image(**fields_from({"digital_source_type": url})).is_ai_made


def test_an_invalid_url_is_ignored() -> None:
    assert fields_from({"licence": "see javascript:alert(1)", "caption": "SONY DSC"}) == {}


@pytest.mark.django_db
def test_a_credit_that_is_too_long_is_not_truncated_silently() -> None:
    long = packet(f"<photoshop:Credit>{'Ines Faro, ' * 500}</photoshop:Credit>")
    image = ingest.ingest(ContentFile(jpeg(xmp=long), name="long.jpg"), by=None)
    assert "The credit was too long" in metadata_message(image)
    assert image.credit.endswith("…")
    assert image.metadata["credit"].count("Ines Faro") == 500
    image.credit = "To be continued …"
    assert "too long" not in metadata_message(image)
