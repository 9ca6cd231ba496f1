"""Saved views of the article list."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial.models import SavedView
from articles.editorial.models.listing import MAX_VIEWS
from tests import newsroom
from tests.articles.editorial.admin.forms import press

LIST = "/admin/articles/article/"
SAVE = f"{LIST}views/save/"
DRAFTS = "state__exact=draft&language=en"

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def names(client: Client) -> list[str]:
    return [view["name"] for view in client.get(LIST).context["views"]]


def current(client: Client, query: str) -> list[str]:
    views = client.get(f"{LIST}?{query}").context["views"]
    return [view["name"] for view in views if view["is_current"]]


def test_the_present_search_filters_and_order_are_saved_as_a_tab(editor: Client) -> None:
    newsroom.draft("At the strait")
    query = f"{DRAFTS}&q=strait&o=2"
    response = editor.post(SAVE, {"name": "Straits", "query": f"{query}&p=1"}, follow=True)
    assert parse_qs(urlsplit(response.redirect_chain[-1][0]).query) == parse_qs(query)
    assert current(editor, query) == ["Straits"]
    assert current(editor, DRAFTS) == []
    assert response.context["cl"].result_count == 1


def test_a_view_is_renamed_and_removed_in_the_page(editor: Client, edna: User) -> None:
    view = SavedView.objects.create(user=edna, name="Straits", query=DRAFTS)
    url = f"{LIST}views/{view.pk}/"
    editor.post(f"{url}rename/", {"name": "Sea"})
    assert names(editor)[-1] == "Sea"
    page = press(editor, editor.get(f"{LIST}?{DRAFTS}"), f"{view.pk}/remove/")
    assert "Sea" not in [each["name"] for each in page.context["views"]]
    assert page.context["may_save_view"]


def test_saving_under_a_known_name_replaces_its_filters(editor: Client, edna: User) -> None:
    SavedView.objects.create(user=edna, name="Straits", query="q=strait")
    editor.post(SAVE, {"name": "straits", "query": DRAFTS})
    assert [(each.name, each.query) for each in SavedView.objects.all()] == [("straits", DRAFTS)]


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "Mine"])
def test_a_name_that_cannot_be_used_is_refused(name: str, editor: Client) -> None:
    page = editor.post(SAVE, {"name": name, "query": DRAFTS}, follow=True)
    assert [each.level_tag for each in page.context["messages"]] == ["error"]
    assert not SavedView.objects.exists()
    assert page.redirect_chain[-1][0] == f"{LIST}?{DRAFTS}"


def test_the_number_of_views_is_limited(editor: Client, edna: User) -> None:
    for number in range(MAX_VIEWS):
        SavedView.objects.create(user=edna, name=f"View {number}", query=f"q={number}")
    assert not editor.get(f"{LIST}?{DRAFTS}").context["may_save_view"]
    editor.post(SAVE, {"name": "One more", "query": DRAFTS})
    assert SavedView.objects.count() == MAX_VIEWS


def test_views_are_for_their_user_alone(editor: Client, edna: User, rui: User) -> None:
    view = SavedView.objects.create(user=rui, name="Of Rui", query=DRAFTS)
    assert "Of Rui" not in names(editor)
    assert editor.post(f"{LIST}views/{view.pk}/remove/").status_code == 404
    assert editor.post(f"{LIST}views/{view.pk}/rename/", {"name": "Mine now"}).status_code == 404
    rui.delete()
    assert not SavedView.objects.exists()


def test_two_views_of_a_user_have_different_names(editor: Client, edna: User) -> None:
    for name in ("One", "Two"):
        SavedView.objects.create(user=edna, name=name, query=f"q={name}")
    last = SavedView.objects.get(name="Two")
    page = editor.post(f"{LIST}views/{last.pk}/rename/", {"name": "ONE"}, follow=True)
    assert [each.level_tag for each in page.context["messages"]] == ["error"]
    assert names(editor)[-2:] == ["One", "Two"]


def test_readers_save_no_views(client: Client, ola: User) -> None:
    client.force_login(ola)
    client.post(SAVE, {"name": "Mine too", "query": DRAFTS})
    assert not SavedView.objects.exists()
