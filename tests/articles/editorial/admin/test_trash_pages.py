"""Moving articles to the trash in the admin, the page of the trash, and its Undo."""

from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import DELETION, LogEntry
from django.test import Client

from accounts.models import User
from articles.editorial import publishing, trash
from articles.editorial.admin.dashboard import pending_articles
from articles.editorial.admin.trash import IN_TRASH
from articles.editorial.models import Article, RelatedPick
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, press, send, values_of, visible_text

LIST = "/admin/articles/article/"
TRASH = f"{LIST}trash/"


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


@pytest.fixture
def administrator(edna: User) -> User:
    edna.is_superuser = True
    edna.save()
    return edna


def test_the_button_moves_a_draft_to_the_trash_and_undo_restores_it(edna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(edna)
    article = newsroom.draft("Half written")
    form = client.get(change_url(article))
    url = f"{LIST}{article.pk}/trash/"
    assert f'formaction="{url}"' in form.content.decode()
    page = client.post(url, values_of(form), follow=True)
    assert Article.objects.get().state == Article.State.TRASH
    press(client, page, "trash/restore")
    assert Article.objects.get().state == Article.State.DRAFT


def test_a_published_article_is_not_moved_by_its_url(editor_client: Client) -> None:
    article = newsroom.published("Out")
    url = f"{LIST}{article.pk}/trash/"
    assert f'formaction="{url}"' not in editor_client.get(change_url(article)).content.decode()
    page = editor_client.post(url, follow=True)
    assert page.redirect_chain[-1][0] == change_url(article)
    assert Article.objects.published().exists()


def test_opening_the_url_of_the_button_moves_nothing(editor_client: Client) -> None:
    article = newsroom.draft()
    editor_client.get(f"{LIST}{article.pk}/trash/")
    assert Article.objects.get().state == Article.State.DRAFT


def test_selected_articles_are_moved_and_those_that_are_not_are_named(
    editor_client: Client,
) -> None:
    public = newsroom.published("Out already")
    moved = [newsroom.draft("Never out"), newsroom.draft("Nor this")]
    selected = [article.pk for article in (public, *moved)]
    sent = {"action": "move_selected_to_trash", ACTION_CHECKBOX_NAME: selected}
    page = editor_client.post(LIST, sent, follow=True)
    in_trash = Article.objects.filter(state=Article.State.TRASH)
    assert set(in_trash) == set(moved)
    (*_, last) = page.context["messages"]
    assert "Out already" in str(last)
    assert "Never out" not in str(last)
    press(editor_client, page, "trash/restore")
    assert not in_trash.all().exists()


def test_djangos_own_delete_action_is_not_offered(editor_client: Client) -> None:
    article = newsroom.draft()
    assert "delete_selected" not in editor_client.get(LIST).content.decode()
    sent = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [article.pk], "post": "yes"}
    editor_client.post(LIST, sent, follow=True)
    assert Article.objects.exists()


@pytest.mark.parametrize("path", ["change/", "history/", "delete/", "trash/"])
def test_every_page_of_an_article_in_the_trash_redirects_there(
    editor_client: Client, edna: User, path: str
) -> None:
    article = newsroom.draft("Half written")
    trash.move(article, by=edna)
    page = editor_client.get(f"{LIST}{article.pk}/{path}", follow=True)
    assert page.redirect_chain[-1][0] == TRASH
    assert IN_TRASH in visible_text(page)
    assert "Half written" in visible_text(page)


def test_a_form_that_was_open_saves_nothing_in_the_trash(editor_client: Client, edna: User) -> None:
    article = newsroom.draft("Before")
    values = values_of(editor_client.get(change_url(article)))
    trash.move(article, by=edna)
    sent = {**values, "headline": ["After"], "_publish": "1"}
    page = editor_client.post(change_url(article), sent, follow=True)
    assert page.redirect_chain[-1][0] == TRASH
    saved = editor_client.post(f"{LIST}{article.pk}/autosave/", {**values, "headline": "After"})
    assert saved.status_code == 404
    assert saved.json()["message"]
    trash.restore(article, by=edna)
    assert article.headline == "Before"
    # The form of before is older than what was restored.
    saved = editor_client.post(f"{LIST}{article.pk}/autosave/", {**values, "headline": "After"})
    assert saved.status_code == 409


