"""Display names are visible, on one line and unique."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from accounts import profiles
from accounts.models import AuthorProfile, User
from iria.core.text.names import KEY_MAX_LENGTH, key_of
from iria.publication.models import Publication
from tests import commenting, newsroom
from tests.shared import shared_data

PROFILE = "/accounts/profile/"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "required"),
        ("\u200b\u2060", "unseen"),
        ("Edna\x00", "null_characters_not_allowed"),
        ("o" * 81, "max_length"),
        ("edna  OKAFOR", "newsroom"),
        ("E\u200bdna Okafor", "newsroom"),
        ("Ｅｄｎａ Ｏｋａｆｏｒ", "newsroom"),
        ("Ines Faro", "newsroom"),
        ("Еdnа Оkаfоr", "newsroom"),
        ("Edna-0kaf0r", "newsroom"),
        ("Édna Ökafor", "newsroom"),
        ("Ednа Okafor (Editor)", "newsroom"),
        ("lnes Faro", "newsroom"),
        ("Moderator", "newsroom"),
        ("E d i t o r", "newsroom"),
        ("Meridian (Staff)", "newsroom"),
        ("𝕀𝕟𝕖𝕤 𝔽𝕒𝕣𝕠", "newsroom"),
    ],
)
def test_an_invalid_or_imitated_name_is_rejected(
    client: Client, ola: User, edna: User, name: str, code: str
) -> None:
    AuthorProfile.objects.create(name="Ines Faro", slug="ines-faro")
    Publication.objects.update_or_create(pk=1, defaults={"name": "Meridian"})
    client.force_login(ola)
    response = client.post(PROFILE, {"display_name": name})
    assert response.status_code == 200
    errors = response.context["form"].errors.as_data()
    assert code in {each.code for each in errors["display_name"]}
    ola.refresh_from_db()
    assert ola.display_name == "Ola Lind"


def test_a_name_is_stored_on_one_line(client: Client, ola: User) -> None:
    client.force_login(ola)
    response = client.post(PROFILE, {"display_name": "  Ola\t Lindqvist "}, follow=True)
    assert response.redirect_chain == [(PROFILE, 302)]
    ola.refresh_from_db()
    assert ola.display_name == "Ola Lindqvist"


def test_staff_and_authors_keep_their_own_names(client: Client, ola: User, edna: User) -> None:
    AuthorProfile.objects.create(name="Ola Lind", slug="ola-lind", user=ola)
    for user in (ola, edna):
        assert profiles.clean_name(user.display_name, excluding=user) == user.display_name


def test_the_profile_requires_sign_in(client: Client, db: None) -> None:
    assert client.get(PROFILE)["Location"].startswith("/accounts/login/")
    assert client.get("/accounts/")["Location"] == PROFILE


@given(st.text(max_size=40))
def test_normalising_is_idempotent_and_ignores_outer_spaces(name: str) -> None:
    assert profiles.normalise(profiles.normalise(name)) == profiles.normalise(name)
    assert profiles.normalise(f"  {name} ") == profiles.normalise(name)


def test_a_strange_name_is_escaped_or_rejected(client: Client, ola: User) -> None:
    client.force_login(ola)
    for name in json.loads(shared_data("naughty", "blns.json").read_text()):
        response = client.post(PROFILE, {"display_name": name})
        assert response.status_code in {200, 302}
        if response.status_code == 302:
            ola.refresh_from_db()
            assert escape(ola.display_name) in client.get("/accounts/state/").content.decode()


@pytest.mark.parametrize("name", ["ola lind", "Оlа Lind", "0la-Lind", "Ola Lind (official)"])
def test_a_lookalike_name_is_rejected_for_accounts_and_guests(
    client: Client, ola: User, name: str
) -> None:
    other = User.objects.create_user("teo@readers.example", display_name="Teo Brandt")
    client.force_login(other)
    response = client.post(PROFILE, {"display_name": name})
    (error,) = response.context["form"].errors.as_data()["display_name"]
    assert error.code == profiles.Owner.SOMEBODY
    with pytest.raises(ValidationError):
        commenting.post(newsroom.published(), name=name)


def test_an_account_keeps_its_name_and_a_former_name_is_free(client: Client, ola: User) -> None:
    client.force_login(ola)
    saved = client.post(PROFILE, {"display_name": "Ola Lind", "biography": "I read."}, follow=True)
    assert saved.redirect_chain == [(PROFILE, 302)]
    client.post(PROFILE, {"display_name": "Ola Berg"})
    assert profiles.clean_name("Ola Lind") == "Ola Lind"


def test_a_name_without_letters_is_protected_too(ola: User) -> None:
    ola.display_name = "🦉 🦉"
    ola.save()
    with pytest.raises(ValidationError) as rejected:
        profiles.clean_name("🦉🦉")
    assert rejected.value.code == profiles.Owner.SOMEBODY


def test_a_reader_with_the_name_of_a_team_member_gets_a_number(ola: User, rui: User) -> None:
    rui.display_name = "0la Lind"
    rui.save()
    ola.refresh_from_db()
    assert (ola.display_name, rui.display_name) == (f"Ola Lind (reader {ola.pk})", "0la Lind")
    teo = User.objects.create_user("teo@readers.example", display_name="Teo Brandt")
    AuthorProfile.objects.create(name="Teo Brandt", slug="teo-brandt")
    teo.refresh_from_db()
    assert teo.display_name == f"Teo Brandt (reader {teo.pk})"


def test_a_reader_who_becomes_an_author_keeps_the_name(ola: User) -> None:
    AuthorProfile.objects.create(name="Ola Lind", slug="ola-lind", user=ola)
    ola.refresh_from_db()
    assert ola.display_name == "Ola Lind"


def test_the_second_of_two_simultaneous_names_gets_a_number(ola: User) -> None:
    second = User.objects.create_user("o@readers.example", display_name="Ola Lind " + "x" * 71)
    third = User.objects.create_user("p@readers.example", display_name=second.display_name)
    assert third.display_name.endswith(f"xx (reader {third.pk})")
    assert len(third.display_name) == 80
    assert User.objects.exclude(name_skeleton=None).count() == 3


@given(st.text(max_size=80))
def test_a_key_has_a_maximum_length_and_ignores_outer_spaces(name: str) -> None:
    assert len(key_of(name)) <= KEY_MAX_LENGTH
    assert key_of(f"  {name} ") == key_of(name)
