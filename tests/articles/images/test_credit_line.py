"""The credit line of an image."""

from articles.images.credit_line import ai_label, credit_line, credit_text
from articles.images.models import Image
from iria.core.text.language import use_language
from iria.publication.models import Publication

PUBLICATION = Publication(credit_format="(Image Credit: {credit})")


def test_the_credit_has_the_publications_format() -> None:
    image = Image(credit="Ines Faro/via Meridian")
    assert credit_text(image, PUBLICATION) == "(Image Credit: Ines Faro/via Meridian)"
    assert credit_line(image, PUBLICATION) == (
        '<span class="credit">(Image Credit: Ines Faro/via Meridian)</span>'
    )
    assert credit_text(image, Publication(credit_format="Foto: {credit}")).startswith("Foto: Ines")


def test_a_credit_with_a_url_is_a_link() -> None:
    image = Image(credit="Ines Faro", credit_url="https://faro.example/?a=1&b=2")
    assert '<a href="https://faro.example/?a=1&amp;b=2">Ines Faro</a>' in credit_line(
        image, PUBLICATION
    )


def test_markup_in_a_credit_is_escaped() -> None:
    image = Image(credit="<img src=x onerror=alert(1)>{credit}")
    assert "<img" not in credit_line(image, PUBLICATION)
    assert "{credit}" in credit_line(image, PUBLICATION)


def test_an_image_that_needs_no_credit_has_no_line() -> None:
    image = Image(credit=" ", credit_exempt=True, no_credit_reason="Drawn by the desk")
    assert credit_line(image, PUBLICATION) == ""
    assert credit_text(image, PUBLICATION) == ""


def test_a_credit_is_shown_even_if_none_is_needed() -> None:
    image = Image(credit="Ines Faro", credit_exempt=True, no_credit_reason="Public domain")
    assert "Ines Faro" in credit_line(image, PUBLICATION)


AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def test_an_ai_generated_image_is_labelled_beside_the_credit() -> None:
    image = Image(credit="Ines Faro", digital_source_type=AI)
    assert credit_text(image, PUBLICATION) == "(Image Credit: Ines Faro) · Made with AI"
    assert credit_line(image, PUBLICATION).endswith(
        '</span> · <span class="ai-made" lang="en" dir="ltr">Made with AI</span>'
    )
    with use_language("fr"):
        assert "Créée par IA" in credit_text(image, PUBLICATION)


def test_an_ai_generated_image_without_a_credit_is_labelled_too() -> None:
    image = Image(credit_exempt=True, no_credit_reason="Ours", digital_source_type=AI)
    assert credit_text(image, PUBLICATION) == "Made with AI"
    assert "Made with AI" in credit_line(image, PUBLICATION)
    for other in ("digitalCapture", "algorithmicMedia"):
        assert ai_label(Image(digital_source_type=other)) == ""
