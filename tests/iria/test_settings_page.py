"""The page “Settings” of the admin, and the parts of the form of the publication."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from lxml import html as lxml_html
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from articles.comments.screening.models import ScreenedWord
from iria.admin_site import NAVIGATION
from iria.publication.admin import PARTS
from iria.publication.models import current_publication
from iria.settings_page import GROUPS

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def links_of(user: User, query: str = "") -> dict[str, str]:
    page = client_of(user).get(reverse("admin:settings"), {"q": query})
    groups = page.context["groups"].values()
    return {setting.name: setting.url for settings in groups for setting in settings}


def test_every_setting_leads_to_a_page(chief: User) -> None:
    client, links = client_of(chief), links_of(chief)
    every = (setting for settings in GROUPS.values() for setting in settings)
    assert set(links) >= {setting.name for setting in every if not setting.for_superusers}
    for url in links.values():
        assert client.get(url).status_code == 200


def test_every_model_of_the_navigation_has_its_place(chief: User) -> None:
    placed = {setting.model for settings in GROUPS.values() for setting in settings}
    assert set(NAVIGATION[-1].models) == placed


def test_everybody_sees_only_what_they_may(rui: User, mina: User) -> None:
    assert list(links_of(rui)) == ["Article types"]
    assert "Newsletters" not in links_of(mina)
    nobody = User.objects.create_user("nobody@example.org", "x", is_staff=True)
    assert client_of(nobody).get(reverse("admin:settings")).status_code == 403


def test_a_superuser_sees_models_of_libraries_too(chief: User) -> None:
    chief.is_superuser = True
    chief.save()
    assert set(links_of(chief)) > {setting.name for each in GROUPS.values() for setting in each}
    assert links_of(chief, "nothing like it") == {}


def test_settings_are_found_by_name_and_fact(chief: User) -> None:
    assert list(links_of(chief, "time zone")) == ["Languages and time"]
    assert links_of(chief, "nothing like it") == {}
    page = client_of(chief).get(reverse("admin:settings"), {"q": "<b>"})
    assert "“&lt;b&gt;”" in page.content.decode()


def test_the_number_of_queries_is_constant(
    chief: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(chief)
    client.get(reverse("admin:settings"))
    for number in range(20):
        ScreenedWord.objects.create(word=f"word{number}", folded=f"word{number}")
    with django_assert_max_num_queries(20):
        page = client.get(reverse("admin:settings"))
    assert "20 words" in page.content.decode()


def form_of(client: Client, part: str) -> dict[str, Any]:
    """The fields of a part as the page shows them."""
    page = client.get(reverse("admin:iria_publication_change", args=[1]), {"part": part})
    (form,) = (
        form
        for form in lxml_html.document_fromstring(page.content).forms
        if form.get("id") == "publication_form"
    )
    return {name: value for name, value in form.form_values() if name}


def test_a_part_shows_and_changes_only_its_fields(chief: User) -> None:
    publication = current_publication()
    publication.name, publication.tagline = "Roadstead", "Read closely"
    publication.header_menu = [{"kind": "link", "key": "/about/", "label": "About", "below": False}]
    publication.social_links = [{"name": "Mastodon", "address": "https://m.example/@us"}]
    publication.accent = "#7a1f5a"
    publication.languages = "en, fr"
    publication.translations = {"fr": {"tagline": "Lire de près"}}
    publication.save()
    before = current_publication()
    client = client_of(chief)
    url = reverse("admin:iria_publication_change", args=[1])
    fields = form_of(client, "time")
    assert "name" not in fields
    response = client.post(f"{url}?part=time", {**fields, "time_zone": "Europe/Lisbon"})
    assert response["Location"] == reverse("admin:settings")
    after = current_publication()
    assert after.time_zone == "Europe/Lisbon"
    for name in ("name", "tagline", "header_menu", "social_links", "translations", "accent"):
        assert getattr(after, name) == getattr(before, name)


def test_together_the_parts_show_every_field(chief: User) -> None:
    current_publication().save()
    client = client_of(chief)
    everything = set(form_of(client, ""))
    assert set().union(*(form_of(client, part) for part in PARTS)) == everything


def test_a_part_notices_that_somebody_else_saved(chief: User) -> None:
    current_publication().save()
    client = client_of(chief)
    fields = form_of(client, "front")
    publication = current_publication()
    publication.tagline = "Changed meanwhile"
    publication.save()
    url = reverse("admin:iria_publication_change", args=[1])
    response = client.post(f"{url}?part=front", {**fields, "show_most_read": "on"})
    assert response.status_code == 200
    assert not current_publication().show_most_read


def test_users_who_may_only_view_the_publication_cannot_change_a_part(rui: User) -> None:
    rui.user_permissions.add(Permission.objects.get(codename="view_publication"))
    current_publication().save()
    url = reverse("admin:iria_publication_change", args=[1])
    assert client_of(rui).post(f"{url}?part=front", {"show_most_read": "on"}).status_code == 403
