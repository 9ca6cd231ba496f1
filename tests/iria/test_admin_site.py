"""The navigation of the admin: one list for the sidebar and the dashboard."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from lxml import html as lxml_html

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Redirect
from iria.admin_site import CREATED, NAVIGATION, Entry
from tests import newsroom


def context_of(user: User, url: str = "/admin/") -> Any:
    client = Client()
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200
    return response.context


def entries_of(user: User) -> dict[str, list[str]]:
    """Entry → its pages."""
    return {
        entry["name"]: [model["name"] for model in entry["models"]]
        for entry in context_of(user)["available_apps"]
    }


def test_an_editor_sees_articles_images_newsletters_and_the_front_page(edna: User) -> None:
    entries = entries_of(edna)
    assert entries["Articles"] == ["All articles", "Series", "Categories", "Tags", "Trash"]
    assert "Library" in entries["Images"]
    assert "Issues" in entries["Newsletter"]
    assert entries["Pages & site"][0] == "Front page"


def test_a_reporter_sees_articles_but_neither_comments_nor_newsletters(rui: User) -> None:
    entries = entries_of(rui)
    assert "All articles" in entries["Articles"]
    assert entries["Settings"] == ["Article types"]
    assert not {"Comments", "Newsletter"} & set(entries)


def test_a_moderator_sees_comments_but_no_newsletters(mina: User) -> None:
    entries = entries_of(mina)
    assert entries["Comments"] == ["Queue", "Moderation log", "Bans"]
    assert not {"Newsletter", "Pages & site"} & set(entries)


def test_the_new_menu_offers_only_what_the_user_may_add(rui: User, mina: User) -> None:
    assert [link["name"] for link in context_of(rui)["links_to_add"]] == ["Article", "Images"]
    assert context_of(mina)["links_to_add"] == []


def test_the_entries_have_the_order_of_the_list(chief: User) -> None:
    assert list(entries_of(chief)) == [entry.name for entry in NAVIGATION]


def test_a_model_without_a_place_is_listed_in_the_last_entry(
    chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = tuple(
        Entry(
            entry.name,
            entry.slug,
            {k: name for k, name in entry.models.items() if k != "articles.redirect"},
        )
        for entry in NAVIGATION
    )
    monkeypatch.setattr("iria.admin_site.NAVIGATION", without)
    models = context_of(chief)["available_apps"][-1]["models"]
    assert [m["is_unplaced"] for m in models if m["model"] is Redirect] == [True]


def test_every_model_of_the_list_is_registered() -> None:
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert {label for entry in NAVIGATION for label in entry.models} <= registered
    assert set(CREATED) <= registered


def test_the_entry_of_the_page_is_current(edna: User) -> None:
    entries = context_of(edna, "/admin/articles/category/add/")["available_apps"]
    current = [entry for entry in entries if entry["is_current"]]
    assert [entry["name"] for entry in current] == ["Articles"]
    assert [m["name"] for m in current[0]["models"] if m["is_current"]] == ["Categories"]


def test_of_two_pages_below_each_other_the_inner_one_is_current(edna: User) -> None:
    articles = context_of(edna, "/admin/articles/article/trash/")["available_apps"][0]
    assert [page["name"] for page in articles["models"] if page["is_current"]] == ["Trash"]


def test_no_entry_is_current_on_the_dashboard(edna: User) -> None:
    assert not any(entry["is_current"] for entry in context_of(edna)["available_apps"])


def test_the_page_of_an_app_lists_its_models(chief: User) -> None:
    (app,) = context_of(chief, "/admin/newsletter/")["app_list"]
    assert app["app_label"] == "newsletter"
    assert "Issues" in {model["name"] for model in app["models"]}


def test_a_user_without_permissions_gets_an_empty_navigation(db: None) -> None:
    nobody = User.objects.create_user("nobody@example.org", "x", is_staff=True)
    assert entries_of(nobody) == {}


@pytest.mark.parametrize(("path", "status"), [("nothing/", 404), ("accounts/user/", 403)])
def test_an_error_page_of_the_admin_keeps_the_navigation(
    client: Client, rui: User, path: str, status: int
) -> None:
    client.force_login(rui)
    response = client.get(f"/admin/{path}")
    assert response.status_code == status
    assert 'id="nav-sidebar"' in response.content.decode()


@pytest.mark.django_db
def test_nobody_else_sees_the_navigation_on_an_error_page(client: Client) -> None:
    response = client.get("/admin/nothing/", follow=True)
    assert 'id="nav-sidebar"' not in response.content.decode()


def test_the_navigation_counts_pending_comments(client: Client, edna: User) -> None:
    client.force_login(edna)
    assert _waiting(client, "/admin/") == []
    article = newsroom.published()
    for number in range(2):
        Comment.objects.create(article=article, name=f"Reader {number}", text="Well.", state="held")
    assert _waiting(client, "/admin/") == ["2 pending"]
    assert _waiting(client, f"/admin/articles/article/{article.pk}/change/") == []


def _waiting(client: Client, url: str) -> list[str]:
    page = lxml_html.fromstring(client.get(url).content)
    return [
        " ".join(each.text_content().split())
        for each in page.cssselect(".admin-waiting:not([hidden])")
    ]
