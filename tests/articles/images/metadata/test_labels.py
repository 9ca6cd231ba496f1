"""Real photographs: our reader and ExifTool find the same values."""

import json
from pathlib import Path
from typing import Any

import pytest

from articles.images.metadata import ImageMetadata, Unreadable, read_file
from tests.shared import shared_data

LABELS = {
    "caption": ("XMP-dc:Description", "IPTC:Caption-Abstract", "IFD0:ImageDescription"),
    "byline": ("XMP-dc:Creator", "IPTC:By-line", "IFD0:Artist"),
    "credit": ("XMP-photoshop:Credit", "IPTC:Credit"),
    "copyright": ("XMP-dc:Rights", "IPTC:CopyrightNotice", "IFD0:Copyright"),
    "source": ("XMP-photoshop:Source", "IPTC:Source"),
    "headline": ("XMP-photoshop:Headline", "IPTC:Headline"),
    "title": ("XMP-dc:Title", "IPTC:ObjectName"),
    "orientation": ("IFD0:Orientation",),
}


def test_every_labelled_photograph_has_the_values_that_exiftool_reads() -> None:
    folder = shared_data("photo-metadata")
    labels = json.loads((folder / "expected_exiftool.json").read_text())
    assert len(labels) >= 16
    for label in labels:
        metadata = read_file(folder / label["SourceFile"])
        if "IPTC:Keywords" in label:  # the labels leave out the keywords of XMP
            assert list(metadata.keywords) == _as_list(label["IPTC:Keywords"]), label["SourceFile"]
        for field, names in LABELS.items():
            expected = next((label[name] for name in names if name in label), None)
            assert _plain(getattr(metadata, field)) == _plain(expected), (
                label["SourceFile"],
                field,
            )


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _as_list(value: Any) -> list[str]:
    """ExifTool writes a list of one item as plain text."""
    return [value] if isinstance(value, str) else value


@pytest.mark.parametrize("content", [b"", b"GIF", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_a_file_that_is_not_an_image_is_unreadable_with_a_message(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="not a supported image"):
        read_file(path)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not found"):
        read_file(tmp_path / "nowhere.jpg")


def test_a_loop_in_exif_does_not_hang() -> None:
    metadata = read_file(shared_data("hostile-images", "imagemeta", "infinite_loop_exif.jpg"))
    assert isinstance(metadata, ImageMetadata)
