"""Deleting an image that is being used at the same moment."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from articles.images.library import editing
from articles.images.models import Image
from tests.newsroom import draft, picture

pytestmark = pytest.mark.django_db

LIBRARY = "/admin/articles/image/"


@pytest.mark.parametrize("confirmed", [False, True])
def test_the_number_of_queries_does_not_depend_on_the_number_of_images(
    client: Client, edna: User, confirmed: bool
) -> None:
    client.force_login(edna)

    def queries(number: int) -> int:
        ticked: dict[str, Any] = {"action": "delete_selected"} | (
            {"post": "yes"} if confirmed else {}
        )
        ticked["_selected_action"] = [picture().pk for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            client.post(LIBRARY, ticked)
        return len(captured)

    queries(1)  # Fills caches.
    assert queries(1) == queries(8)
    assert Image.objects.count() == (0 if confirmed else 10)


@pytest.fixture
def used_meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Image]:
    """Images that are used right after the check found no usage."""
    images: list[Image] = []
    check = editing.why_undeletable

    def check_before_use(image: Image) -> str:
        return "" if image in images else check(image)

    monkeypatch.setattr(editing, "why_undeletable", check_before_use)
    return images


@pytest.mark.parametrize("at", ["one", "many"])
def test_an_image_used_meanwhile_is_not_deleted_and_the_page_says_so(
    client: Client, edna: User, used_meanwhile: list[Image], at: str
) -> None:
    image = picture(headline="Quay")
    others = [picture(), picture()]
    draft(lead_image=image)
    used_meanwhile.append(image)
    client.force_login(edna)
    if at == "one":
        response = client.post(f"{LIBRARY}{image.pk}/delete/", {"post": "yes"}, follow=True)
    else:
        ticked: dict[str, Any] = {"action": "delete_selected", "post": "yes"}
        ticked["_selected_action"] = [each.pk for each in (*others, image)]
        response = client.post(LIBRARY, ticked, follow=True)
    page = response.content.decode()
    assert "Nothing was deleted." in page
    assert "uccessfully" not in page
    assert Image.objects.count() == 3
    assert not LogEntry.objects.exists()
