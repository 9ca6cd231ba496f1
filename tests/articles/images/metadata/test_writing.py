"""Rights in every rendition, checked with an independent reader."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pixels

from articles.images import metadata
from articles.images.metadata.rights_packet import CannotEmbed, Rights
from articles.images.metadata.writing import PADDING, embedded
from tests.exiftool import ExifTool, exiftool
from tests.proofs.size import sized

FULL = Rights(
    credit="Inês Faro/via Meridian – “quai” & <b>",
    creator="Inês Faro; Jo Reis",
    copyright="© 2026 Meridian’s",
    licence="https://creativecommons.org/licenses/by/4.0/?a=1&b='2'",
    usage_terms="Once, in print",
    digital_source_type="trainedAlgorithmicMedia",
)
CORRECTED = Rights(credit="Jo Reis", creator="Jo Reis", copyright="© Jo Reis")
LONG = Rights(credit="Ö" * 1_000, creator="N; " * 400, copyright="©" * 800)

KINDS = ["jpeg", "png", "webp", "lossless.webp", "moving.webp", "avif", "moving.avif"]


def small_file(kind: str) -> bytes:
    """A file as the decoder writes it."""
    *special, form = kind.split(".")
    gradient = Pixels.linear_gradient("L").resize((48, 32)).convert("RGB")
    options: dict[str, Any] = {"lossless": True} if "lossless" in special else {}
    if "moving" in special:
        frames = [Pixels.new("RGB", (48, 32), colour) for colour in ("red", "lime")]
        options = {"save_all": True, "append_images": frames, "duration": 100}
    if form == "png":
        gradient.putalpha(128)
    buffer = BytesIO()
    gradient.save(buffer, form.upper(), **options)
    return buffer.getvalue()


def frames_of(content: bytes) -> list[bytes]:
    image = Pixels.open(BytesIO(content))
    found = []
    for at in range(getattr(image, "n_frames", 1)):
        image.seek(at)
        found.append(image.convert("RGBA").tobytes())
    return found


def write(path: Path, rights: Rights) -> None:
    path.write_bytes(embedded(path.read_bytes(), rights))


@pytest.fixture(params=KINDS)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"picture.{request.param}"
    path.write_bytes(small_file(request.param))
    return path


@pytest.fixture(scope="module")
def tool() -> Iterator[ExifTool]:
    with exiftool() as running:
        yield running


def test_an_independent_reader_finds_the_rights(file: Path, tool: ExifTool) -> None:
    write(file, FULL)
    values = tool.read(file)
    assert values["XMP-photoshop:Credit"] == FULL.credit
    assert values["XMP-dc:Creator"] == ["Inês Faro", "Jo Reis"]
    assert values["XMP-dc:Rights"] == FULL.copyright
    assert values["XMP-xmpRights:WebStatement"] == values["XMP-cc:License"] == FULL.licence
    assert values["XMP-xmpRights:UsageTerms"] == FULL.usage_terms
    assert values["XMP-iptcExt:DigitalSourceType"].endswith("/trainedAlgorithmicMedia")
    if file.suffix == ".jpeg":
        assert values["IPTC:CodedCharacterSet"] == "UTF8"
        assert values["IPTC:Credit"] == FULL.credit
        assert values["IPTC:By-line"] == ["Inês Faro", "Jo Reis"]
        assert values["IPTC:CopyrightNotice"] == values["IFD0:Copyright"] == FULL.copyright
        assert values["IFD0:Artist"] == FULL.creator
        digests = tool.read(file, "-IPTCDigest", "-CurrentIPTCDigest")
        assert digests["Photoshop:IPTCDigest"] == digests["File:CurrentIPTCDigest"]


def test_an_independent_reader_reports_no_warnings(file: Path, tool: ExifTool) -> None:
    write(file, CORRECTED)
    assert tool.read(file, "-validate", "-warning")["ExifTool:Validate"] == "OK"


def test_our_own_reader_finds_the_same(file: Path) -> None:
    write(file, FULL)
    values = metadata.read_file(file)
    assert (values.credit, values.byline, values.copyright) == (
        FULL.credit,
        FULL.creator,
        FULL.copyright,
    )
    assert (values.licence, values.usage_terms) == (FULL.licence, FULL.usage_terms)


def test_the_pixels_do_not_change_and_the_packet_has_padding(file: Path) -> None:
    before = file.read_bytes()
    write(file, FULL)
    after = file.read_bytes()
    assert frames_of(after) == frames_of(before)
    assert after.count(b"<?xpacket end='w'?>") == 1
    assert b" " * 99 + b"\n" in after
    assert len(after) - len(before) < 2_800


def test_a_corrected_credit_is_written_in_place(file: Path) -> None:
    write(file, FULL)
    before = file.read_bytes()
    write(file, CORRECTED)
    after = file.read_bytes()
    assert len(after) == len(before)
    assert b"Meridian" not in after
    assert b"Jo Reis" in after
    assert frames_of(after) == frames_of(before)
    write(file, FULL)
    assert file.read_bytes() == before


def test_a_credit_longer_than_the_padding_replaces_the_old_one_completely(
    file: Path,
) -> None:
    write(file, FULL)
    before = file.read_bytes()
    write(file, LONG)
    after = file.read_bytes()
    assert len(after) > len(before)
    assert b"Meridian" not in after
    assert LONG.credit.encode() in after
    assert frames_of(after) == frames_of(before)
    write(file, FULL)
    assert len(file.read_bytes()) == len(after), "what is shorter again fits"


def test_existing_metadata_is_removed() -> None:
    tags = Pixels.Exif()
    tags.update({0x010E: "A quay", 0x0110: "Camera", 0xA431: "SERIAL7"})
    tags.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    for form in ("jpeg", "png", "webp"):
        buffer = BytesIO()
        options: dict[str, Any] = {"comment": "REMARK7"} if form == "jpeg" else {}
        Pixels.new("RGB", (8, 8)).save(buffer, form, exif=tags.tobytes(), **options)
        assert b"SERIAL7" in buffer.getvalue()
        after = embedded(buffer.getvalue(), FULL)
        assert b"SERIAL7" not in after
        assert b"REMARK7" not in after
        found = Pixels.open(BytesIO(after)).getexif()
        assert set(found) <= {0x013B, 0x0213, 0x8298}


def test_colour_profiles_and_rendering_do_not_change() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for form in ("jpeg", "png", "webp", "avif"):
        buffer = BytesIO()
        Pixels.new("RGB", (8, 8)).save(buffer, form, icc_profile=profile)
        after = Pixels.open(BytesIO(embedded(buffer.getvalue(), FULL)))
        assert after.info["icc_profile"] == profile


def test_an_image_without_rights_gets_no_metadata(file: Path, tool: ExifTool) -> None:
    write(file, Rights())
    values = tool.read(file, "-XMP:all", "-IFD0:all", "-IPTC:all")
    names = {name for name in values if name.startswith(("XMP-dc", "XMP-photoshop", "IFD0"))}
    assert names == set()


def test_characters_that_xmp_cannot_contain_are_removed() -> None:
    rights = Rights(credit="A\x00b\x07\nc\ud800 ", creator=" ; Jo;  ; ")
    assert rights.credit == "A b c"
    assert rights.creators == ["Jo"]


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\xff\xd8\xff\xe0", b"RIFF\x00\x00\x00\x00WEBP"]
)
def test_a_file_that_cannot_contain_rights_raises_an_error(content: bytes) -> None:
    with pytest.raises(CannotEmbed, match=r"\.$"):
        embedded(content, FULL)


def test_an_avif_of_unknown_structure_raises_an_error() -> None:
    tags = Pixels.Exif()
    tags[0x0110] = "Camera"
    buffer = BytesIO()
    Pixels.new("RGB", (8, 8)).save(buffer, "AVIF", exif=tags.tobytes())
    with pytest.raises(CannotEmbed, match="EXIF"):
        embedded(buffer.getvalue(), FULL)


SMALL = [small_file(kind) for kind in KINDS]


@settings(max_examples=sized(50, 150), deadline=None)
@given(
    content=st.sampled_from([*SMALL, *(embedded(each, FULL) for each in SMALL)]),
    cuts=st.lists(st.tuples(st.integers(0, 4_000), st.binary(max_size=6)), max_size=4),
)
def test_a_broken_file_is_rejected_or_gets_its_rights(
    content: bytes, cuts: list[tuple[int, bytes]]
) -> None:
    changed = bytearray(content)
    for at, piece in cuts:
        changed[at : at + len(piece)] = piece
    try:
        after = embedded(bytes(changed), FULL)
    except CannotEmbed:
        return
    assert b"In\xc3\xaas Faro" in after


@settings(max_examples=sized(26, 80), deadline=None)
@given(
    content=st.sampled_from(SMALL),
    credit=st.text(max_size=60),
    notice=st.text(max_size=2_500),
    # IIM may contain it twice, as creator and as credit; longer values make a longer file.
    other=st.text(max_size=60).filter(lambda credit: 2 * (5 + len(credit.encode())) <= PADDING),
)
def test_any_text_is_read_as_it_was_entered(
    content: bytes, credit: str, notice: str, other: str
) -> None:
    rights = Rights(credit=credit, copyright=notice)
    once = embedded(content, rights)
    values = metadata.read(once)
    assert (values.credit or "", values.copyright or "") == (rights.credit, rights.copyright)
    changed = Rights(credit=other)
    twice = embedded(once, changed)
    assert len(twice) == len(once)
    assert metadata.read(twice).credit == (changed.credit or None)
    assert embedded(twice, rights) == once


@pytest.mark.parametrize("character", ["&", "😀"])
def test_the_longest_values_of_every_field_fit_into_every_file(character: str) -> None:
    rights = Rights(*[character * 5_000] * 6)
    for content in SMALL:
        assert metadata.read(embedded(content, rights)).credit == character * 1_000
