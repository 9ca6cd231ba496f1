"""Detection of the file type from the first bytes."""

import pytest

from articles.images.processing.file_types import kind_of, rejection_of


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"GIF89a", "GIF"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf", "AVIF"),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", "AVIF"),
        (b"II*\x00\x08\x00\x00\x00\x00\x00", "TIFF"),
        (b"MM\x00*\x00\x00\x00\x08\x00\x00", "TIFF"),
    ],
)
def test_a_file_type_is_detected_from_its_first_bytes(head: bytes, name: str) -> None:
    kind = kind_of(head)
    assert kind is not None
    assert kind.name == name


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b'<?xml version="1.0"?>\n<!-- drawn --><svg>', "SVG"),
        (b"\xef\xbb\xbf  <SVG onload=x>", "SVG"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42", "video"),
        (b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom", "raw"),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "raw"),
        (b"%PDF-1.4", "PDF"),
        (b"8BPS\x00\x01", "Photoshop"),
        (b"%!PS-Adobe-3.0 EPSF", "PostScript"),
        (b"\xff\x4f\xff\x51", "JPEG 2000"),
        (b"\xff\x0a\xfa\x1f", "JPEG XL"),
        (b"BM6\x00", "BMP"),
        (b"PK\x03\x04\x14\x00", "archive"),
        (b"<!DOCTYPE html><title>x", "web page"),
        (b"\x00\x00\x01\x00\x01\x00", "icon"),
        (b"icns\x00\x03", "icon"),
        (b"DDS |\x00", "Browsers"),
        (b"\x01\xda\x01\x01", "Browsers"),
        (b"P6\n24 16\n255\n", "Browsers"),
        (b"v/1\x01\x02", "HDR"),
        (b"gimp xcf v011", "design program"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "video"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio"),
        (b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42", "audio"),
        (b"ID3\x04\x00", "audio"),
        (b"", "empty"),
        (b"Dear editors", "JPEG, PNG"),
    ],
)
def test_an_unsupported_type_is_named_with_what_to_do(head: bytes, word: str) -> None:
    assert kind_of(head) is None
    assert word in rejection_of(head)
