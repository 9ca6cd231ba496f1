"""The public profile page of a commenter."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial.models import Article
from tests import commenting, moderation, newsroom


@pytest.fixture
def article(db: None) -> Article:
    return newsroom.published("Ferries at the strait")


def add_comment(article: Article, by: User, text: str, mina: User) -> None:
    moderation.approve(commenting.post(article, text=text, by=by), by=mina)


def page_of(client: Client, user: User) -> Any:
    return client.get(f"/reader/{user.pk}/")


def choose_public_profile(client: Client, user: User, **more: str) -> None:
    client.force_login(user)
    client.post(
        "/accounts/profile/",
        {"display_name": user.display_name, "has_public_profile": "on", **more},
    )


def test_there_is_no_profile_page_unless_the_user_chose_one(client: Client, ola: User) -> None:
    assert page_of(client, ola).status_code == 404
    choose_public_profile(client, ola)
    assert page_of(client, ola).status_code == 200
    client.post("/accounts/profile/", {"display_name": "Ola Lind"})
    assert page_of(client, ola).status_code == 404


def test_it_shows_the_profile_and_the_published_comments(
    client: Client, ola: User, mina: User, article: Article
) -> None:
    choose_public_profile(client, ola, biography="I take the <b>ferry</b>.")
    add_comment(article, ola, "It was late, *again*.", mina)
    commenting.post(article, text="This one waits.", by=ola)
    page = page_of(Client(), ola).content.decode()
    assert "I take the &lt;b&gt;ferry&lt;/b&gt;." in page
    assert "It was late, <em>again</em>." in page
    assert "This one waits." not in page
    assert article.get_absolute_url() in page
    assert ola.email not in page


def test_it_is_the_same_for_everybody_and_changes_with_every_comment(
    client: Client, ola: User, mina: User, article: Article
) -> None:
    choose_public_profile(client, ola)
    response = page_of(Client(), ola)
    assert not response.cookies
    again = Client().get(f"/reader/{ola.pk}/", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    add_comment(article, ola, "It was late.", mina)
    again = Client().get(f"/reader/{ola.pk}/", headers={"If-None-Match": response["ETag"]})
    assert "It was late." in again.content.decode()


def test_the_number_of_queries_does_not_depend_on_the_number_of_comments(
    client: Client, ola: User, mina: User, article: Article, django_assert_max_num_queries: Any
) -> None:
    choose_public_profile(client, ola)
    for number in range(6):
        add_comment(article, ola, f"Word {number} on ferries.", mina)
    with django_assert_max_num_queries(7):
        Client().get(f"/reader/{ola.pk}/")


def test_the_name_on_a_comment_links_to_a_public_profile(
    client: Client, ola: User, mina: User, article: Article
) -> None:
    add_comment(article, ola, "It was late.", mina)
    there = f'<a href="/reader/{ola.pk}/" rel="nofollow"><bdi>Ola Lind</bdi></a>'
    assert there not in Client().get(article.get_absolute_url()).content.decode()
    choose_public_profile(client, ola)
    assert there in Client().get(article.get_absolute_url()).content.decode()


def test_deleted_and_inactive_users_have_no_profile_page(client: Client, ola: User) -> None:
    choose_public_profile(client, ola)
    User.objects.filter(pk=ola.pk).update(is_active=False)
    assert page_of(client, ola).status_code == 404
    ola.delete()
    assert client.get("/reader/99999999999999999999/").status_code == 404