def test_an_article_in_the_trash_is_in_no_list_or_chooser(
    editor_client: Client, edna: User
) -> None:
    article = newsroom.draft("Half written", by=edna)
    other = newsroom.draft("Autre", language="fr")
    trash.move(article, by=edna)
    for query in ("", "?q=written", "?whose=mine", "?state__exact=trash"):
        page = editor_client.get(LIST + query)
        assert "Half written" not in visible_text(page)
    assert f"?state__exact={Article.State.TRASH}" not in editor_client.get(LIST).content.decode()
    assert [item.count for item in pending_articles(edna)] == [1]
    assert "Half written" not in editor_client.get(change_url(other)).content.decode()
    field = RelatedPick._meta.get_field("picked")
    found = editor_client.get(
        "/admin/autocomplete/",
        {
            "term": "written",
            "app_label": "articles",
            "model_name": "relatedpick",
            "field_name": field.name,
        },
    )
    assert found.json()["results"] == []
    send(editor_client, change_url(other), translation_of=f"Half written [{article.pk}]")
    assert other.translation_group is None


# The page


def test_the_page_shows_who_moved_an_article(editor_client: Client, edna: User) -> None:
    trash.move(newsroom.draft("Half written"), by=edna)
    text = visible_text(editor_client.get(TRASH))
    assert "Half written" in text
    assert "Edna Okafor" in text
    assert f'href="{TRASH}"' in editor_client.get(LIST).content.decode()


def test_an_editor_restores_an_article_from_the_page(editor_client: Client, edna: User) -> None:
    article = newsroom.published("Was out")
    publishing.unpublish(article, by=edna)
    trash.move(article, by=edna)
    page = press(editor_client, editor_client.get(TRASH), "trash/restore")
    assert page.redirect_chain[-1][0] == change_url(article)
    assert Article.objects.get().state == Article.State.UNPUBLISHED
    again = editor_client.post(f"{TRASH}restore/", {"article": [article.pk, "x"]}, follow=True)
    assert again.redirect_chain[-1][0] == TRASH


def test_a_reporter_sees_their_own_articles_in_the_trash_and_changes_nothing(
    client: Client, rui: User, edna: User
) -> None:
    own, other = newsroom.draft("Rui's", by=rui), newsroom.draft("Edna's", by=edna)
    for article in (own, other):
        trash.move(article, by=edna)
    client.force_login(rui)
    page = client.get(TRASH)
    assert "Rui's" in visible_text(page)
    assert "Edna's" not in visible_text(page)
    assert "trash/restore" not in page.content.decode()
    assert client.post(f"{TRASH}restore/", {"article": own.pk}).status_code == 403
    draft = newsroom.draft(by=rui)
    assert client.post(f"{LIST}{draft.pk}/trash/").status_code == 403


def test_a_moderator_has_no_trash(client: Client, mina: User, edna: User) -> None:
    article = newsroom.draft()
    trash.move(article, by=edna)
    client.force_login(mina)
    assert client.get(TRASH).status_code == 403
    page = client.get(change_url(article), follow=True)
    assert IN_TRASH not in visible_text(page)


# Deleting for good


def test_an_administrator_deletes_for_good_after_a_confirmation(
    client: Client, administrator: User
) -> None:
    article = newsroom.draft("Half written")
    trash.move(article, by=administrator)
    client.force_login(administrator)
    url = f"{TRASH}delete/?article={article.pk}"
    assert url in client.get(TRASH).content.decode()
    page = client.get(url)
    assert Article.objects.exists()
    client.post(f"{TRASH}delete/", values_of(page, "delete_form"), follow=True)
    assert not Article.objects.exists()
    entry = LogEntry.objects.get(action_flag=DELETION)
    assert (entry.object_id, entry.object_repr) == (str(article.pk), "Half written")
    assert client.get(url, follow=True).redirect_chain[-1][0] == TRASH


def test_an_editor_deletes_nothing_for_good(editor_client: Client, edna: User) -> None:
    article = newsroom.draft()
    trash.move(article, by=edna)
    assert "trash/delete" not in editor_client.get(TRASH).content.decode()
    assert editor_client.get(f"{TRASH}delete/?article={article.pk}").status_code == 403
    assert editor_client.post(f"{TRASH}delete/", {"article": article.pk}).status_code == 403


def test_only_what_is_in_the_trash_is_deleted(client: Client, administrator: User) -> None:
    article = newsroom.draft()
    client.force_login(administrator)
    client.post(f"{TRASH}delete/", {"article": article.pk})
    assert Article.objects.exists()


def test_an_article_that_something_needs_is_not_deleted_and_the_reason_is_shown(
    client: Client, administrator: User, monkeypatch: Any
) -> None:
    article = newsroom.draft("Needed")
    trash.move(article, by=administrator)

    def refuse(article_id: int) -> bool:
        raise trash.StillUsed(["An issue needs it."])

    monkeypatch.setattr(trash, "delete", refuse)
    client.force_login(administrator)
    page = client.post(f"{TRASH}delete/", {"article": article.pk}, follow=True)
    assert "An issue needs it." in visible_text(page)
    assert not LogEntry.objects.exists()
