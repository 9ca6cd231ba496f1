"""The publication's form: everything at once, refused in words, nothing typed is lost."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from iria.publication import menus
from iria.publication.admin import EDIT_CONFLICT
from iria.publication.broken_entries import broken_entry_messages, broken_menu_items
from iria.publication.models import Publication, current_publication
from tests import newsroom
from tests.conftest import PASSWORD
from tests.iria.publication.test_logos import file

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/iria/publication/1/change/"


@pytest.fixture
def desk(client: Client, chief: User) -> Client:
    Publication(name="Meridian").save()
    assert client.login(email=chief.email, password=PASSWORD)
    return client


def sent(**fields: Any) -> dict[str, Any]:
    rows: dict[str, Any] = {
        "header_menu-target": ["", ""],
        "header_menu-address": ["", ""],
        "header_menu-label": ["", ""],
        "header_menu-level": ["", ""],
        "footer_menu-target": [""],
        "footer_menu-address": [""],
        "footer_menu-label": [""],
        "footer_menu-level": [""],
        "social_links-address": [""],
        "social_links-name": [""],
    }
    words = {
        "name": "Meridian",
        "contact_label": "Write to",
        "first_year": "2014",
        "time_zone": "UTC",
        "languages": "en",
        "credit_format": "({credit})",
        "comments_policy": "open",
    }
    return {**rows, **words, "_continue": "1", **fields}


def test_everything_is_kept_at_once(desk: Client) -> None:
    asia = newsroom.category("Asia")
    answer = desk.post(
        ADDRESS,
        sent(
            **{
                "header_menu-target": [f"category:{asia.pk}", "link"],
                "header_menu-address": ["", "/newsletter/"],
                "header_menu-label": ["", "Letter"],
                "header_menu-level": ["below", "below"],
                "social_links-address": ["https://mastodon.example/@meridian"],
                "social_links-name": ["Mastodon"],
                "accent": "8A0303",
                "issn": "issn 20493630",
                "logo": SimpleUploadedFile("logo.png", file(400, 100)),
            }
        ),
        follow=True,
    )
    assert answer.status_code == 200
    kept = Publication.objects.get()
    assert kept.header_menu == [
        {"kind": "category", "key": str(asia.pk), "label": "", "below": False},
        {"kind": "link", "key": "/newsletter/", "label": "Letter", "below": True},
    ]
    assert kept.social_links == [
        {"name": "Mastodon", "address": "https://mastodon.example/@meridian"}
    ]
    assert (kept.accent, kept.issn) == ("#8a0303", "2049-3630")
    page = answer.content.decode()
    assert kept.brand_images["logo"]["address"] in page
    foot = desk.get("/").content.decode().split("<footer")[1]
    assert '<a rel="me" href="https://mastodon.example/@meridian">Mastodon</a>' in foot
    assert "ISSN 2049-3630" in foot


def test_a_logo_is_removed_by_a_tick(desk: Client) -> None:
    desk.post(ADDRESS, sent(logo=SimpleUploadedFile("logo.png", file(400, 100))))
    desk.post(ADDRESS, sent())
    assert "logo" in Publication.objects.get().brand_images
    desk.post(ADDRESS, sent(**{"logo-remove": "1"}))
    assert Publication.objects.get().brand_images == {}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"accent": "#ffcc00"}, "accent"),
        ({"accent": "url(javascript:x)"}, "accent"),
        ({"accent_dark": "#1a5f7a", "accent": "#1a5f7a"}, "accent_dark"),
        ({"accent_dark": "#75c9da"}, "accent"),
        ({"issn": "2049-3631"}, "issn"),
        ({"logo": SimpleUploadedFile("logo.svg", b"<svg/>")}, "logo"),
        (
            {"header_menu-target": ["link", ""], "header_menu-address": ["javascript:x", ""]},
            "header_menu",
        ),
        (
            {"header_menu-target": ["link", ""], "header_menu-address": ["//evil.example", ""]},
            "header_menu",
        ),
        ({"header_menu-label": ["Only words", ""]}, "header_menu"),
        (
            {"header_menu-target": ["category:1", ""], "header_menu-address": ["/x/", ""]},
            "header_menu",
        ),
        ({"social_links-address": ["ftp://x"]}, "social_links"),
        ({"social_links-address": ["https://x.example/"]}, "social_links"),
        (
            {"social_links-name": ["a\x00b"], "social_links-address": ["https://x.example/"]},
            "social_links",
        ),
    ],
)
def test_what_cannot_be_is_rejected_and_nothing_typed_is_lost(
    desk: Client, fields: dict[str, Any], field: str
) -> None:
    answer = desk.post(ADDRESS, sent(tagline="Kept words", **fields))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.context["adminform"].form.has_error(field)
    assert "Kept words" in page
    for value in fields.values():
        if isinstance(value, str):
            assert value in page
    kept = Publication.objects.get()
    assert (kept.tagline, kept.accent, kept.header_menu, kept.brand_images) == ("", "", [], {})


def test_the_form_names_a_broken_menu_item(desk: Client, chief: User) -> None:
    asia = newsroom.category("Asia")
    desk.post(
        ADDRESS,
        sent(**{"header_menu-target": [f"category:{asia.pk}", ""]}),
    )
    asia.delete()
    page = desk.get(ADDRESS).content.decode()
    (broken,) = menus.broken_entries(current_publication(), menus.targets())
    (message,) = broken_entry_messages([broken])
    assert message in page
    (item,) = broken_menu_items(chief)
    assert item.label in desk.get("/admin/").content.decode()


def test_what_somebody_else_saved_meanwhile_is_not_overwritten_unseen(desk: Client) -> None:
    opened = re.search(r'name="seen" value="([0-9a-f]+)"', desk.get(ADDRESS).content.decode())
    assert opened is not None
    desk.post(ADDRESS, sent(tagline="Theirs"))
    page = desk.post(ADDRESS, sent(tagline="Mine", seen=opened[1])).content.decode()
    assert EDIT_CONFLICT in page
    assert 'value="Mine"' in page
    assert Publication.objects.get().tagline == "Theirs"
    now = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert now is not None
    desk.post(ADDRESS, sent(tagline="Mine", seen=now[1]))
    assert Publication.objects.get().tagline == "Mine"
