"""The “Merge…” action in the admin."""

import re
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.editorial.models import Category, Redirect
from tests import newsroom
from tests.articles.editorial.admin.sending import words_of

pytestmark = pytest.mark.django_db

TAGS = "/admin/taggit/tag/"
CATEGORIES = "/admin/articles/category/"
AUTHORS = "/admin/accounts/authorprofile/"


@pytest.fixture
def desk(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def ask(desk: Client, address: str, *rows: Model, **more: str) -> str:
    chosen: dict[str, Any] = {
        "action": "merge_selected",
        ACTION_CHECKBOX_NAME: [r.pk for r in rows],
    }
    return desk.post(address, {**chosen, **more}, follow=True).content.decode()


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def merge(desk: Client, address: str, *rows: Model, stays: Model, **more: str) -> str:
    page = ask(desk, address, *rows, stays=str(stays.pk), **more)
    return ask(desk, address, *rows, stays=str(stays.pk), seen=seen(page), merge="1", **more)


def test_the_confirmation_page_lists_what_moves_and_moves_nothing(desk: Client) -> None:
    newsroom.draft("Both", tags=["Shipping", "Sea trade"])
    newsroom.draft("One", tags=["Sea trade"])
    newsroom.draft("Two", tags=["Shipping"])
    newsroom.draft("Three", tags=["Shipping"])
    page = ask(desk, TAGS, *Tag.objects.all())
    words = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "2 articles, of which 1 has “Shipping” too" in words
    assert "/tag/sea-trade/ → /tag/shipping/" in words
    assert Tag.objects.count() == 2


def test_merging_tags_redirects_every_old_url_to_the_remaining_tag(desk: Client) -> None:
    both = newsroom.draft("Both", tags=["Shipping", "Sea trade"])
    one = newsroom.draft("One", tags=["Sea trade"])
    sea, kept = Tag.objects.get(name="Sea trade"), Tag.objects.get(name="Shipping")
    page = merge(desk, TAGS, sea, kept, stays=kept)
    assert "“Sea trade” merged into “Shipping”" in page
    assert list(both.tags.names()) == ["Shipping"]
    assert list(one.tags.names()) == ["Shipping"]
    assert Redirect.objects.get(old_path="/tag/sea-trade/").tag == kept
    answer = desk.get("/tag/sea-trade/feed/")
    assert (answer.status_code, answer["Location"]) == (301, "/tag/shipping/feed/")


def test_choosing_another_row_to_keep_shows_the_preview_again(desk: Client) -> None:
    newsroom.draft("One", tags=["Shipping", "Sea trade"])
    sea, ship = Tag.objects.get(name="Sea trade"), Tag.objects.get(name="Shipping")
    page = ask(desk, TAGS, sea, ship, stays=str(ship.pk))
    page = ask(desk, TAGS, sea, ship, stays=str(sea.pk), seen=seen(page), merge="1")
    assert "Merge into “Sea trade”" in " ".join(page.split())
    assert Tag.objects.count() == 2


def test_the_row_to_keep_can_be_entered_by_name(desk: Client) -> None:
    newsroom.draft("One", tags=["Sécurité", "Security"])
    first, second = Tag.objects.get(name="Security"), Tag.objects.get(name="Sécurité")
    page = ask(desk, TAGS, first, other="securite")
    assert "Sécurité" in page
    assert 'role="alert"' in ask(desk, TAGS, first, other="Nowhere")
    page = merge(desk, TAGS, first, second, stays=first)
    assert list(Tag.objects.values_list("name", flat=True)) == ["Security"]


def test_categories_are_merged_with_their_subcategories(desk: Client) -> None:
    east, asia = newsroom.category("East Asia"), newsroom.category("Asia")
    newsroom.category("Japan", parent=east)
    article = newsroom.published(categories=[east, newsroom.category("News")])
    page = ask(desk, CATEGORIES, east, asia, stays=str(asia.pk))
    words = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "/category/east-asia/japan/ → /category/asia/japan/" in words
    page = merge(desk, CATEGORIES, east, asia, stays=asia)
    assert "“East Asia” merged into “Asia”" in page
    assert [row.category.name for row in article.article_categories.all()] == ["Asia", "News"]
    for old, new in (("east-asia", "asia"), ("east-asia/japan", "asia/japan")):
        assert desk.get(f"/category/{old}/")["Location"] == f"/category/{new}/"


def test_a_merge_that_is_impossible_shows_the_reason(desk: Client) -> None:
    asia = newsroom.category("Asia")
    japan = newsroom.category("Japan", parent=asia)
    page = merge(desk, CATEGORIES, asia, japan, stays=japan)
    assert 'role="alert"' in page
    assert Category.objects.count() == 2


def test_a_merged_author_passes_on_what_the_other_lacks(desk: Client, rui: User) -> None:
    old, kept = newsroom.author("R Tavares"), newsroom.author("Rui Tavares")
    old.user, old.biography = rui, "Writes about straits."
    old.save()
    article = newsroom.published(authors=[old])
    merge(desk, AUTHORS, old, kept, stays=kept)
    (author,) = AuthorProfile.objects.all()
    assert (author.name, author.user, author.biography) == (
        "Rui Tavares",
        rui,
        "Writes about straits.",
    )
    assert [row.author for row in article.bylines.all()] == [author]
    assert desk.get("/author/r-tavares/")["Location"] == "/author/rui-tavares/"


def test_the_form_lists_what_moves_when_the_url_changes(desk: Client) -> None:
    asia = newsroom.category("Asia")
    newsroom.category("Japan", parent=asia)
    newsroom.draft(categories=[asia])
    words = words_of(desk.get(f"{CATEGORIES}{asia.pk}/change/"))
    assert "1 article, " in words
    assert "/category/asia/japan/" in words


def test_merging_requires_the_permission_to_delete(client: Client, rui: User) -> None:
    client.force_login(rui)
    newsroom.draft("One", tags=["Shipping", "Sea trade"])
    assert 'name="stays"' not in ask(client, TAGS, *Tag.objects.all(), merge="1")
    assert Tag.objects.count() == 2


def test_the_permission_to_change_is_not_enough_to_merge(client: Client, rui: User) -> None:
    rui.user_permissions.add(
        Permission.objects.get(codename="change_tag"), Permission.objects.get(codename="view_tag")
    )
    client.force_login(rui)
    newsroom.draft("One", tags=["Shipping", "Sea trade"])
    rows = [str(tag.pk) for tag in Tag.objects.all()]
    sent = {"action": "merge_selected", "_selected_action": rows, "merge": "1"}
    assert client.post(TAGS, sent).status_code == 403
    assert Tag.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        "\x00",
        "x" * 5000,
        "'; DROP TABLE taggit_tag",
        "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    ],
)
def test_any_entered_name_gets_a_response(desk: Client, other: str) -> None:
    newsroom.draft("One", tags=["Shipping"])
    assert 'name="stays"' in ask(desk, TAGS, *Tag.objects.all(), other=other)
