"""Edit conflicts and forms that are sent twice."""

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.admin.article_admin import SENT_TWICE
from articles.editorial.models import Article
from articles.editorial.versions import drafts, revisions
from tests import newsroom
from tests.articles.editorial.admin.forms import (
    ADD,
    change_url,
    errors_on,
    values_of,
    visible_text,
)


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def test_a_stale_form_is_rejected_with_the_other_users_name_and_keeps_its_input(
    editor_client: Client, rui: User
) -> None:
    article = newsroom.draft("As it was", tags=["kept"])
    opened = values_of(editor_client.get(change_url(article)))
    article.headline = "Rui was faster"
    revisions.save(article, by=rui)
    entered = {**opened, "headline": ["Typed by Edna"], "tags": ["other"], "_continue": "1"}
    page = editor_client.post(change_url(article), entered)
    assert "Rui Tavares saved this article" in visible_text(page)
    assert values_of(page)["headline"] == ["Typed by Edna"]
    article.refresh_from_db()
    assert article.headline == "Rui was faster"
    assert list(article.tags.names()) == ["kept"]
    # Sending the same stale form again is rejected again…
    assert "Rui Tavares saved" in visible_text(editor_client.post(change_url(article), entered))
    # …but the form shown with the error has the current version.
    editor_client.post(change_url(article), {**values_of(page), "_continue": "1"})
    article.refresh_from_db()
    assert article.headline == "Typed by Edna"


def test_a_change_sent_twice_is_saved_once_without_an_error(editor_client: Client) -> None:
    article = newsroom.draft()
    values = values_of(editor_client.get(change_url(article)))
    entered = {**values, "headline": ["Typed once"], "_continue": "1"}
    for _ in range(2):
        page = editor_client.post(change_url(article), entered, follow=True)
        assert "errornote" not in page.content.decode()
    assert article.revisions.count() == 2


def test_an_add_form_sent_twice_makes_one_article(editor_client: Client) -> None:
    values = {**values_of(editor_client.get(ADD)), "headline": ["Once"], "body": ["Words"]}
    first = editor_client.post(ADD, {**values, "_continue": "1"}, follow=True)
    second = editor_client.post(ADD, {**values, "_continue": "1"}, follow=True)
    assert Article.objects.count() == 1
    assert first.redirect_chain[-1] == second.redirect_chain[-1]
    assert SENT_TWICE in visible_text(second)


def test_an_add_form_filled_again_after_going_back_asks_for_confirmation(
    editor_client: Client,
) -> None:
    values = {**values_of(editor_client.get(ADD)), "headline": ["First"], "body": ["Words"]}
    editor_client.post(ADD, {**values, "_continue": "1"})
    page = editor_client.post(ADD, {**values, "headline": ["Second"], "_continue": "1"})
    assert "“First”" in " ".join(errors_on(page))
    editor_client.post(ADD, {**values_of(page), "_continue": "1"})
    assert set(Article.objects.values_list("headline", flat=True)) == {"First", "Second"}


def test_saving_an_old_form_does_not_undo_a_publication(editor_client: Client, edna: User) -> None:
    article = newsroom.draft()
    values = values_of(editor_client.get(change_url(article)))
    publishing.publish(article, by=edna)
    editor_client.post(change_url(article), {**values, "headline": ["Later"], "_continue": "1"})
    assert Article.objects.published().get().headline == article.headline
    draft = drafts.draft_of(article)
    assert draft is not None
    assert draft.revision.headline == "Later"
