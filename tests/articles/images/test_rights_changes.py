"""Changing the sources and licences of many images at once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import User
from articles.images import rights_changes
from articles.images.library.editing import update_image
from articles.images.models import Agency, Image, ImageEvent, Photographer
from articles.images.signals import rights_changed
from tests.newsroom import picture

pytestmark = pytest.mark.django_db

END = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def reuters() -> Agency:
    return Agency.objects.create(
        name="Reuters", credit_text="via Reuters", url="https://reuters.example/"
    )


@pytest.fixture
def ines() -> Photographer:
    return Photographer.objects.create(name="Ines Faro")


def credit(image: Image) -> str:
    image.refresh_from_db()
    return image.credit


@pytest.mark.parametrize(
    ("named", "byline", "agency", "alone", "expected"),
    [
        (True, "", True, "", "Ines Faro/via Reuters"),
        (True, "Someone else", True, "", "Ines Faro/via Reuters"),
        (True, "", False, "", "Ines Faro"),
        (False, "Jo Reis", True, "", "Jo Reis/via Reuters"),
        (False, " ", True, "", "Reuters"),
        (False, "", True, "Handout of Reuters", "Handout of Reuters"),
        (False, "Jo Reis", False, "", "As typed"),
        (False, "J" * 288, True, "", f"{'J' * 288}/via Reuters"),
    ],
)
def test_the_credit_line_is_composed_of_creator_and_agency(
    reuters: Agency, ines: Photographer, named: bool, byline: str, agency: bool, alone: str,
    expected: str, edna: User,
) -> None:  # fmt: skip
    reuters.credit_text_alone = alone
    reuters.save()
    image = picture(credit="As typed", byline=byline)
    whose: dict[str, Any] = {
        "photographer": ines if named else None,
        "agency": reuters if agency else None,
    }
    update_image(image, by=edna, **whose)
    assert image.credit == credit(image) == expected
    assert image.credit_url == ("https://reuters.example/" if agency else "")


def test_the_name_of_an_agency_is_never_truncated(reuters: Agency, edna: User) -> None:
    image = picture(headline="Quay", credit="As typed", byline="J" * 289)
    with pytest.raises(ValidationError, match=r"“Quay”: The credit .* 301 characters"):
        update_image(image, by=edna, agency=reuters)
    assert credit(image) == "As typed"
    assert not ImageEvent.objects.exists()


def test_photographer_is_the_creator_is_renamed_and_removed_with_them(
    reuters: Agency, ines: Photographer, edna: User
) -> None:
    first, second = picture(byline=""), picture(byline="Someone else")
    other = picture(byline="Jo Reis")
    hers = Image.objects.filter(pk__in=[first.pk, second.pk])

    def creators() -> set[str]:
        return set(hers.values_list("byline", flat=True))

    rights_changes.change(hers, {"photographer": ines, "agency": reuters}, by=edna)
    assert creators() == {"Ines Faro"}
    before = hers.get(pk=first.pk).rights_version
    ines.name = "Inês Faro"
    rights_changes.save(ines, by=edna)
    assert creators() == {"Inês Faro"}
    assert hers.get(pk=first.pk).rights_version == before + 1
    event = ImageEvent.objects.filter(image=first).latest("pk")
    assert "creator: Inês Faro" in event.after
    rights_changes.change(hers.filter(pk=first.pk), {"photographer": None}, by=edna)
    update_image(second, by=edna, photographer=None)
    assert creators() == {""}
    assert credit(first) == credit(second) == "Reuters"
    assert second.byline == ""
    other.refresh_from_db()
    assert other.byline == "Jo Reis"


def test_a_creator_entered_while_the_photographer_is_deleted_stays(
    ines: Photographer, edna: User
) -> None:
    image = picture(photographer=ines, byline="Ines Faro")
    values = {"credit": "Ines Faro/Pool", "byline": "Ines Faro"}
    rights_changes.change(Image.objects.all(), values, by=edna)
    assert credit(image) == "Ines Faro/Pool"
    assert image.byline == "Ines Faro"


def test_a_new_credit_format_changes_every_image_of_the_agency_and_no_other(
    reuters: Agency,
    ines: Photographer,
    edna: User,
    django_capture_on_commit_callbacks: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    received: list[list[int]] = []
    monkeypatch.setattr(
        rights_changed,
        "send",
        lambda sender, image_ids: received.append(sorted(image_ids)),
    )
    hers = [
        picture(
            agency=reuters,
            photographer=ines,
            credit="Ines Faro/via Reuters",
            credit_url=reuters.url,
            byline="Ines Faro",
        )
        for _ in "ab"
    ]
    other = picture()
    before = Image.objects.get(pk=hers[0].pk).rights_version
    reuters.credit_text = "for Reuters"
    with django_capture_on_commit_callbacks(execute=True):
        assert rights_changes.save(reuters, by=edna) == 2
    assert [credit(image) for image in hers] == ["Ines Faro/for Reuters"] * 2
    assert hers[0].rights_version == before + 1
    assert credit(other) == "Ines Faro/via Meridian Pictures"
    events = ImageEvent.objects.all()
    assert {(event.before, event.after, event.created_by) for event in events} == {
        ("credit: Ines Faro/via Reuters", "credit: Ines Faro/for Reuters", edna)
    }
    assert received == [[image.pk for image in hers]]


def test_each_of_many_images_gets_a_history_row_with_its_former_credit(
    reuters: Agency, edna: User
) -> None:
    first, second = picture(agency=reuters, credit="Reuters"), picture(credit="Jo Reis")
    assert rights_changes.change(Image.objects.all(), {"credit": "Ines Faro"}, by=edna) == 2
    assert credit(first) == credit(second) == "Ines Faro"
    assert first.agency is None
    data = ImageEvent.objects.filter(action="credited").values_list("before", "after", "created_by")
    assert set(data) == {
        ("credit: Reuters\nagency: Reuters", "credit: Ines Faro\nagency: –", edna.pk),
        ("credit: Jo Reis", "credit: Ines Faro", edna.pk),
    }


def test_an_unchanged_value_adds_no_history_row(edna: User) -> None:
    picture(credit="Ines Faro")
    rights_changes.change(Image.objects.all(), {"credit": "Ines Faro"}, by=edna)
    assert not ImageEvent.objects.exists()


def test_a_changed_licence_is_described_in_the_history(edna: User) -> None:
    picture()
    values = {"licence_until": END, "licensed_for_newsletter": False}
    rights_changes.change(Image.objects.all(), values, by=edna)
    event = ImageEvent.objects.get(action="licensed")
    assert event.before == "licence ends: –\nlicensed for the newsletter: yes"
    assert event.after == "licence ends: 1 January 2030, 00:00\nlicensed for the newsletter: no"


def test_a_change_that_one_image_rejects_changes_none(edna: User) -> None:
    picture(licence_from=END)
    early = datetime(2020, 1, 1, tzinfo=UTC)
    other = picture()
    with pytest.raises(IntegrityError):
        rights_changes.change(
            Image.objects.all(), {"licence_until": early, "credit": "New"}, by=edna
        )
    assert credit(other) != "New"
    assert not ImageEvent.objects.exists()
