"""Renditions of every format contain rights and nothing about camera, place or owner.

For a JPEG from the upload to the response, see test_metadata_of_uploads.py.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File

from articles.images import renditions
from articles.images.library import ingest
from articles.images.models import Image
from tests.exiftool import ExifTool, exiftool
from tests.newsroom import picture_file

SECRETS = (
    *("-GPSLatitude=52.5", "-GPSLatitudeRef=N", "-GPSLongitude=13.4", "-GPSLongitudeRef=E"),
    *("-GPSAltitude=34", "-EXIF:SerialNumber=SERIAL7", "-EXIF:LensSerialNumber=SERIAL8"),
    *("-EXIF:OwnerName=Olga Owner", "-EXIF:Make=Camera", "-EXIF:UserComment=REMARK"),
    *("-XMP-exif:GPSLatitude=52.5", "-XMP-aux:SerialNumber=SERIAL7", "-IPTC:City=Porto"),
    *("-XMP-xmpMM:DocumentID=DOC7", "-IPTC:SpecialInstructions=PRIVATE", "-Comment=REMARK"),
)
RIGHTS = (
    *("-XMP-photoshop:Credit=Inês Faro/via Meridian", "-XMP-dc:Creator=Inês Faro"),
    *("-XMP-dc:Creator=Jo Reis", "-IPTC:CopyrightNotice=© 2026 Meridian’s"),
    *("-XMP-xmpRights:WebStatement=https://creativecommons.org/licenses/by/4.0/",),
)
PRIVATE = re.compile(
    r"GPS|Serial|Thumbnail|Preview|Owner|Make\b|Comment|DocumentID|Instructions|City"
)


@pytest.fixture(scope="module")
def tool() -> Iterator[ExifTool]:
    with exiftool() as running:
        yield running


def photograph(form: str, folder: Path, tool: ExifTool) -> File[Any]:
    """With the metadata of a camera and a newsroom, and a thumbnail where the format allows."""
    from PIL import Image as Pixels

    path = folder / f"photograph.{form}"
    with Pixels.open(picture_file(width=320, height=200)) as pixels:
        pixels.save(path, form)
    small = folder / "small.jpg"
    small.write_bytes(picture_file(width=64, height=40).read())
    order = ["-m", "-charset", "iptc=utf8", "-IPTC:CodedCharacterSet=UTF8", *SECRETS, *RIGHTS]
    response = tool.ask(*order, f"-ThumbnailImage<={small}", "-overwrite_original", str(path))
    assert "1 image files updated" in response
    return File(path.open("rb"), name=path.name)


def embedded_metadata(image: Image, tool: ExifTool) -> list[tuple[str, dict[str, Any]]]:
    return [(each.format, tool.read(Path(each.file.path), "-a")) for each in image.renditions.all()]


@pytest.mark.parametrize("form", ["png", "webp", "avif", "tiff"])
def test_every_rendition_contains_rights_and_no_private_metadata(
    form: str, db: None, tmp_path: Path, tool: ExifTool
) -> None:
    with photograph(form, tmp_path, tool) as upload:
        image = ingest.ingest(upload, by=None)
    renditions.make(image)
    files = embedded_metadata(image, tool)
    assert {kind for kind, _ in files} >= {"avif", "webp", "jpeg"}
    for kind, metadata in files:
        assert metadata["XMP-photoshop:Credit"] == "Inês Faro/via Meridian"
        assert metadata["XMP-dc:Creator"] == ["Inês Faro", "Jo Reis"]
        if form in {"png", "tiff"}:  # the other formats cannot contain IIM
            assert metadata["XMP-dc:Rights"] == "© 2026 Meridian’s"
        assert metadata["XMP-xmpRights:WebStatement"].endswith("/licenses/by/4.0/")
        if kind == "jpeg":
            assert metadata["IPTC:By-line"] == ["Inês Faro", "Jo Reis"]
            assert metadata["IPTC:Credit"] == "Inês Faro/via Meridian"
            assert metadata["IFD0:Artist"] == "Inês Faro; Jo Reis"
        assert [name for name in metadata if PRIVATE.search(name)] == []
    assert b"SERIAL" in Path(image.original.path).read_bytes(), "the original stays as it came"
