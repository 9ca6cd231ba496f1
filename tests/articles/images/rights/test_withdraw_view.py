"""Withdrawing an image and restoring it."""

import pytest
from django.test import Client

from accounts.models import User
from articles.images.admin.views import ALREADY_WITHDRAWN
from articles.images.models import ImageEvent
from tests.newsroom import picture, published

LIBRARY = "/admin/articles/image/"


def test_a_withdrawn_image_is_hidden_everywhere_and_can_be_restored(
    client: Client, edna: User
) -> None:
    image = picture()
    published(headline="Ships at dusk", lead_image=image)
    client.force_login(edna)
    url = f"{LIBRARY}{image.pk}/withdraw/"
    assert "the article “Ships at dusk”" in client.get(url).content.decode()
    client.post(url, {"reason": "The agency asked for it"})
    image.refresh_from_db()
    assert not image.may_be_shown
    page = client.get(url).content.decode()
    assert "The agency asked for it" in page
    assert 'name="action" value="restore"' in page
    client.post(url, {"action": "restore"})
    image.refresh_from_db()
    assert image.may_be_shown
    data = ImageEvent.objects.order_by("pk").values_list("action", "after", "created_by")
    assert list(data) == [
        ("withdrawn", "The agency asked for it", edna.pk),
        ("restored", "", edna.pk),
    ]


def test_withdrawing_a_withdrawn_image_does_not_restore_it(
    client: Client, edna: User, chief: User
) -> None:
    image = picture()
    url = f"{LIBRARY}{image.pk}/withdraw/"
    for who, reason in ((edna, "The agency asked for it"), (chief, "Somebody in it asked for it")):
        client.force_login(who)
        assert 'name="action" value=' in client.get(url).content.decode()
        response = client.post(url, {"action": "withdraw", "reason": reason}, follow=True)
    assert ALREADY_WITHDRAWN in response.content.decode()
    image.refresh_from_db()
    assert not image.may_be_shown
    assert image.withdrawn_reason == "The agency asked for it"
    assert [event.action for event in ImageEvent.objects.all()] == ["withdrawn"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_without_a_valid_reason_it_is_not_withdrawn(
    client: Client, edna: User, reason: str
) -> None:
    image = picture()
    client.force_login(edna)
    page = client.post(f"{LIBRARY}{image.pk}/withdraw/", {"reason": reason}).content.decode()
    assert "errorlist" in page
    image.refresh_from_db()
    assert image.may_be_shown


def test_a_reporter_cannot_withdraw_images(client: Client, rui: User) -> None:
    image = picture()
    client.force_login(rui)
    assert client.get(f"{LIBRARY}{image.pk}/withdraw/").status_code == 403
