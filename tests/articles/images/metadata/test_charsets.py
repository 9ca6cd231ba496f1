"""Detection of missing or wrong character sets."""

import pytest

from articles.images.metadata import iim, read
from articles.images.metadata.charsets import Hints, declared, guess
from tests.articles.images.metadata.blocks import alternatives, jpeg, packet
from tests.articles.images.metadata.blocks import iim as iim_block

TYPICAL = [
    "Hélène à l'école",
    "L’été à Besançon – “déjà vu”",
    "Mädchen läuft über die Brücke",
    "„Kein Öl“, heißt es",
    "El niño miró la inundación",
    "Não há pão em São Tomé",
    "Åtta kor på gården",
    "Rødgrød med fløde på Ærø",
    "La città è più bella",
    "The players’ bus – “too late”",
    "© Jörg Müller",
    "Besançon",
]


@pytest.mark.parametrize("text", TYPICAL)
@pytest.mark.parametrize("charset", ["cp1252", "mac_roman"])
def test_mac_text_is_distinguished_from_windows_text(text: str, charset: str) -> None:
    assert guess([text.encode(charset)], Hints()) == charset


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Žluťoučký kůň úpěl ďábelské ódy", "cp1250"),
        ("Zażółć gęślą jaźń w Łodzi", "cp1250"),
        ("Zażółć gęślą jaźń w Łodzi", "mac_latin2"),
        ("Žluťoučký kůň úpěl ďábelské ódy", "mac_latin2"),
        ("Güneş ışığı İstanbul’a vurdu, çok güzel bir gün", "cp1254"),
        ("Наводнение в порту: жители уже второй день покидают дома", "cp1251"),
        ("Наводнение в порту: жители уже второй день покидают дома", "koi8-r"),
        ("Наводнение в порту: жители уже второй день покидают дома", "mac_cyrillic"),
        ("Η Αθήνα είναι η πρωτεύουσα της Ελλάδας", "cp1253"),
    ],
)
def test_eastern_european_text_is_decoded_without_a_declaration(text: str, charset: str) -> None:
    value = text.encode(charset)
    assert value.decode(guess([value], Hints())) == text


def test_an_ambiguous_text_is_windows_unless_the_file_was_made_on_a_mac() -> None:
    both = b"\xa9 2026"
    assert guess([both], Hints()) == "cp1252"
    assert guess([both], Hints(from_mac=True)) == "mac_roman"


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "iso8859-7", "cp1250", "cp932"])
def test_a_text_repeated_in_xmp_reveals_the_character_set(charset: str) -> None:
    text = {"iso8859-7": "Ωμέγα", "cp1250": "Łódź", "cp932": "渋谷の交差点"}.get(charset, "Москва")
    block = iim_block((2, 120, text.encode(charset)), (2, 90, text.encode(charset)))
    xmp = packet(alternatives("dc:description", x_default=text))
    assert read(jpeg(iim_block=block, xmp=xmp)).city == text


@pytest.mark.parametrize(
    ("mark", "charset"),
    [
        (b"\x1b%G", "utf-8"),
        (b"\x1b%/I", "utf-8"),
        (b"\x1b.A", "cp1252"),
        (b"\x1b-A", "cp1252"),
        (b"\x1b(B\x1b-F", "iso8859-7"),
        (b"\x1b-L", "iso8859-5"),
        (b"\x1b.b", "iso8859-15"),
        (b"", None),
        (b"UTF-8", None),
        (b"\x1b%@", None),
        (b"A", None),
    ],
)
def test_escape_sequences_declare_character_sets(mark: bytes, charset: str | None) -> None:
    assert declared(mark) == charset


def test_a_declaration_counts_unless_the_bytes_contradict_it() -> None:
    greek = iim_block((1, 90, b"\x1b-F"), (2, 90, "Αθήνα".encode("iso8859-7")))
    assert iim.read(greek)["city"] == ["Αθήνα"]
    lying = iim_block((1, 90, b"\x1b%G"), (2, 90, "Málaga".encode("cp1252")))
    assert iim.read(lying)["city"] == ["Málaga"]
    modest = iim_block((1, 90, b"\x1b.A"), (2, 90, "Málaga".encode()))
    assert iim.read(modest)["city"] == ["Málaga"]


def test_a_single_utf8_value_among_others_is_decoded_as_utf8() -> None:
    block = iim_block((2, 90, "Málaga".encode()), (2, 101, "España".encode("mac_roman")))
    assert iim.read(block) == {"city": ["Málaga"], "country": ["España"]}


def test_exif_of_a_mac_is_recognised_by_its_software() -> None:
    mac = {0x013C: "Mac OS X 10.4.11", 0x010E: "© 2026".encode("mac_roman")}
    assert read(jpeg(exif=mac)).caption == "© 2026"


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "cp1252"])
def test_xmp_with_a_wrong_declaration_is_decoded(charset: str) -> None:
    text = packet(alternatives("dc:description", x_default="Málaga à quai")).decode()
    assert read(jpeg(xmp=text.encode(charset))).caption == "Málaga à quai"


@pytest.mark.parametrize("spoiled", ["\x0b{}", "{}&#x1;", "{}\x00\x00", "rubbish {} & more"])
def test_slightly_broken_xmp_is_read(spoiled: str) -> None:
    text = packet(alternatives("dc:description", x_default="A quay")).decode()
    inner = text.replace("A quay", spoiled.format("A quay")) if "&#" in spoiled else text
    xmp = inner if "&#" in spoiled else spoiled.format(inner)
    assert read(jpeg(xmp=xmp.encode())).caption == "A quay"
