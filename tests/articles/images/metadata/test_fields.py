"""The fields of XMP that are more than a text: places, persons, licences, languages."""

from articles.images.metadata import ImageMetadata, read
from tests.articles.images.metadata.blocks import jpeg, packet

SPACES = (
    'xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" '
    'xmlns:cc="http://creativecommons.org/ns#" '
    'xmlns:mm="http://ns.adobe.com/xap/1.0/mm/" '
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
    'xmlns:regions="http://www.metadataworkinggroup.com/schemas/regions/"'
)


def said(inside: str) -> ImageMetadata:
    return read(jpeg(xmp=packet(inside, SPACES)))


def bag(name: str, *items: str) -> str:
    listed = "".join(f"<rdf:li{item}</rdf:li>" for item in items)
    return f"<{name}><rdf:Bag>{listed}</rdf:Bag></{name}>"


def test_the_place_is_the_one_shown_else_the_one_the_picture_was_made_in() -> None:
    created = bag(
        "ext:LocationCreated",
        ' rdf:parseType="Resource"><ext:City>Lyon</ext:City><ext:CountryName>France</ext:CountryName>',
    )
    shown = bag("ext:LocationShown", '><rdf:Description ext:City="Porto"/>')
    assert (said(created).city, said(created).country) == ("Lyon", "France")
    assert said(created + shown).city == "Porto"
    assert said(created + shown + "<photoshop:City>Faro</photoshop:City>").city == "Faro"


def test_persons_shown_are_named_simply_or_with_details_or_at_their_faces() -> None:
    simple = bag("ext:PersonInImage", ">Jo Reis", ">Ada Lim", ">Jo Reis")
    detailed = bag(
        "ext:PersonInImageWDetails",
        ' rdf:parseType="Resource"><ext:PersonName><rdf:Alt>'
        '<rdf:li xml:lang="x-default">Mia Sol</rdf:li></rdf:Alt></ext:PersonName>',
    )
    listed = bag(
        "regions:RegionList",
        '><rdf:Description regions:Name="Ida Ek" regions:Type="Face"/>',
        '><rdf:Description regions:Name="Rex" regions:Type="Pet"/>',
    )
    faces = f'<regions:Regions rdf:parseType="Resource">{listed}</regions:Regions>'
    assert said(simple + detailed + faces).persons == ("Jo Reis", "Ada Lim")
    assert said(detailed + faces).persons == ("Mia Sol",)
    assert said(faces).persons == ("Ida Ek",)


def test_the_licence_is_what_creative_commons_says_else_the_statement_on_the_web() -> None:
    statement = "<xmpRights:WebStatement>https://a.example/terms</xmpRights:WebStatement>"
    licence = '<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>'
    assert said(statement).licence == "https://a.example/terms"
    assert said(statement + licence).licence == "https://creativecommons.org/licenses/by/4.0/"


def test_the_licensor_has_a_name_and_an_address_or_one_of_them() -> None:
    both = (
        "<plus:Licensor><rdf:Seq><rdf:li rdf:parseType='Resource'>"
        "<plus:LicensorName>Meridian</plus:LicensorName>"
        "<plus:LicensorURL>https://meridian.example/</plus:LicensorURL>"
        "</rdf:li></rdf:Seq></plus:Licensor>"
    )
    found = said(both)
    assert (found.licensor, found.licensor_url) == ("Meridian", "https://meridian.example/")
    nameless = both.replace("<plus:LicensorName>Meridian</plus:LicensorName>", "")
    assert said(nameless).licensor == "https://meridian.example/"


def test_a_picture_made_by_a_machine_says_so() -> None:
    address = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    assert (
        said(f"<ext:DigitalSourceType>{address}</ext:DigitalSourceType>").digital_source_type
        == address
    )


def test_what_is_said_of_other_pictures_is_not_said_of_this_one() -> None:
    history = bag(
        "mm:Pantry",
        ' rdf:parseType="Resource"><dc:creator><rdf:Seq><rdf:li>Somebody Else</rdf:li></rdf:Seq>'
        "</dc:creator><photoshop:Credit>Elsewhere</photoshop:Credit>",
    )
    assert (said(history).byline, said(history).credit) == (None, None)


def test_what_xmp_repeats_of_exif_counts_no_more_than_exif() -> None:
    found = said("<tiff:Artist>Camera Owner</tiff:Artist>")
    assert found.byline == "Camera Owner"
    assert found.origins == {"byline": "xmp"}


def test_an_empty_property_leaves_the_field_to_the_next_block() -> None:
    empty = packet(
        "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'/></rdf:Alt></dc:description>"
    )
    assert read(jpeg(xmp=empty, exif={0x010E: "A quay"})).caption == "A quay"


def test_markup_and_formulas_are_words_like_others() -> None:
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt; =1+1"
    assert said(f"<photoshop:Headline>{hostile}</photoshop:Headline>").headline == (
        "<script>alert(1)</script> =1+1"
    )
