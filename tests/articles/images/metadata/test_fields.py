"""Structured XMP fields: places, persons, licences and alternatives."""

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


def read_fields(inside: str) -> ImageMetadata:
    return read(jpeg(xmp=packet(inside, SPACES)))


def bag(name: str, *items: str) -> str:
    listed = "".join(f"<rdf:li{item}</rdf:li>" for item in items)
    return f"<{name}><rdf:Bag>{listed}</rdf:Bag></{name}>"


def test_the_location_shown_precedes_the_location_created() -> None:
    created = bag(
        "ext:LocationCreated",
        ' rdf:parseType="Resource"><ext:City>Lyon</ext:City><ext:CountryName>France</ext:CountryName>',
    )
    shown = bag("ext:LocationShown", '><rdf:Description ext:City="Porto"/>')
    assert (read_fields(created).city, read_fields(created).country) == ("Lyon", "France")
    assert read_fields(created + shown).city == "Porto"
    assert read_fields(created + shown + "<photoshop:City>Faro</photoshop:City>").city == "Faro"


def test_persons_are_read_from_names_details_and_face_regions() -> None:
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
    assert read_fields(simple + detailed + faces).persons == ("Jo Reis", "Ada Lim")
    assert read_fields(detailed + faces).persons == ("Mia Sol",)
    assert read_fields(faces).persons == ("Ida Ek",)


def test_the_licence_of_creative_commons_precedes_the_web_statement() -> None:
    statement = "<xmpRights:WebStatement>https://a.example/terms</xmpRights:WebStatement>"
    licence = '<cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>'
    assert read_fields(statement).licence == "https://a.example/terms"
    assert (
        read_fields(statement + licence).licence == "https://creativecommons.org/licenses/by/4.0/"
    )


def test_the_licensor_has_a_name_or_a_url_or_both() -> None:
    both = (
        "<plus:Licensor><rdf:Seq><rdf:li rdf:parseType='Resource'>"
        "<plus:LicensorName>Meridian</plus:LicensorName>"
        "<plus:LicensorURL>https://meridian.example/</plus:LicensorURL>"
        "</rdf:li></rdf:Seq></plus:Licensor>"
    )
    found = read_fields(both)
    assert (found.licensor, found.licensor_url) == ("Meridian", "https://meridian.example/")
    nameless = both.replace("<plus:LicensorName>Meridian</plus:LicensorName>", "")
    assert read_fields(nameless).licensor == "https://meridian.example/"


def test_an_ai_generated_image_is_recognised() -> None:
    url = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    assert (
        read_fields(f"<ext:DigitalSourceType>{url}</ext:DigitalSourceType>").digital_source_type
        == url
    )


def test_properties_of_ingredients_are_not_read() -> None:
    history = bag(
        "mm:Pantry",
        ' rdf:parseType="Resource"><dc:creator><rdf:Seq><rdf:li>Somebody Else</rdf:li></rdf:Seq>'
        "</dc:creator><photoshop:Credit>Elsewhere</photoshop:Credit>",
    )
    assert (read_fields(history).byline, read_fields(history).credit) == (None, None)


def test_exif_values_repeated_in_xmp_have_the_precedence_of_exif() -> None:
    found = read_fields("<tiff:Artist>Camera Owner</tiff:Artist>")
    assert found.byline == "Camera Owner"
    assert found.origins == {"byline": "xmp"}


def test_an_empty_property_falls_back_to_the_next_block() -> None:
    empty = packet(
        "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'/></rdf:Alt></dc:description>"
    )
    assert read(jpeg(xmp=empty, exif={0x010E: "A quay"})).caption == "A quay"


def test_markup_and_formulas_are_plain_text() -> None:
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt; =1+1"
    assert read_fields(f"<photoshop:Headline>{hostile}</photoshop:Headline>").headline == (
        "<script>alert(1)</script> =1+1"
    )
