"""Metadata blocks as the programs of newsrooms write them."""

import zlib
from io import BytesIO
from pathlib import Path
from struct import pack

import pytest
from PIL import Image as Pixels
from PIL import TiffTags
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from articles.images.metadata import iim, read, xmp
from articles.images.metadata.fields import MAX_BLOCK
from tests.articles.images.metadata.blocks import UTF8, alternatives, jpeg, packet, resource
from tests.articles.images.metadata.blocks import iim as iim_block

CAPTION = (2, 120)


def read_xmp(packets: list[bytes]) -> dict[str, list[str]]:
    return xmp.found_in(xmp.properties(packets), xmp.FIELDS)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [(True, "utf-8"), (False, "utf-8"), (False, "latin-1"), (False, "cp1252")],
)
def test_iim_is_read_with_and_without_a_declared_character_set(
    declared: bool, encoding: str
) -> None:
    text = "Café – “quay”" if encoding in {"utf-8", "cp1252"} else "Café à quai"
    mark = [(1, 90, UTF8)] if declared else []
    block = iim_block(*mark, (*CAPTION, text.encode(encoding)))
    assert iim.read(block)["caption"] == [text]


def test_iim_truncated_within_a_character_loses_only_that_character() -> None:
    block = iim_block((1, 90, UTF8), (*CAPTION, "Málaga é".encode()[:-1]))
    assert iim.read(block)["caption"] == ["Málaga "]


def test_iim_ends_at_the_first_invalid_dataset() -> None:
    block = iim_block((*CAPTION, b"A quay")) + b"\x1c\x02\x69\xff\xff\xff" + b"rubbish"
    assert iim.read(block) == {"caption": ["A quay"]}


def test_several_creators_are_joined_without_repetition() -> None:
    block = iim_block((2, 80, b"Ines Faro"), (2, 80, b"Jo Reis"), (2, 80, b"Ines Faro"))
    assert read(jpeg(iim_block=block)).byline == "Ines Faro; Jo Reis"


def test_the_date_taken_is_read_from_iim() -> None:
    block = iim_block((2, 55, b"20260314"), (2, 60, b"093000+0100"))
    assert read(jpeg(iim_block=block)).taken == "2026-03-14T09:30:00+01:00"


def test_xmp_is_read_from_elements_attributes_and_lists() -> None:
    inside = (
        alternatives("dc:description", x_default="A quay")
        + "<dc:creator><rdf:Seq><rdf:li>Ines Faro</rdf:li><rdf:li>Jo Reis</rdf:li></rdf:Seq></dc:creator>"
        + "<dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>cranes</rdf:li></rdf:Bag></dc:subject>"
        + "<photoshop:Headline>Quiet quay</photoshop:Headline>"
        + alternatives("xmpRights:UsageTerms", x_default="Once")
        + alternatives("Iptc4xmpCore:AltTextAccessibility", x_default="Cranes above a quay")
        + alternatives("Iptc4xmpCore:ExtDescrAccessibility", x_default="Long words")
    )
    metadata = read(jpeg(xmp=packet(inside, 'photoshop:Credit="Meridian" photoshop:City="Porto"')))
    assert metadata.caption == "A quay"
    assert metadata.byline == "Ines Faro; Jo Reis"
    assert metadata.keywords == ("sea", "cranes")
    assert metadata.headline == "Quiet quay"
    assert metadata.usage_terms == "Once"
    assert metadata.alt_text == "Cranes above a quay"
    assert metadata.extended_description == "Long words"
    assert (metadata.credit, metadata.city) == ("Meridian", "Porto")


@pytest.mark.parametrize(
    ("languages", "best"),
    [
        ({"fr": "Un quai", "x_default": "A quay"}, "A quay"),
        ({"fr": "Un quai", "en_GB": "A quay"}, "A quay"),
        ({"fr": "Un quai", "pt": "Um cais"}, "Un quai"),
    ],
)
def test_the_default_language_of_an_xmp_alternative_is_used(
    languages: dict[str, str], best: str
) -> None:
    assert read_xmp([packet(alternatives("dc:description", **languages))])["caption"] == [best]


@pytest.mark.parametrize(
    "hostile",
    [
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        b'<!DOCTYPE a [<!ENTITY e "x"><!ENTITY f "&e;&e;&e;">]><a>&f;</a>',
        b"<a><b></a>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="no-such-charset"?><a/>',
        b"",
    ],
)
def test_broken_or_hostile_xmp_is_ignored(hostile: bytes) -> None:
    assert read_xmp([hostile]) == {}


def test_an_oversized_xmp_packet_is_ignored() -> None:
    padded = packet(alternatives("dc:description", x_default="A quay")) + b" " * MAX_BLOCK
    assert read_xmp([padded]) == {}


def test_exif_in_utf8_is_read_although_the_standard_allows_ascii_only() -> None:
    metadata = read(jpeg(exif={270: "A café at the quay".encode(), 315: "Bjørn Ås".encode()}))
    assert metadata.caption == "A café at the quay"
    assert metadata.byline == "Bjørn Ås"


def test_an_exif_copyright_contains_photographer_and_editor() -> None:
    assert read(jpeg(exif={33432: "Ines Faro\x00Meridian"})).copyright == "Ines Faro; Meridian"


def test_nul_characters_and_lone_surrogates_are_removed() -> None:
    block = iim_block((*CAPTION, b"A \x00quay\x07"))
    surrogate = packet("<photoshop:Headline>&#xE000;ok</photoshop:Headline>")
    metadata = read(jpeg(iim_block=block, xmp=surrogate))
    assert metadata.caption == "A quay"
    assert metadata.headline == "\ue000ok"


