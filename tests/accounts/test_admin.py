"""Linking authors to accounts."""

import pytest
from django.test import Client

from accounts.admin import LINKED_MEANWHILE, AuthorProfileForm, already_linked_message
from accounts.models import AuthorProfile, User
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
