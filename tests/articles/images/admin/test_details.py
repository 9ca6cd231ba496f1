"""Details of an image are read and changed from the article form, and images are uploaded there."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from articles.images.admin import details as views
from articles.images.models import Agency, Image, ImageEvent
from iria.core.http import safe_client
from tests import newsroom
from tests.newsroom import picture, picture_file

pytestmark = pytest.mark.django_db

UPLOAD = "/admin/articles/image/upload/"
IMPORT = "/admin/articles/image/import/"


def details(image: Image) -> str:
    return f"/admin/articles/image/{image.pk}/details/"


@pytest.fixture
def as_edna(edna: User) -> Client:
    browser = Client()
    browser.force_login(edna)
    return browser


@pytest.fixture
def as_rui(rui: User) -> Client:
    browser = Client()
    browser.force_login(rui)
    return browser


def file(name: str = "boats.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_file().read() if content is None else content)


def test_the_credit_is_changed_and_recorded(as_edna: Client, edna: User) -> None:
    image = picture(credit="", caption="As it was")
    answer = as_edna.post(details(image), {"credit": "Nell Sandoval"})
    assert answer.status_code == 200
    assert answer.json()["credit_name"] == "Nell Sandoval"
    assert answer.json()["needs_credit"] is False
    image.refresh_from_db()
    assert (image.credit, image.caption) == ("Nell Sandoval", "As it was")
    assert ImageEvent.objects.get().created_by == edna


def test_focal_point_and_licence_are_changed_one_at_a_time(as_edna: Client) -> None:
    image = picture()
    as_edna.post(details(image), {"focus_x": "25", "focus_y": "75.5"})
    as_edna.post(details(image), {"licence_until": "2031-05-01T12:30"})
    as_edna.post(details(image), {"usage_terms": "Online only."})
    image.refresh_from_db()
    assert (image.focus_x, image.focus_y) == (0.25, 0.755)
    assert image.usage_terms == "Online only."
    found = as_edna.get(details(image)).json()
    assert found["licence_until"] == "2031-05-01T12:30"
    assert image.credit == found["credit_name"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"credit": "x" * 2000}, "credit"),
        ({"credit": "a\x00b"}, "credit"),
        ({"focus_x": "101"}, "focus_x"),
        ({"focus_y": "left"}, "focus_y"),
        ({"licence_until": "tomorrow"}, "licence_until"),
        ({"licence_url": "javascript:alert(1)"}, "licence_url"),
    ],
)
def test_a_bad_value_is_refused_and_nothing_is_changed(
    as_edna: Client, values: dict[str, str], field: str
) -> None:
    image = picture()
    answer = as_edna.post(details(image), values)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    before = (image.credit, image.focus_x, image.focus_y, image.licence_until, image.licence_url)
    image.refresh_from_db()
    assert before == (
        *(image.credit, image.focus_x, image.focus_y, image.licence_until, image.licence_url),
    )


def test_other_fields_cannot_be_changed_here(as_edna: Client) -> None:
    image = picture()
    as_edna.post(details(image), {"byline": "x", "licensed_for_site": "", "headline": "x"})
    before = image.byline, image.licensed_for_site, image.headline
    image.refresh_from_db()
    assert (image.byline, image.licensed_for_site, image.headline) == before


def test_a_published_image_keeps_a_credit(as_edna: Client) -> None:
    image = picture()
    newsroom.published(lead_image=image)
    assert as_edna.post(details(image), {"credit": " "}).status_code == 400
    image.refresh_from_db()
    assert image.credit


def test_only_users_who_may_publish_change_a_published_image(
    as_rui: Client, as_edna: Client, rui: User
) -> None:
    image = picture(credit="Ines Faro")
    newsroom.draft(lead_image=image, by=rui)
    assert as_rui.get(details(image)).json()["why_unchangeable"] == ""
    assert as_rui.post(details(image), {"credit": "Before"}).status_code == 200
    newsroom.published("Elsewhere", lead_image=image)
    assert "Elsewhere" in as_rui.get(details(image)).json()["why_unchangeable"]
    for values in ({"credit": "After"}, {"focus_x": "3"}, {"usage_terms": "After"}):
        answer = as_rui.post(details(image), values)
        assert answer.status_code == 403
        assert "Elsewhere" in answer.json()["message"]
    image.refresh_from_db()
    assert (image.credit, image.focus_x, image.usage_terms) == ("Before", 0.5, "")
    assert as_edna.post(details(image), {"credit": "After"}).status_code == 200


def test_others_neither_see_nor_change_details(mina: User, ola: User) -> None:
    image = picture()
    for who in (mina, ola):
        browser = Client()
        browser.force_login(who)
        assert browser.get(details(image)).status_code in (302, 403)
        assert browser.post(details(image), {"credit": "x"}).status_code in (302, 403)
        assert browser.post(UPLOAD, {"pictures": [file()]}).status_code in (302, 403)
        assert browser.post(IMPORT, {"url": "https://images.example/"}).status_code in (302, 403)
    assert Image.objects.count() == 1


def test_a_credit_of_photographer_and_agency_is_marked_as_composed(as_edna: Client) -> None:
    image = picture(agency=Agency.objects.create(name="Roadstead", credit_text="via Roadstead"))
    assert as_edna.get(details(image)).json()["is_composed"] is True


def test_the_details_of_a_deleted_image_say_so(as_edna: Client) -> None:
    image = picture()
    url = details(image)
    image.delete()
    for answer in (as_edna.get(url), as_edna.post(url, {"credit": "x"})):
        assert answer.status_code == 404
        assert answer.json()["message"]


def test_each_uploaded_file_has_a_result(as_edna: Client, edna: User) -> None:
    sent = [file(), file("again.jpg"), file("notes.jpg", b"No image.")]
    new, again, bad = as_edna.post(UPLOAD, {"pictures": sent}).json()["results"]
    image = Image.objects.get()
    assert new["image"]["id"] == again["image"]["id"] == image.pk
    assert (new["is_new"], again["is_new"]) == (True, False)
    assert new["image"]["needs_credit"] is True
    assert (bad["image"], bool(bad["message"])) == (None, True)
    assert image.uploaded_by == edna
    assert LogEntry.objects.get().object_id == str(image.pk)


def test_an_upload_without_files_has_no_results(as_edna: Client) -> None:
    assert as_edna.post(UPLOAD).json() == {"results": []}
    assert as_edna.get(UPLOAD).status_code == 405


def test_an_image_of_another_site_is_imported(
    as_edna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    requested: list[str] = []

    def answer(url: str, **options: Any) -> bytes:
        requested.append(url)
        content: bytes = picture_file().read()
        return content

    monkeypatch.setattr(safe_client, "get_file", answer)
    url = "https://images.example/a%20quay.jpg?size=3"
    (result,) = as_edna.post(IMPORT, {"url": url}).json()["results"]
    assert (result["name"], requested) == ("a quay.jpg", [url])
    assert result["image"]["id"] == Image.objects.get().pk


def test_a_user_imports_few_images_in_a_short_time_and_each_in_seconds(
    as_edna: Client, as_rui: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[float] = []

    def answer(url: str, **options: Any) -> bytes:
        limits.append(options["seconds"])
        content: bytes = picture_file().read()
        return content

    monkeypatch.setattr(safe_client, "get_file", answer)
    monkeypatch.setattr(views, "MAX_IMPORTS", 2)
    url = {"url": "https://images.example/quay.jpg"}
    for expected in (True, True, False):
        (result,) = as_edna.post(IMPORT, url).json()["results"]
        assert (result["image"] is not None) is expected
    assert limits == [views.IMPORT_SECONDS] * 2
    assert as_rui.post(IMPORT, url).json()["results"][0]["image"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/a.jpg", "http://10.0.0.1/", "file:///etc/passwd", "", "no url"]
)
def test_no_import_reaches_the_private_network(as_edna: Client, url: str) -> None:
    (result,) = as_edna.post(IMPORT, {"url": url}).json()["results"]
    assert result["image"] is None
    assert result["message"]
    assert not Image.objects.exists()


def test_a_file_that_is_no_image_is_not_imported(
    as_edna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_client, "get_file", lambda url, **options: b"<html>")
    (result,) = as_edna.post(IMPORT, {"url": "https://images.example/"}).json()["results"]
    assert (result["image"], bool(result["message"])) == (None, True)