def test_an_image_without_metadata_has_empty_fields() -> None:
    metadata = read(jpeg())
    assert set(metadata.as_json().values()) == {None}


def test_xmp_and_exif_of_a_png_are_read(tmp_path: Path) -> None:
    path = tmp_path / "chart.png"
    text = PngInfo()
    text.add_itxt(
        "XML:com.adobe.xmp", packet(alternatives("dc:title", x_default="A chart")).decode()
    )
    tags = Pixels.Exif()
    tags[315] = "Ines Faro"
    Pixels.new("RGB", (8, 8)).save(path, pnginfo=text, exif=tags.tobytes())
    metadata = read(path.read_bytes())
    assert (metadata.title, metadata.byline) == ("A chart", "Ines Faro")


def test_png_text_after_the_pixels_is_read(tmp_path: Path) -> None:
    path = tmp_path / "chart.png"
    Pixels.new("RGB", (8, 8)).save(path)
    content = path.read_bytes()
    tags = Pixels.Exif()
    tags.update({315: "Ines Faro", 274: 6})
    end = content.index(b"IEND") - 4
    late = chunk(b"eXIf", tags.tobytes()[6:]) + chunk(b"zTXt", raw_profile(b"A quay"))
    path.write_bytes(content[:end] + late + content[end:])
    metadata = read(path.read_bytes())
    assert (metadata.byline, metadata.caption, metadata.orientation) == ("Ines Faro", "A quay", 6)


def chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))


def raw_profile(caption: bytes) -> bytes:
    block = resource(0x0404, iim_block((*CAPTION, caption)))
    text = f"\niptc\n{len(block):8}\n{block.hex()}\n".encode()
    return b"Raw profile type iptc\x00\x00" + zlib.compress(text)


@pytest.mark.parametrize("swapped", [False, True])
def test_iim_in_a_tiff_tag_is_read_also_with_swapped_bytes(swapped: bool, tmp_path: Path) -> None:
    block = iim_block((*CAPTION, b"A quay")) + b"\x00"
    assert len(block) % 4 == 0
    if swapped:
        block = b"".join(block[at : at + 4][::-1] for at in range(0, len(block), 4))
    tags = ImageFileDirectory_v2()
    tags.tagtype[33723] = TiffTags.UNDEFINED
    tags[33723] = block
    Pixels.new("RGB", (8, 8)).save(tmp_path / "x.tif", tiffinfo=tags)
    as_bytes = pack("<HHI", 33723, TiffTags.UNDEFINED, len(block))
    swap_words = pack("<HHI", 33723, TiffTags.LONG, len(block) // 4)
    content = (tmp_path / "x.tif").read_bytes()
    assert as_bytes in content
    (tmp_path / "x.tif").write_bytes(content.replace(as_bytes, swap_words))
    assert read((tmp_path / "x.tif").read_bytes()).caption == "A quay"


def test_exif_of_a_rotated_avif_is_read(
    tmp_path: Path,
) -> None:
    tags = Pixels.Exif()
    tags.update({315: "Bj--rn --s", 274: 6})
    Pixels.new("RGB", (16, 8)).save(tmp_path / "x.avif", exif=tags.tobytes())
    content = (tmp_path / "x.avif").read_bytes()
    (tmp_path / "x.avif").write_bytes(content.replace(b"Bj--rn --s", "Bjørn Ås".encode()))
    assert read((tmp_path / "x.avif").read_bytes()).byline == "Bjørn Ås"


AI = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CAMERA = b"http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"


def segment(marker: int, data: bytes) -> bytes:
    return pack(">BBH", 0xFF, marker, len(data) + 2) + data


def test_a_c2pa_manifest_in_several_pieces_reveals_an_ai_image() -> None:
    head = pack(">I4s", 400, b"jumb")
    first = b"JP\x00\x01" + pack(">I", 1) + head + b"claim " + AI[:40]
    second = b"JP\x00\x01" + pack(">I", 2) + head + AI[40:] + b" and " + CAMERA
    content = jpeg()
    metadata = read(content[:2] + segment(0xEB, first) + segment(0xEB, second) + content[2:])
    assert metadata.digital_source_type == AI.decode()
    assert metadata.origins == {"digital_source_type": "c2pa"}


def test_the_source_type_of_xmp_precedes_that_of_the_manifest(tmp_path: Path) -> None:
    buffer = BytesIO()
    spaces = 'xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    xmp = packet(f"<ext:DigitalSourceType>{CAMERA.decode()}</ext:DigitalSourceType>", spaces)
    text = PngInfo()
    text.add(b"caBX", b"jumb" + AI)
    Pixels.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=text)
    assert read(buffer.getvalue()).digital_source_type == AI.decode()
    text.add_itxt("XML:com.adobe.xmp", xmp.decode())
    buffer = BytesIO()
    Pixels.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=text)
    assert read(buffer.getvalue()).digital_source_type == CAMERA.decode()


def test_iptc_blocks_at_the_offsets_used_in_the_nineties_are_read() -> None:
    content, block = jpeg(), iim_block((*CAPTION, b"A quay"))
    for data in (block, b"Adobe_Photoshop2.5:" + resource(0x0404, block)):
        assert read(content[:2] + segment(0xED, data) + content[2:]).caption == "A quay"
