"""Two editors change the collections of one image without undoing each other's changes."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from articles.images.models import Collection, Image
from tests.newsroom import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def image() -> Image:
    """An image in “Harbours”; “Ships” and “Quays” exist too."""
    image = picture()
    for name in ("Harbours", "Ships", "Quays"):
        Collection.objects.create(name=name)
    image.collections.add(Collection.objects.get(name="Harbours"))
    return image


def lies_in(image: Image) -> set[str]:
    return set(image.collections.values_list("name", flat=True))


def opened(editor_client: Client, image: Image) -> dict[str, Any]:
    """The form data of an image without changes."""
    form = editor_client.get(f"{image.get_absolute_url()}").context["adminform"].form
    return {name: form[name].value() for name in ("credit", "seen", "in_collections", "were_in")}


def number(name: str) -> int:
    return Collection.objects.get(name=name).pk


def test_saving_a_form_changes_only_the_collections_that_were_changed_in_it(
    client: Client, edna: User, image: Image
) -> None:
    client.force_login(edna)
    form = opened(client, image)
    image.collections.set([number("Ships")])
    form["in_collections"] = [number("Harbours"), number("Quays")]
    assert client.post(image.get_absolute_url(), form).status_code == 302
    assert lies_in(image) == {"Ships", "Quays"}
    form = opened(client, image)
    form["in_collections"] = [number("Quays")]
    assert client.post(image.get_absolute_url(), form).status_code == 302
    assert lies_in(image) == {"Quays"}


def test_a_form_shown_again_keeps_the_original_collections(
    client: Client, edna: User, image: Image
) -> None:
    client.force_login(edna)
    form = opened(client, image)
    form |= {"in_collections": [number("Quays")], "credit": "x" * 301}
    again = client.post(image.get_absolute_url(), form).context["adminform"].form
    form |= {"were_in": again["were_in"].value(), "credit": "Ines Faro"}
    assert client.post(image.get_absolute_url(), form).status_code == 302
    assert lies_in(image) == {"Quays"}


def test_users_who_may_not_change_collections_change_none(
    client: Client, ola: User, image: Image
) -> None:
    ola.is_staff = True
    ola.save()
    may = Permission.objects.filter(codename__in=["view_image", "change_image"])
    ola.user_permissions.set(may)
    client.force_login(ola)
    page = client.get(image.get_absolute_url())
    assert "in_collections" not in page.content.decode()
    form = {
        "credit": "Ines Faro",
        "in_collections": [number("Ships")],
        "were_in": str(number("Harbours")),
    }
    assert client.post(image.get_absolute_url(), form).status_code == 302
    image.refresh_from_db()
    assert image.credit == "Ines Faro"
    assert lies_in(image) == {"Harbours"}
