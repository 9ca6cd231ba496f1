"""Linking authors to accounts, and which accounts and groups an administrator may change."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.admin import LINKED_MEANWHILE, AuthorProfileForm, already_linked_message
from accounts.models import AuthorProfile, User
from accounts.role_names import ADMINISTRATOR, EDITOR
from articles.editorial import permissions
from tests import newsroom

pytestmark = pytest.mark.django_db

NO_PORTRAIT = {"portrait-TOTAL_FORMS": "0", "portrait-INITIAL_FORMS": "0"}


def test_earlier_articles_belong_to_a_linked_account(rui: User) -> None:
    author = newsroom.author("Rui Tavares")
    article = newsroom.draft(authors=[author])
    assert not permissions.may_change(rui, article)
    AuthorProfile.objects.filter(pk=author.pk).update(user=rui)
    assert permissions.may_change(rui, article)
    assert [row.author for row in article.bylines.all()] == [author]
    AuthorProfile.objects.filter(pk=author.pk).update(user=None)
    assert not permissions.may_change(rui, article)


def test_an_editor_links_them_in_the_form_or_gets_an_error(
    client: Client, edna: User, rui: User
) -> None:
    client.force_login(edna)
    one, two = newsroom.author("Rui Tavares"), newsroom.author("R Tavares")

    def send(author: AuthorProfile) -> str:
        form = {"name": author.name, "slug": author.slug, "user": rui.pk, **NO_PORTRAIT}
        url = f"/admin/accounts/authorprofile/{author.pk}/change/"
        return client.post(url, {**form, "_continue": "1"}, follow=True).content.decode()

    assert "was changed successfully" in send(one)
    assert AuthorProfile.objects.get(user=rui) == one
    assert already_linked_message(one) in send(two)
    assert AuthorProfile.objects.get(user=rui) == one


def test_a_reader_who_becomes_an_author_in_the_form_keeps_the_name(
    client: Client, edna: User, ola: User
) -> None:
    client.force_login(edna)
    form = {"name": "Ola Lind", "slug": "ola-lind", "user": ola.pk, **NO_PORTRAIT}
    client.post("/admin/accounts/authorprofile/add/", form)
    assert AuthorProfile.objects.get().user == ola
    ola.refresh_from_db()
    assert ola.display_name == "Ola Lind"


def test_an_account_linked_elsewhere_at_the_same_moment_is_an_error(
    client: Client, edna: User, rui: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(edna)
    one, two = newsroom.author("Rui Tavares"), newsroom.author("R Tavares")
    AuthorProfile.objects.filter(pk=one.pk).update(user=rui)
    # The form was checked before that was committed.
    monkeypatch.setattr(AuthorProfileForm, "clean_user", lambda form: form.cleaned_data["user"])
    monkeypatch.setattr(AuthorProfileForm, "validate_unique", lambda form: None)
    form = {"name": "R Tavares", "slug": two.slug, "user": rui.pk, "role": "Fellow", **NO_PORTRAIT}
    url = f"/admin/accounts/authorprofile/{two.pk}/change/"
    page = client.post(url, {**form, "_continue": "1"}, follow=True).content.decode()
    assert LINKED_MEANWHILE in page
    two.refresh_from_db()
    assert (two.user, two.role) == (None, "Fellow")


@pytest.fixture
def root(db: None) -> User:
    root = User.objects.create_superuser("root@meridian.example", "a-password-of-the-root")
    Authenticator.objects.create(user=root, type=Authenticator.Type.TOTP, data={})
    return root


@pytest.fixture
def as_chief(client: Client, chief: User) -> Client:
    client.force_login(chief)
    return client


@pytest.fixture
def as_clerk(client: Client, ola: User) -> Client:
    """Of a group that manages accounts and groups, and may do nothing else."""
    clerks = Group.objects.create(name="Clerks")
    granted = Permission.objects.filter(content_type__model__in=["user", "group"])
    clerks.permissions.set(granted)
    ola.groups.add(clerks)
    User.objects.filter(pk=ola.pk).update(is_staff=True)
    client.force_login(ola)
    return client


def account_form(user: User, **changes: Any) -> dict[str, Any]:
    groups = list(user.groups.values_list("pk", flat=True))
    return {"email": user.email, "is_active": "on", "is_staff": "on", "groups": groups, **changes}


def send_account(client: Client, user: User, **changes: Any) -> None:
    client.post(f"/admin/accounts/user/{user.pk}/change/", account_form(user, **changes))


def test_an_administrator_does_not_become_a_superuser(as_chief: Client, chief: User) -> None:
    send_account(as_chief, chief, is_superuser="on", display_name="Ada")
    chief.refresh_from_db()
    assert (chief.display_name, chief.is_superuser) == ("Ada", False)


def test_an_administrator_does_not_take_over_the_account_of_a_superuser(
    as_chief: Client, root: User
) -> None:
    send_account(as_chief, root, email="mine@evil.example")
    User.objects.filter(pk=root.pk).update(is_active=False)
    new = {
        "password1": "a-new-password-1",
        "password2": "a-new-password-1",
        "usable_password": "true",
    }
    as_chief.post(f"/admin/accounts/user/{root.pk}/password/", new)
    act_on(as_chief, root, "reset_two_factor")
    as_chief.post(f"/admin/accounts/user/{root.pk}/delete/", {"post": "yes"})
    act_on(as_chief, root, "delete_selected")
    email, password = root.email, root.password
    root.refresh_from_db()
    assert (root.email, root.password) == (email, password)
    assert Authenticator.objects.filter(user=root).exists()


def act_on(client: Client, user: User, action: str) -> None:
    values = {"action": action, "_selected_action": [user.pk], "post": "yes"}
    client.post("/admin/accounts/user/", values)


def test_an_administrator_resets_the_second_factor_of_an_editor(
    as_chief: Client, edna: User
) -> None:
    Authenticator.objects.create(user=edna, type=Authenticator.Type.TOTP, data={})
    act_on(as_chief, edna, "reset_two_factor")
    assert not Authenticator.objects.filter(user=edna).exists()


def test_nobody_gives_away_permissions_that_they_do_not_have(
    as_clerk: Client, ola: User, rui: User, edna: User
) -> None:
    clerks, editors = ola.groups.get(), Group.objects.get(name=EDITOR)
    administrators = Group.objects.get(name=ADMINISTRATOR)
    send_account(as_clerk, ola, groups=[clerks.pk, administrators.pk])
    assert ola.groups.get() == clerks
    send_account(as_clerk, edna, email="mine@evil.example")
    edna.refresh_from_db()
    assert edna.email == "edna@meridian.example"
    before = editors.permissions.count()
    publish = Permission.objects.get(codename="publish_article")
    for group, kept in ((clerks, [publish.pk]), (editors, [])):
        form = {"name": group.name, "permissions": kept}
        as_clerk.post(f"/admin/auth/group/{group.pk}/change/", form)
    assert publish not in clerks.permissions.all()
    assert editors.permissions.count() == before


def test_a_clerk_gives_an_account_the_group_of_the_clerks(
    as_clerk: Client, ola: User, db: None
) -> None:
    reader = User.objects.create_user("new@readers.example", "a-long-password-1")
    send_account(as_clerk, reader, groups=[ola.groups.get().pk])
    assert reader.groups.get() == ola.groups.get()
