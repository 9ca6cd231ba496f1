"""The form of the publication."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from iria.publication import menus
from iria.publication.admin import EDIT_CONFLICT
from iria.publication.menus import broken_entry_messages, broken_menu_items
from iria.publication.models import Publication, current_publication
from tests import newsroom
from tests.conftest import PASSWORD
from tests.iria.publication.test_logos import file

pytestmark = pytest.mark.django_db

URL = "/admin/iria/publication/1/change/"


@pytest.fixture
def admin_client(client: Client, chief: User) -> Client:
    Publication(name="Meridian").save()
    assert client.login(email=chief.email, password=PASSWORD)
    return client


def form(**fields: Any) -> dict[str, Any]:
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
    values = {
        "name": "Meridian",
        "contact_label": "Write to",
        "first_year": "2014",
        "time_zone": "UTC",
        "languages": "en",
        "credit_format": "({credit})",
        "comments_policy": "open",
    }
    return {**rows, **values, "_continue": "1", **fields}


def test_all_fields_are_saved(admin_client: Client) -> None:
    asia = newsroom.category("Asia")
    response = admin_client.post(
        URL,
        form(
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
    assert response.status_code == 200
    saved = Publication.objects.get()
    assert saved.header_menu == [
        {"kind": "category", "key": str(asia.pk), "label": "", "below": False},
        {"kind": "link", "key": "/newsletter/", "label": "Letter", "below": True},
    ]
    assert saved.social_links == [
        {"name": "Mastodon", "address": "https://mastodon.example/@meridian"}
    ]
    assert (saved.accent, saved.issn) == ("#8a0303", "2049-3630")
    page = response.content.decode()
    assert saved.brand_images["logo"]["address"] in page
    footer = admin_client.get("/").content.decode().split("<footer")[1]
    assert '<a rel="me" href="https://mastodon.example/@meridian">Mastodon</a>' in footer
    assert "ISSN 2049-3630" in footer


def test_a_logo_is_removed_with_the_checkbox(admin_client: Client) -> None:
    admin_client.post(URL, form(logo=SimpleUploadedFile("logo.png", file(400, 100))))
    admin_client.post(URL, form())
    assert "logo" in Publication.objects.get().brand_images
    admin_client.post(URL, form(**{"logo-remove": "1"}))
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
def test_invalid_values_are_rejected_and_the_input_is_kept(
    admin_client: Client, fields: dict[str, Any], field: str
) -> None:
    response = admin_client.post(URL, form(tagline="Kept words", **fields))
    page = response.content.decode()
    assert response.status_code == 200
    assert response.context["adminform"].form.has_error(field)
    assert "Kept words" in page
    for value in fields.values():
        if isinstance(value, str):
            assert value in page
    saved = Publication.objects.get()
    assert (saved.tagline, saved.accent, saved.header_menu, saved.brand_images) == ("", "", [], {})


def test_the_form_names_a_broken_menu_item(admin_client: Client, chief: User) -> None:
    asia = newsroom.category("Asia")
    admin_client.post(
        URL,
        form(**{"header_menu-target": [f"category:{asia.pk}", ""]}),
    )
    asia.delete()
    page = admin_client.get(URL).content.decode()
    (broken,) = menus.broken_entries(current_publication(), menus.targets())
    (message,) = broken_entry_messages([broken])
    assert message in page
    (item,) = broken_menu_items(chief)
    assert item.label in admin_client.get("/admin/").content.decode()


def test_a_concurrent_change_is_not_overwritten_without_a_warning(admin_client: Client) -> None:
    first = re.search(r'name="seen" value="([0-9a-f]+)"', admin_client.get(URL).content.decode())
    assert first is not None
    admin_client.post(URL, form(tagline="Theirs"))
    page = admin_client.post(URL, form(tagline="Mine", seen=first[1])).content.decode()
    assert EDIT_CONFLICT in page
    assert 'value="Mine"' in page
    assert Publication.objects.get().tagline == "Theirs"
    second = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert second is not None
    admin_client.post(URL, form(tagline="Mine", seen=second[1]))
    assert Publication.objects.get().tagline == "Mine"


@pytest.mark.parametrize(
    "rows",
    [
        {"social_links-address": ["https://example.org/\x00"], "social_links-name": ["Ours"]},
        {"footer_menu-target": ["category:\x00"]},
        {
            "footer_menu-target": ["link"],
            "footer_menu-address": ["https://example.org/\x00"],
            "footer_menu-label": ["Ours"],
        },
    ],
)
def test_a_nul_character_in_a_row_is_an_error_of_the_form(
    admin_client: Client, rows: dict[str, list[str]]
) -> None:
    response = admin_client.post(URL, form(**rows))
    assert response.status_code == 200
    assert response.context["errors"]


def test_opening_the_publication_does_not_write_it(admin_client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert admin_client.get("/admin/iria/publication/").status_code == 302
    assert not [query for query in queries if "UPDATE" in query["sql"]]


@pytest.mark.parametrize("languages", ["English", "en; fr", "<b>", "../en", ", ,"])
def test_languages_have_to_be_codes(admin_client: Client, languages: str) -> None:
    response = admin_client.post(URL, form(languages=languages))
    assert "languages" in response.context["adminform"].form.errors
    assert Publication.objects.get().languages == "en"


def test_each_language_is_saved_once(admin_client: Client) -> None:
    admin_client.post(URL, form(languages="en,pt-BR, en,"))
    assert Publication.objects.get().languages == "en, pt-BR"
