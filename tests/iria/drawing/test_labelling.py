"""A drawn picture says what it shows and who made it, in the words every program reads."""

import json
import shutil
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pixels

from iria.demo.drawing.gallery import PICTURES, drawn
from iria.demo.drawing.labelling import Label, iptc, labelled

LABEL = Label(
    headline="Fähren & Fischer",
    caption="Two ferries – “late” as ever – off <Ærø>.",
    alt_text="Two white ferries on a grey sea.",
    byline="Nell Sandoval",
    credit="Nell Sandoval/via Roadstead",
    source="Roadstead Institute",
    copyright_notice="© 2026 The Roadstead Institute",
    usage_terms="May be used with this credit.",
    made_on=date(2026, 5, 1),
    keywords=("sea", "ferries & fish"),
)


def plain_jpeg() -> bytes:
    buffer = BytesIO()
    Pixels.new("RGB", (40, 30), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


def test_exiftool_reads_every_field_in_both_blocks(tmp_path: Path) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("ExifTool is not on this machine; make test installs it")
    file = tmp_path / "ferries.jpg"
    file.write_bytes(labelled(plain_jpeg(), LABEL))
    answer = subprocess.run(
        ["exiftool", "-json", "-G1", "-all", "-validate", str(file)],
        capture_output=True,
        check=True,
    )
    (said,) = json.loads(answer.stdout)
    assert said["ExifTool:Validate"] == "OK"
    assert said["IPTC:Caption-Abstract"] == said["XMP-dc:Description"] == LABEL.caption
    assert said["IPTC:Headline"] == said["XMP-photoshop:Headline"] == LABEL.headline
    assert said["IPTC:By-line"] == said["XMP-dc:Creator"] == LABEL.byline
    assert said["IPTC:Credit"] == said["XMP-photoshop:Credit"] == LABEL.credit
    assert said["IPTC:Source"] == said["XMP-photoshop:Source"] == LABEL.source
    assert said["IPTC:CopyrightNotice"] == said["XMP-dc:Rights"] == LABEL.copyright_notice
    assert said["IPTC:Keywords"] == said["XMP-dc:Subject"] == list(LABEL.keywords)
    assert said["XMP-xmpRights:UsageTerms"] == LABEL.usage_terms
    assert said["XMP-iptcCore:AltTextAccessibility"] == LABEL.alt_text


def test_the_pixels_stay_as_they_were() -> None:
    before = plain_jpeg()
    with (
        Pixels.open(BytesIO(before)) as plain,
        Pixels.open(BytesIO(labelled(before, LABEL))) as ours,
    ):
        assert plain.tobytes() == ours.tobytes()


def test_only_a_jpeg_is_labelled() -> None:
    with pytest.raises(ValueError, match="Only a JPEG"):
        labelled(b"\x89PNG\r\n", LABEL)


@given(st.text(st.characters(codec="utf-8"), max_size=400))
def test_a_field_is_cut_between_letters_and_never_within_one(words: str) -> None:
    block = iptc(
        Label(words, words, words, words, words, words, words, words, date(2026, 5, 1), (words,))
    )
    place, found = block.index(b"\x1c\x02\x50"), b""
    length = int.from_bytes(block[place + 3 : place + 5])
    found = block[place + 5 : place + 5 + length]
    assert len(found) <= 32
    assert words.startswith(found.decode())


@pytest.mark.parametrize("key", ["strait-at-dawn", "map-baltic", "chart-freight"])
def test_a_picture_comes_out_the_same_every_time_and_large(key: str) -> None:
    first = drawn(key, LABEL)
    assert drawn(key, LABEL) == first
    with Pixels.open(BytesIO(first)) as picture:
        assert picture.width >= 1800
    assert len(PICTURES) > 25
