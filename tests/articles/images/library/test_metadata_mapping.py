"""Library fields filled from the metadata of a file."""

import pytest
from django.core.files.base import ContentFile

from articles.images.library import ingest
from articles.images.library.metadata_mapping import fields_from
from articles.images.library.uploads import metadata_message
from articles.images.models import Image
from tests.articles.images.metadata.blocks import jpeg, packet


def test_metadata_fills_the_fields_of_an_image() -> None:
    found = fields_from(
        {
            "caption": "A quay",
            "byline": "Ines Faro",
            "persons": ["Jo Reis", "Ada Lim"],
            "keywords": ["sea", "sea", "", "x" * 200],
            "city": "Porto",
            "taken": "2026-03-14T09:30:00+01:00",
            "licence": "https://creativecommons.org/licenses/by/4.0/",
            "licensor": "Meridian",
            "licensor_url": "https://meridian.example/buy",
        }
    )
    assert found["persons"] == "Jo Reis, Ada Lim"
    assert found["keywords"] == ["sea", "x" * 100]
    assert found["licence_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["licensor"] == "Meridian, https://meridian.example/buy"
    assert (found["credit"], found["city"]) == ("Ines Faro", "Porto")


def test_an_ai_source_type_in_the_metadata_is_used() -> None:
    url = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    assert Image(**fields_from({"digital_source_type": url})).is_ai_made


def test_an_invalid_url_is_ignored() -> None:
    assert fields_from({"licence": "see javascript:alert(1)", "caption": "SONY DSC"}) == {}


@pytest.mark.django_db
def test_a_credit_that_is_too_long_is_not_truncated_silently() -> None:
    long = packet(f"<photoshop:Credit>{'Ines Faro, ' * 500}</photoshop:Credit>")
    image = ingest.ingest(ContentFile(jpeg(xmp=long), name="long.jpg"), by=None)
    assert "The credit was too long" in metadata_message(image)
    assert image.credit.endswith("…")
    assert image.metadata["credit"].count("Ines Faro") == 500
    image.credit = "To be continued …"
    assert "too long" not in metadata_message(image)
