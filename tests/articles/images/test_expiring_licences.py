"""The dashboard lists expiring licences of published images two weeks ahead."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.images.models import Image
from tests import newsroom

pytestmark = pytest.mark.django_db


def first_page(user: User) -> str:
    editor_client = Client()
    editor_client.force_login(user)
    return editor_client.get("/admin/").content.decode()


@pytest.mark.parametrize(("days", "text"), [(13, "expires on"), (-2, "expired on")])
def test_the_dashboard_shows_the_image_its_end_date_and_its_usage(
    edna: User, days: int, text: str
) -> None:
    image = newsroom.picture(headline="The quay")
    newsroom.published("Ferries", lead_image=image)
    Image.objects.update(licence_until=timezone.now() + timedelta(days=days))
    page = first_page(edna)
    assert (
        f'href="/admin/articles/image/{image.pk}/change/#id_licence_until_0">The quay</a>' in page
    )
    assert text in page
    assert "the article “Ferries”" in page


def test_expired_licences_do_not_hide_those_that_expire_tomorrow(
    edna: User,
) -> None:
    used_until({f"Ended {day}": -day for day in range(1, 13)} | {"Later": 9, "Tomorrow": 1})
    report = named(first_page(edna))
    assert report[:4] == ["Tomorrow", "Later", "Ended 1", "Ended 2"]
    assert report[10:] == ["and 4 more"]
    assert "?licence=ended&amp;used=yes" in first_page(edna)


def test_more_expiring_licences_than_lines_link_to_the_library(edna: User, client: Client) -> None:
    used_until({f"Ends {day}": day for day in range(1, 13)} | {"Ended": -1})
    page = first_page(edna)
    assert named(page) == [*(f"Ends {day}" for day in range(1, 11)), "and 2 more", "and 1 more"]
    there = re.findall(r'<a href="([^"]+)">and \d+ more</a>', page)
    client.force_login(edna)
    shown = [client.get(unescape(url)).context["cl"].result_count for url in there]
    assert shown == [12, 1]


def test_ten_expiring_licences_are_all_listed(edna: User) -> None:
    used_until({f"Ends {day}": day for day in range(1, 11)})
    assert len(named(first_page(edna))) == 10


def used_until(images: dict[str, int]) -> None:
    """Adds images to one article, by name, with the days until their licence ends."""
    now = timezone.now()
    pictures = [
        newsroom.picture(headline=name, licence_until=now + timedelta(days=days))
        for name, days in images.items()
    ]
    newsroom.draft(
        "Ferries", body="".join(f'<figure data-image="{each.pk}"></figure>' for each in pictures)
    )


def named(page: str) -> list[str]:
    """The images of the list, in order."""
    report = page.partition('aria-label="Expiring image licences"')[2].partition("</section>")[0]
    return re.findall(r"<a [^>]*>([^<]+)</a>", report)


@pytest.mark.parametrize("days", [15, -15])
def test_licences_that_expire_later_are_not_listed(edna: User, days: int) -> None:
    newsroom.published("Ferries", lead_image=newsroom.picture())
    Image.objects.update(licence_until=timezone.now() + timedelta(days=days))
    assert "Expiring image licences" not in first_page(edna)


def test_unused_images_are_not_listed(edna: User) -> None:
    newsroom.picture(licence_until=timezone.now() + timedelta(days=1))
    assert "Expiring image licences" not in first_page(edna)


def test_a_moderator_sees_no_expiring_licences(mina: User) -> None:
    newsroom.published("Ferries", lead_image=newsroom.picture())
    Image.objects.update(licence_until=timezone.now() + timedelta(days=1))
    assert "Expiring image licences" not in first_page(mina)
