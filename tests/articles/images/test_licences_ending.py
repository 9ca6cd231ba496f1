"""The desk learns a fortnight before of every licence that ends on readers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.images.models import Image
from tests import newsroom

pytestmark = pytest.mark.django_db


def first_page(user: User) -> str:
    desk = Client()
    desk.force_login(user)
    return desk.get("/admin/").content.decode()


@pytest.mark.parametrize(("days", "words"), [(13, "may be shown until"), (-2, "and is withheld")])
def test_the_first_page_names_the_picture_its_end_and_where_it_stands(
    edna: User, days: int, words: str
) -> None:
    image = newsroom.picture(headline="The quay")
    newsroom.published("Ferries", lead_picture=image)
    Image.objects.update(licence_until=timezone.now() + timedelta(days=days))
    page = first_page(edna)
    assert f'href="/admin/articles/image/{image.pk}/change/#id_licence_until">The quay</a>' in page
    assert words in page
    assert "the article “Ferries”" in page


@pytest.mark.parametrize("days", [15, -15])
def test_what_is_far_off_is_not_named(edna: User, days: int) -> None:
    newsroom.published("Ferries", lead_picture=newsroom.picture())
    Image.objects.update(licence_until=timezone.now() + timedelta(days=days))
    assert "Licences of pictures" not in first_page(edna)


def test_neither_is_a_picture_that_stands_nowhere(edna: User) -> None:
    newsroom.picture(licence_until=timezone.now() + timedelta(days=1))
    assert "Licences of pictures" not in first_page(edna)


def test_a_moderator_is_not_troubled(mina: User) -> None:
    newsroom.published("Ferries", lead_picture=newsroom.picture())
    Image.objects.update(licence_until=timezone.now() + timedelta(days=1))
    assert "Licences of pictures" not in first_page(mina)
