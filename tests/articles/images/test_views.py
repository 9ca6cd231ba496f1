"""Serving renditions."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from articles.images.library import ingest
from articles.images.models import Image, OldRenditionName, Rendition
from tests.newsroom import picture_file

CREDIT = "Ines Faro/via Meridian Pictures"


@pytest.fixture
def only(db: None) -> Rendition:
    return ingest.ingest(picture_file(), by=None, credit=CREDIT).renditions.get()


def seconds(response: Any) -> int:
    return int(response["Cache-Control"].removeprefix("public, max-age="))


def test_a_rendition_is_cached_forever_and_sets_no_cookie(client: Client, only: Rendition) -> None:
    response = client.get(only.get_absolute_url())
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not response.cookies
    assert "Vary" not in response
    assert b"".join(response)[:3] == b"\xff\xd8\xff"


def test_a_browser_may_only_display_a_rendition(client: Client, only: Rendition) -> None:
    for url in (only.get_absolute_url(), "/pictures/nothing.jpeg"):
        response = client.get(url)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_conditional_request_needs_one_query(
    client: Client, only: Rendition, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        tag = client.get(only.get_absolute_url())["ETag"]
    with django_assert_num_queries(1):
        again = client.get(only.get_absolute_url(), headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert "immutable" in again["Cache-Control"]


def test_a_head_request_returns_the_content_length(client: Client, only: Rendition) -> None:
    response = client.head(only.get_absolute_url())
    assert (response.status_code, b"".join(response)) == (200, b"")
    assert response["Content-Length"] == str(only.bytes)


@pytest.mark.parametrize(("left", "at_most"), [(3600, 60), (25, 25)])
def test_no_cache_keeps_a_rendition_past_the_end_of_a_licence(
    client: Client, only: Rendition, left: int, at_most: int
) -> None:
    Image.objects.update(licence_until=timezone.now() + timedelta(seconds=left))
    assert at_most - 5 <= seconds(client.get(only.get_absolute_url())) <= at_most


@pytest.mark.parametrize(
    "withheld",
    [
        {"licence_until": timezone.now() - timedelta(seconds=1)},
        {"licence_from": timezone.now() + timedelta(days=1)},
        {"withdrawn_at": timezone.now()},
        {"credit": ""},
    ],
    ids=["ended", "not begun", "withdrawn", "uncredited"],
)
def test_a_hidden_image_is_gone_and_returns(
    client: Client, only: Rendition, withheld: dict[str, Any]
) -> None:
    Image.objects.update(**withheld)
    tag = f'"{only.name}"'
    for headers in ({}, {"If-None-Match": tag}):
        response = client.get(only.get_absolute_url(), headers=headers)
        assert response.status_code == 410
        assert seconds(response) <= 60
        assert response["Content-Type"].startswith("text/plain")
    OldRenditionName.objects.create(name="old-1.jpeg", image=only.image, format="jpeg", width=320)
    assert client.get("/pictures/old-1.jpeg").status_code == 410
    Image.objects.update(licence_until=None, licence_from=None, withdrawn_at=None, credit=CREDIT)
    assert client.get(only.get_absolute_url()).status_code == 200


def test_an_image_whose_licence_begins_soon_is_cached_until_then(
    client: Client, only: Rendition
) -> None:
    Image.objects.update(licence_from=timezone.now() + timedelta(seconds=20))
    assert seconds(client.get(only.get_absolute_url())) <= 20


def test_a_former_name_redirects_to_the_current_rendition_of_that_size(
    client: Client, only: Rendition, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    image = only.image
    for form, width, shape in (("jpeg", 160, "1:1"), ("webp", 320, ""), ("avif", 320, "3:2")):
        name = f"{form}-{width}"
        Rendition.objects.create(
            image=image, format=form, width=width, height=9, shape=shape, name=name
        )
    for form, width, shape, name in (
        ("jpeg", 320, "", only.name),
        ("jpeg", 160, "1:1", "jpeg-160"),
        ("webp", 320, "", "webp-320"),
        ("avif", 640, "3:2", "avif-320"),
    ):
        OldRenditionName.objects.all().delete()
        OldRenditionName.objects.create(
            name="old-1.jpeg", image=image, format=form, width=width, shape=shape
        )
        with django_assert_num_queries(2):
            response = client.get("/pictures/old-1.jpeg")
        assert (response.status_code, response["Location"]) == (301, f"/pictures/{name}")
        assert seconds(response) == 60


def test_nginx_gets_the_location_of_the_file(
    client: Client, only: Rendition, settings: Any
) -> None:
    settings.IMAGE_ACCEL_LOCATION = "/kept/"
    response = client.get(only.get_absolute_url())
    assert response["X-Accel-Redirect"] == f"/kept/{only.file.name}"
    assert (response.content, response["Content-Type"]) == (b"", "image/jpeg")
    assert "immutable" in response["Cache-Control"]
    Image.objects.update(withdrawn_at=timezone.now())
    withdrawn = client.get(only.get_absolute_url())
    assert withdrawn.status_code == 410
    assert "X-Accel-Redirect" not in withdrawn


def test_staff_can_see_hidden_images(
    client: Client, only: Rendition, edna: User, ola: User
) -> None:
    Image.objects.update(withdrawn_at=timezone.now())
    url = f"/admin/articles/image/file/{only.name}"
    assert client.get(url).status_code == 302
    client.force_login(ola)
    assert client.get(url).status_code == 302
    client.force_login(edna)
    response = client.get(url)
    assert response.status_code == 200
    assert "private" in response["Cache-Control"]
    assert client.get("/admin/articles/image/file/nothing.jpeg").status_code == 404


def test_a_newsletter_image_is_available_for_emails(client: Client, only: Rendition) -> None:
    Image.objects.update(licensed_for_site=False)
    assert client.get(only.get_absolute_url()).status_code == 200
    Image.objects.update(licensed_for_newsletter=False)
    assert client.get(only.get_absolute_url()).status_code == 410


def test_an_original_has_no_public_url(client: Client, only: Rendition) -> None:
    name = str(only.image.original)
    for url in (f"/pictures/{name}", f"/pictures/{name.rsplit('/', 1)[1]}", f"/media/{name}"):
        assert client.get(url, follow=True).status_code == 404


def test_unknown_names_and_path_traversal_are_not_found(client: Client, db: None) -> None:
    for name in ("nothing.jpeg", "..%2f..%2fmanage.py", "%00", "x" * 300, "a/b.jpeg"):
        assert client.get(f"/pictures/{name}", follow=True).status_code == 404


def test_a_rendition_without_a_file_is_not_found(client: Client, only: Rendition) -> None:
    Path(only.file.path).unlink()
    response = client.get(only.get_absolute_url())
    assert response.status_code == 404
    assert "immutable" not in response.get("Cache-Control", "")


def test_a_rendition_does_not_accept_writes(client: Client, only: Rendition) -> None:
    assert client.post(only.get_absolute_url()).status_code == 405


@pytest.mark.parametrize("name", ["%00.jpeg", "a%00b", "nothing.jpeg", "x" * 900])
def test_an_invalid_file_name_in_the_admin_is_not_found(
    client: Client, edna: User, name: str
) -> None:
    client.force_login(edna)
    result = client.get(f"/admin/articles/image/file/{name}")
    assert result.status_code == 404
    assert result.status_code == 404
