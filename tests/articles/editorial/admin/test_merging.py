"""The “Merge …” action in the admin."""

import re
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.editorial.admin import taxonomy_admin
from articles.editorial.models import Category, Redirect
from tests import newsroom
from tests.articles.editorial.admin.forms import visible_text

pytestmark = pytest.mark.django_db

TAGS = "/admin/taggit/tag/"
CATEGORIES = "/admin/articles/category/"
AUTHORS = "/admin/accounts/authorprofile/"


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def post_action(editor_client: Client, url: str, *rows: Model, **more: str) -> str:
    chosen: dict[str, Any] = {
        "action": "merge_selected",
        ACTION_CHECKBOX_NAME: [r.pk for r in rows],
    }
    return editor_client.post(url, {**chosen, **more}, follow=True).content.decode()


def preview_key(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def run_merge(editor_client: Client, url: str, *rows: Model, stays: Model, **more: str) -> str:
    page = post_action(editor_client, url, *rows, stays=str(stays.pk), **more)
    return post_action(
        editor_client, url, *rows, stays=str(stays.pk), seen=preview_key(page), merge="1", **more
    )


def test_the_confirmation_page_lists_what_moves_and_moves_nothing(editor_client: Client) -> None:
    newsroom.draft("Both", tags=["Shipping", "Sea trade"])
    newsroom.draft("One", tags=["Sea trade"])
    newsroom.draft("Two", tags=["Shipping"])
    newsroom.draft("Three", tags=["Shipping"])
    page = post_action(editor_client, TAGS, *Tag.objects.all())
    text = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "2 articles, of which 1 has “Shipping” too" in text
    assert "/tag/sea-trade/ → /tag/shipping/" in text
    assert Tag.objects.count() == 2


def test_merging_tags_redirects_every_old_url_to_the_remaining_tag(editor_client: Client) -> None:
    both = newsroom.draft("Both", tags=["Shipping", "Sea trade"])
    one = newsroom.draft("One", tags=["Sea trade"])
    sea, remaining = Tag.objects.get(name="Sea trade"), Tag.objects.get(name="Shipping")
    page = run_merge(editor_client, TAGS, sea, remaining, stays=remaining)
    assert "“Sea trade” merged into “Shipping”" in page
    assert list(both.tags.names()) == ["Shipping"]
    assert list(one.tags.names()) == ["Shipping"]
    assert Redirect.objects.get(old_path="/tag/sea-trade/").tag == remaining
    response = editor_client.get("/tag/sea-trade/feed/")
    assert (response.status_code, response["Location"]) == (301, "/tag/shipping/feed/")


def test_choosing_another_row_to_keep_shows_the_preview_again(editor_client: Client) -> None:
    newsroom.draft("One", tags=["Shipping", "Sea trade"])
    sea, ship = Tag.objects.get(name="Sea trade"), Tag.objects.get(name="Shipping")
    page = post_action(editor_client, TAGS, sea, ship, stays=str(ship.pk))
    page = post_action(
        editor_client, TAGS, sea, ship, stays=str(sea.pk), seen=preview_key(page), merge="1"
    )
    assert "Merge into “Sea trade”" in " ".join(page.split())
    assert Tag.objects.count() == 2


def test_the_row_to_keep_can_be_entered_by_name(editor_client: Client) -> None:
    newsroom.draft("One", tags=["Sécurité", "Security"])
    first, second = Tag.objects.get(name="Security"), Tag.objects.get(name="Sécurité")
    page = post_action(editor_client, TAGS, first, other="securite")
    assert "Sécurité" in page
    assert 'role="alert"' in post_action(editor_client, TAGS, first, other="Nowhere")
    page = run_merge(editor_client, TAGS, first, second, stays=first)
    assert list(Tag.objects.values_list("name", flat=True)) == ["Security"]


def test_categories_are_merged_with_their_subcategories(editor_client: Client) -> None:
    east, asia = newsroom.category("East Asia"), newsroom.category("Asia")
    newsroom.category("Japan", parent=east)
    article = newsroom.published(categories=[east, newsroom.category("News")])
    page = post_action(editor_client, CATEGORIES, east, asia, stays=str(asia.pk))
    text = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "/category/east-asia/japan/ → /category/asia/japan/" in text
    page = run_merge(editor_client, CATEGORIES, east, asia, stays=asia)
    assert "“East Asia” merged into “Asia”" in page
    assert [row.category.name for row in article.article_categories.all()] == ["Asia", "News"]
    for old, new in (("east-asia", "asia"), ("east-asia/japan", "asia/japan")):
        assert editor_client.get(f"/category/{old}/")["Location"] == f"/category/{new}/"


def test_a_merge_that_is_impossible_shows_the_reason(editor_client: Client) -> None:
    asia = newsroom.category("Asia")
    japan = newsroom.category("Japan", parent=asia)
    page = run_merge(editor_client, CATEGORIES, asia, japan, stays=japan)
    assert 'role="alert"' in page
    assert Category.objects.count() == 2


def test_a_merged_author_passes_on_what_the_other_lacks(editor_client: Client, rui: User) -> None:
    old, remaining = newsroom.author("R Tavares"), newsroom.author("Rui Tavares")
    old.user, old.biography = rui, "Writes about straits."
    old.save()
    article = newsroom.published(authors=[old])
    run_merge(editor_client, AUTHORS, old, remaining, stays=remaining)
    (author,) = AuthorProfile.objects.all()
    assert (author.name, author.user, author.biography) == (
        "Rui Tavares",
        rui,
        "Writes about straits.",
    )
    assert [row.author for row in article.bylines.all()] == [author]
    assert editor_client.get("/author/r-tavares/")["Location"] == "/author/rui-tavares/"


def test_the_form_lists_what_moves_when_the_url_changes(editor_client: Client) -> None:
    asia = newsroom.category("Asia")
    newsroom.category("Japan", parent=asia)
    newsroom.draft(categories=[asia])
    text = visible_text(editor_client.get(f"{CATEGORIES}{asia.pk}/change/"))
    assert "1 article, " in text
    assert "/category/asia/japan/" in text


def test_merging_requires_the_permission_to_delete(client: Client, rui: User) -> None:
    client.force_login(rui)
    newsroom.draft("One", tags=["Shipping", "Sea trade"])
    assert 'name="stays"' not in post_action(client, TAGS, *Tag.objects.all(), merge="1")
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


@pytest.mark.parametrize("url", [TAGS, CATEGORIES, AUTHORS])
def test_the_form_starts_a_merge_with_its_row(editor_client: Client, url: str) -> None:
    newsroom.draft("One", tags=["Sea trade"])
    rows: dict[str, Model] = {
        TAGS: Tag.objects.get(name="Sea trade"),
        CATEGORIES: newsroom.category("Oceans"),
        AUTHORS: newsroom.author("Ana Reis"),
    }
    row = rows[url]
    page = editor_client.get(f"{url}{row.pk}/change/").content.decode()
    button = re.search(r'<button[^>]*value="merge_selected"[^>]*formaction="([^"]+)"', page)
    assert button is not None
    assert re.search(rf'name="{ACTION_CHECKBOX_NAME}"\s+value="{row.pk}"', page)
    merging = editor_client.post(
        button[1], {"action": "merge_selected", ACTION_CHECKBOX_NAME: row.pk, "name": "Typed"}
    )
    assert 'name="other"' in merging.content.decode()


def test_users_who_may_not_delete_are_offered_no_merge(client: Client, rui: User) -> None:
    newsroom.draft("One", tags=["Sea trade"])
    tag = Tag.objects.get(name="Sea trade")
    rui.user_permissions.add(*Permission.objects.filter(codename__in=["view_tag", "change_tag"]))
    client.force_login(rui)
    page = client.get(f"{TAGS}{tag.pk}/change/").content.decode()
    assert 'name="_save"' in page
    assert "merge_selected" not in page


def test_rows_that_are_gone_are_not_merged(editor_client: Client) -> None:
    gone = [Tag.objects.create(name=name) for name in ("Ferries", "Fares")]
    Tag.objects.filter(pk__in=[each.pk for each in gone]).delete()
    assert taxonomy_admin.ALL_GONE in post_action(editor_client, TAGS, *gone)


def test_too_many_rows_are_not_merged(
    editor_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taxonomy_admin, "MAX_MERGED", 2)
    rows = [Tag.objects.create(name=name) for name in ("One", "Two", "Three")]
    assert 'name="seen"' in post_action(editor_client, TAGS, *rows[:2])
    assert 'name="seen"' not in post_action(editor_client, TAGS, *rows)
