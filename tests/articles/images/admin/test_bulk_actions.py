"""Bulk actions of the image library."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from articles.images.admin.bulk_actions import SELECTION_CHANGED
from articles.images.admin.forms import PHOTOGRAPHER_IS_CREATOR
from articles.images.models import Agency, Collection, Image, ImageEvent, Photographer
from articles.images.models.rights import LICENCE_DATES_REVERSED
from tests.newsroom import picture, published

LIBRARY = "/admin/articles/image/"


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def ticked(*images: Image, **fields: Any) -> dict[str, Any]:
    return {"action": "change_rights", "_selected_action": [each.pk for each in images], **fields}


def applied(*images: Image, **fields: Any) -> dict[str, Any]:
    return ticked(*images, apply="1", expected=len(images), **fields)


def test_the_form_shows_the_number_of_images_before_anything_changes(editor_client: Client) -> None:
    shown, bare = picture(headline="Quay"), picture(headline="Bare", credit="")
    page = editor_client.post(LIBRARY, ticked(shown, bare)).content.decode()
    assert "<strong>2</strong> images; 1 may" in " ".join(page.split())
    assert 'name="expected" value="2"' in page
    assert "Quay" in page
    assert not ImageEvent.objects.exists()


def test_credit_agency_and_licence_of_the_selected_images_are_changed(
    editor_client: Client,
) -> None:
    reuters = Agency.objects.create(name="Reuters", credit_text="via Reuters")
    ines = Photographer.objects.create(name="Ines Faro")
    first, second, other = picture(), picture(credit=""), picture()
    fields = {"agency": reuters.pk, "photographer": ines.pk, "licensed_for_newsletter": "no"}
    fields |= {"licence_until_0": "2030-01-01", "licence_until_1": "12:00"}
    page = editor_client.post(
        LIBRARY, applied(first, second, **fields), follow=True
    ).content.decode()
    assert "2 images changed." in page
    for image in (first, second):
        image.refresh_from_db()
        assert image.credit == "Ines Faro/via Reuters"
        assert image.licence_until == datetime(2030, 1, 1, 12, tzinfo=UTC)
        assert not image.licensed_for_newsletter
        assert image.alt_text
        assert image.events.count() == 2
    assert not other.events.exists()


def test_all_search_results_are_changed_and_not_only_those_of_the_page(
    editor_client: Client,
) -> None:
    for number in range(3):
        picture(headline=f"Lighthouse {number}", credit="")
    picture(headline="Quay")
    one = Image.objects.latest("pk")
    form = ticked(one, select_across="1", apply="1", expected=3, credit="Ines Faro")
    editor_client.post(f"{LIBRARY}?q=lighthouse", form)
    assert Image.objects.filter(credit="Ines Faro").count() == 3


def test_a_changed_selection_is_reported(editor_client: Client) -> None:
    picture(), picture()
    form = ticked(Image.objects.all()[0], select_across="1", apply="1", expected=1, credit="New")
    page = editor_client.post(LIBRARY, form).content.decode()
    assert SELECTION_CHANGED.format(now=2, then=1) in page
    assert 'value="New"' in page
    assert not Image.objects.filter(credit="New").exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Nothing to change"),
        ({"credit": "x" * 5000}, "at most 300"),
        ({"credit": "a\x00b"}, "ull characters"),
        ({"credit": "New", "agency": "AGENCY"}, "not both"),
        ({"agency": "AGENCY", "cleared": ["agency"]}, "not both"),
        ({"agency": "99999"}, "valid choice"),
        ({"agency": "AGENCY", "byline": "J" * 289}, "301 characters"),
        ({"byline": "Jo", "photographer": "PHOTOGRAPHER"}, PHOTOGRAPHER_IS_CREATOR),
        ({"usage_terms": "x" * 2001}, "at most 2000"),
        ({"licence_until_0": "2019-01-01", "licence_until_1": "12:00"}, "begins after this date"),
        (
            {
                "licence_from_0": "2031-01-01",
                "licence_from_1": "12:00",
                "licence_until_0": "2030-01-01",
                "licence_until_1": "12:00",
            },
            LICENCE_DATES_REVERSED,
        ),
        ({"licence_until_0": "soon", "licence_until_1": ""}, "Enter a valid"),
    ],
)
def test_invalid_input_is_reported_and_kept_and_changes_nothing(
    editor_client: Client, fields: dict[str, Any], message: str
) -> None:
    agency = Agency.objects.create(name="Reuters", credit_text="via Reuters")
    ines = Photographer.objects.create(name="Ines Faro")
    image = picture(licence_from=datetime(2020, 1, 1, tzinfo=UTC))
    known = {"AGENCY": agency.pk, "PHOTOGRAPHER": ines.pk}
    fields = {name: known.get(str(value), value) for name, value in fields.items()}
    page = editor_client.post(LIBRARY, applied(image, **fields)).content.decode()
    assert message in page
    if len(str(fields.get("credit", ""))) == 5000:
        assert "x" * 5000 in page
    image.refresh_from_db()
    assert image.credit == "Ines Faro/via Meridian Pictures"
    assert not ImageEvent.objects.exists()


def test_images_with_a_photographer_get_no_other_creator(editor_client: Client) -> None:
    ines = Photographer.objects.create(name="Ines Faro")
    hers, other = picture(photographer=ines, byline="Ines Faro"), picture()
    page = _text(editor_client.post(LIBRARY, applied(hers, other, byline="Jo Reis")))
    assert "One image has a photographer" in page
    page = _text(
        editor_client.post(
            LIBRARY, applied(hers, byline="Jo Reis", cleared=["photographer"]), follow=True
        )
    )
    assert "1 image changed." in page
    hers.refresh_from_db()
    assert hers.byline == "Jo Reis"


def test_a_credit_format_that_does_not_fit_every_creator_is_rejected(editor_client: Client) -> None:
    agency = Agency.objects.create(name="Reuters", credit_text="via Reuters")
    image = picture(agency=agency, credit="J" * 280 + "/via Reuters", byline="J" * 280)
    form = {"name": "Reuters", "credit_text": "by courtesy of Reuters"}
    page = _text(editor_client.post(f"/admin/articles/agency/{agency.pk}/change/", form))
    assert "303 characters" in page
    assert "by courtesy of Reuters" in page
    image.refresh_from_db()
    assert image.credit.endswith("/via Reuters")


def test_formulas_and_markup_are_plain_text(editor_client: Client) -> None:
    image = picture()
    bad = '=HYPERLINK("x") <script>alert(1)</script>'
    page = editor_client.post(LIBRARY, applied(image, credit=bad), follow=True).content.decode()
    assert "<script>alert" not in page
    image.refresh_from_db()
    assert image.credit == bad


def test_removing_the_end_of_a_licence_shows_the_images_again(editor_client: Client) -> None:
    image = picture(licence_until=datetime(2020, 1, 1, tzinfo=UTC))
    editor_client.post(LIBRARY, applied(image, cleared=["licence_until"]))
    image.refresh_from_db()
    assert image.may_be_shown


def test_images_are_added_to_a_collection_found_there_and_removed(editor_client: Client) -> None:
    first, second = picture(headline="Quay"), picture(headline="Crane")
    picture(headline="Sand")
    form = {**applied(first, second), "action": "add_to_collection"}
    assert "2 images added to “Harbours”" in _text(
        editor_client.post(LIBRARY, {**form, "new": "Harbours"}, follow=True)
    )
    editor_client.post(LIBRARY, {**form, "new": "harbours"})
    kept = Collection.objects.get()
    results = editor_client.get(f"{LIBRARY}?collection={kept.pk}").context["cl"].result_list
    assert set(results) == {first, second}
    form = {**applied(first), "action": "remove_from_collection", "collection": kept.pk}
    editor_client.post(LIBRARY, form)
    assert list(kept.pictures.all()) == [second]
    assert "Choose a collection" in _text(editor_client.post(LIBRARY, {**form, "collection": ""}))


def test_a_reporter_has_no_bulk_actions(client: Client, rui: User) -> None:
    image = picture()
    client.force_login(rui)
    assert "change_rights" not in _text(client.get(LIBRARY))
    client.post(LIBRARY, applied(image, credit="Rui"))
    image.refresh_from_db()
    assert image.credit != "Rui"
    assert client.get("/admin/articles/agency/add/").status_code == 403


def test_renaming_an_agency_in_the_admin_shows_how_many_credits_change(
    editor_client: Client,
) -> None:
    agency = Agency.objects.create(name="Reuters", credit_text="via Reuters")
    image = picture(agency=agency, credit="Reuters")
    published(lead_image=image)
    form = {"name": "Agence Havas", "credit_text": "via Havas"}
    page = editor_client.post(f"/admin/articles/agency/{agency.pk}/change/", form, follow=True)
    assert "1 image" in _text(page)
    image.refresh_from_db()
    assert image.credit == "Agence Havas"
    again = editor_client.post(
        "/admin/articles/agency/add/", {"name": "agence  havas", "credit_text": "x"}
    )
    assert "“Agence Havas”" in _text(again)
    kept = editor_client.post(f"/admin/articles/agency/{agency.pk}/delete/", {"post": "yes"})
    assert "has 1 images" in _text(kept)


def _text(response: Any) -> str:
    return str(response.content.decode())
