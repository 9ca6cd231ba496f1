"""Linking authors to accounts."""

import pytest
from django.test import Client

from accounts.admin import AccountAlreadyLinked, already_linked_message, link_account
from accounts.models import AuthorProfile, User
from articles.editorial import permissions
from tests import newsroom

pytestmark = pytest.mark.django_db

NO_PORTRAIT = {"portrait-TOTAL_FORMS": "0", "portrait-INITIAL_FORMS": "0"}


def test_earlier_articles_belong_to_a_linked_account(rui: User) -> None:
    author = newsroom.author("Rui Tavares")
    article = newsroom.draft(authors=[author])
    assert not permissions.may_change(rui, article)
    link_account(author, rui)
    assert permissions.may_change(rui, article)
    assert [row.author for row in article.bylines.all()] == [author]
    link_account(author, None)
    assert not permissions.may_change(rui, article)


def test_an_account_is_linked_to_one_author_only(rui: User) -> None:
    one, two = newsroom.author("Rui Tavares"), newsroom.author("R Tavares")
    link_account(one, rui)
    with pytest.raises(AccountAlreadyLinked, match="Rui Tavares"):
        link_account(two, rui)
    assert AuthorProfile.objects.get(user=rui) == one


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
