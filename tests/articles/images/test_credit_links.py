"""The link of a credit never leads to a former source."""

from typing import Any

import pytest

from accounts.models import User
from articles.images import rights_changes
from articles.images.library.editing import update_image
from articles.images.models import Agency, Image, Photographer
from tests.newsroom import picture

pytestmark = pytest.mark.django_db

INES, REUTERS, TYPED = "https://ines.example/", "https://reuters.example/", "https://typed.example/"


@pytest.fixture
def ines() -> Photographer:
    return Photographer.objects.create(name="Ines Faro", url=INES)


@pytest.fixture
def jo() -> Photographer:
    return Photographer.objects.create(name="Jo Reis")


@pytest.fixture
def image(ines: Photographer, edna: User) -> Image:
    """An image by Ines Faro in the library."""
    image = picture()
    update_image(image, by=edna, photographer=ines)
    assert image.credit_url == INES
    return image


def link(image: Image) -> str:
    image.refresh_from_db()
    return image.credit_url


def test_a_new_photographer_without_a_website_removes_the_old_link(
    image: Image, jo: Photographer, edna: User
) -> None:
    update_image(image, by=edna, photographer=jo)
    assert image.credit == "Jo Reis"
    assert image.credit_url == link(image) == ""
    assert image.events.latest("pk").before.startswith(f"credit: Ines Faro\ncredit link: {INES}")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"photographer": None}, ""),
        ({"credit": "Jo Reis"}, ""),
        ({"credit": "Jo Reis", "credit_url": TYPED}, TYPED),
        ({"credit": "Ines Faro for us", "credit_url": INES}, INES),
        ({"copyright_notice": "© Ines Faro"}, INES),
    ],
)
def test_a_bulk_change_removes_links_to_former_sources_only(
    image: Image, edna: User, values: dict[str, Any], expected: str
) -> None:
    rights_changes.change(Image.objects.all(), values, by=edna)
    assert link(image) == expected


def test_each_image_loses_only_its_own_link(image: Image, jo: Photographer, edna: User) -> None:
    other, stranger = picture(), picture(credit_url=TYPED)
    update_image(
        other, by=edna, agency=Agency.objects.create(name="R", credit_text="via R", url=REUTERS)
    )
    rights_changes.change(Image.objects.all(), {"photographer": jo, "agency": None}, by=edna)
    assert [link(one) for one in (image, other, stranger)] == ["", "", TYPED]


def test_an_unchanged_agency_keeps_the_link(
    image: Image, ines: Photographer, jo: Photographer, edna: User
) -> None:
    agency = Agency.objects.create(name="Reuters", credit_text="via Reuters", url=REUTERS)
    update_image(image, by=edna, agency=agency)
    update_image(image, by=edna, photographer=jo)
    assert link(image) == REUTERS
    update_image(image, by=edna, photographer=ines, agency=None)
    assert link(image) == INES


def test_a_link_entered_for_the_image_stays(image: Image, jo: Photographer, edna: User) -> None:
    update_image(image, by=edna, photographer=jo, credit_url=TYPED)
    update_image(image, by=edna, photographer=None)
    assert link(image) == TYPED


def test_deleting_a_photographers_website_removes_the_link(
    image: Image, ines: Photographer, edna: User
) -> None:
    ines.url = ""
    rights_changes.save(ines, by=edna)
    assert link(image) == ""
