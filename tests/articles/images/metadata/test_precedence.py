"""Precedence of metadata blocks, see docs/algorithms/image-metadata.md."""

from typing import Any

import pytest

from articles.images.metadata import read
from tests.articles.images.metadata.blocks import UTF8, alternatives, iim, jpeg, packet

IN_XMP = packet(alternatives("dc:description", x_default="from XMP"))
IN_IIM = iim((1, 90, UTF8), (2, 120, b"from IIM"))
IN_EXIF = {270: "from EXIF"}


@pytest.mark.parametrize(
    ("blocks", "winner"),
    [
        ({"iim_block": IN_IIM, "xmp": IN_XMP, "exif": IN_EXIF}, "from XMP"),
        ({"iim_block": IN_IIM, "exif": IN_EXIF}, "from IIM"),
        ({"exif": IN_EXIF}, "from EXIF"),
        ({"iim_block": IN_IIM, "xmp": IN_XMP, "digest": True}, "from XMP"),
        ({"iim_block": IN_IIM, "xmp": IN_XMP, "digest": b"x" * 16}, "from IIM"),
        ({"iim_block": IN_IIM, "xmp": IN_XMP, "digest": bytes(16)}, "from XMP"),
    ],
)
def test_xmp_precedes_iim_and_iim_precedes_exif_unless_iim_is_newer(
    blocks: dict[str, Any], winner: str
) -> None:
    assert read(jpeg(**blocks)).caption == winner


def test_a_truncated_iim_value_does_not_replace_the_full_one() -> None:
    credit = "Ines Faro and the survey team of the harbour"
    xmp = packet(f"<photoshop:Credit>{credit}</photoshop:Credit>")
    cut = iim((2, 110, credit.encode()[:32]))
    assert read(jpeg(iim_block=cut, xmp=xmp, digest=b"x" * 16)).credit == credit


def test_the_date_taken_is_that_of_the_camera() -> None:
    block = iim((2, 55, b"20260101"))
    image = jpeg(iim_block=block, exif={34665: {36867: "2025:12:31 23:59:58"}})
    assert read(image).taken == "2025-12-31T23:59:58"


def test_windows_fields_count_only_where_no_other_field_is_set() -> None:
    windows = {
        0x9C9B: "Kajen vid Örö\x00".encode("utf-16-le"),
        0x9C9C: "Ω, no caption".encode("utf-16-le"),
        0x9C9D: "Ines Faro; Jo Reis".encode("utf-16-le"),
        0x9C9E: "sea;cranes; sea\x00".encode("utf-16-le"),
    }
    metadata = read(jpeg(exif=windows))
    assert (metadata.title, metadata.caption) == ("Kajen vid Örö", "Ω, no caption")
    assert (metadata.byline, metadata.keywords) == ("Ines Faro; Jo Reis", ("sea", "cranes"))
    assert metadata.origins["title"] == "exif"
    newer = jpeg(exif={**windows, 0x010E: "A quay"}, iim_block=iim((2, 25, b"quay")))
    assert (read(newer).caption, read(newer).keywords) == ("A quay", ("quay",))


def test_the_digitisation_date_counts_only_without_a_date_taken() -> None:
    scanned = {34665: {36868: "2025:12:31 23:59:58", 36882: "+09:00"}}
    assert read(jpeg(exif=scanned)).taken == "2025-12-31T23:59:58+09:00"
    assert read(jpeg(iim_block=iim((2, 55, b"19680500")), exif=scanned)).taken == "1968-05"


def test_an_invalid_date_is_skipped_for_the_next_block() -> None:
    odd = packet("<photoshop:DateCreated>2019-02-31</photoshop:DateCreated>")
    assert read(jpeg(xmp=odd)).taken is None
    assert read(jpeg(xmp=odd, iim_block=iim((2, 55, b"20190000")))).taken == "2019"
    later = packet("<photoshop:DateCreated>2019-02-28T25:00:00Z</photoshop:DateCreated>")
    assert read(jpeg(xmp=later)).taken is None
