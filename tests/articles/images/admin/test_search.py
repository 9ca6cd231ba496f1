"""Searching the image library."""

from typing import Any

import pytest

from articles.images.admin.filters import search
from articles.images.models import Image
from iria.publication.models import current_publication
from tests.newsroom import picture

pytestmark = pytest.mark.django_db


def names(text: str) -> list[str]:
    return [image.headline for image in search(Image.objects.all(), text)]


@pytest.fixture
def library() -> None:
    library: list[dict[str, Any]] = [
        {"headline": "Cranes", "caption": "A grey harbour", "credit": "José Faro/via Reuters"},
        {"headline": "Harbours", "alt_text": "A lighthouse", "keywords": ["Fischerei"]},
        {"headline": "Desert", "persons": "Angela Example", "city": "Tanta"},
    ]
    for text in library:
        picture(**{"alt_text": "", **text})


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("harbour lighthouse", ["Harbours", "Cranes"]),
        ("crane", ["Cranes"]),
        ("JOSE", ["Cranes"]),
        ("reuters", ["Cranes"]),
        ("fischerei", ["Harbours"]),
        ("example tanta", ["Desert"]),
        ('"grey harbour"', ["Cranes"]),
        ("harbour -lighthouse", ["Cranes"]),
        ("the", []),
        ("nothing", []),
        ("-", []),
        ("  ", ["Desert", "Harbours", "Cranes"]),
        ("'); DROP TABLE", []),
        ("a:* & !b | (", []),
        ("har\x00bour", []),
    ],
)
def test_images_are_found_by_any_word_regardless_of_accents_and_endings(
    text: str, expected: list[str]
) -> None:
    assert names(text) == expected


def test_an_image_is_found_by_its_current_text_and_by_its_number() -> None:
    image = picture(headline="Quay", alt_text="")
    Image.objects.filter(pk=image.pk).update(headline="Jetty")
    assert names("quay") == []
    assert names("jetties") == ["Jetty"]
    assert names(str(image.pk)) == ["Jetty"]


def test_images_are_indexed_in_every_language_of_the_publication() -> None:
    picture(headline="Une journée", caption="Des chevaux au port")
    assert names("cheval") == []
    publication = current_publication()
    publication.languages = "en, fr"
    publication.save()
    assert names("cheval") == ["Une journée"]
