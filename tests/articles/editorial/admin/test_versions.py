"""The history of an article and the comparison of its versions."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, Revision
from articles.editorial.versions import diff, drafts, revisions
from articles.editorial.versions.content import LABELS, columns_of, content_of_revision
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, send, visible_text


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def _save_changes(article: Article, by: User, **text: Any) -> Revision:
    for name, value in text.items():
        setattr(article, name, value)
    return revisions.save(article, by=by)


def test_every_version_shows_who_saved_it_and_what_changed(
    editor_client: Client, edna: User, rui: User
) -> None:
    article = newsroom.draft(
        by=rui, body="<p>The ferries ran on time.</p><p>Second.</p><p>Third.</p><p>Fourth.</p>"
    )
    body = "<p>The ferries ran late.</p><p>Second.</p><p>Third.</p><p>Fourth.</p>"
    _save_changes(article, edna, body=body, headline="A restless week")
    history = visible_text(editor_client.get(f"/admin/articles/article/{article.pk}/history/"))
    assert "Rui Tavares" in history
    assert "Edna Okafor" in history
    page = editor_client.get(f"/admin/articles/article/{article.pk}/versions/2/")
    html = page.content.decode()
    assert "<del>on</del>" in html or "<del>on time.</del>" in html
    assert "<ins>late.</ins>" in html
    assert "A restless" in visible_text(page)
    assert "Fourth" not in visible_text(page)


def test_the_history_shows_when_it_was_published_and_by_whom(
    editor_client: Client, edna: User
) -> None:
    article = newsroom.published(by=edna)
    publishing.unpublish(article, by=edna)
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    Article.objects.update(publish_at=timezone.now() - timedelta(minutes=1), body="")
    publishing.publish_due()
    history = visible_text(editor_client.get(f"/admin/articles/article/{article.pk}/history/"))
    assert f"Edna Okafor {Article.State.PUBLISHED.label}" in history
    assert f"Edna Okafor {Article.State.UNPUBLISHED.label}" in history
    assert "not published automatically" in history


def test_the_history_shows_what_changed_and_corrections(editor_client: Client, edna: User) -> None:
    asia, trade = newsroom.category("Asia-Pacific"), newsroom.category("Trade")
    article = newsroom.published("A quiet week", categories=[asia], tags=["ferries"])
    changes: dict[str, Any] = {
        "slug": "a-loud-week",
        "chosen_categories": [str(asia.pk), str(trade.pk)],
        "tags": "ferries, strikes",
        "corrections-TOTAL_FORMS": "1",
        "corrections-0-text": "The ferry is called Alba.",
    }
    send(editor_client, change_url(article), **changes)
    page = editor_client.get(f"/admin/articles/article/{article.pk}/history/")
    assert "The ferry is called Alba." in visible_text(page)
    saved = next(event for event in page.context["events"] if event.revision)
    assert set(saved.changed) == {LABELS[name] for name in ("slug", "categories", "tags")}
    url = f"/admin/articles/article/{article.pk}/versions/{saved.revision.number}/"
    compared = visible_text(editor_client.get(url))
    for change in (
        "a-quiet-week → a-loud-week",
        "Asia-Pacific → Asia-Pacific, Trade",
        "ferries → ferries, strikes",
    ):
        assert change in compared


def test_saving_without_a_change_adds_no_entry(editor_client: Client, edna: User) -> None:
    article = newsroom.published()
    send(editor_client, change_url(article))
    entry = LogEntry.objects.get()
    assert entry.get_change_message() == ""
    page = editor_client.get(f"/admin/articles/article/{article.pk}/history/")
    assert not [event for event in page.context["events"] if event.note]


def test_the_list_and_the_form_show_the_same_time_of_the_last_save(
    editor_client: Client, rui: User
) -> None:
    article = newsroom.draft(by=rui)
    Revision.objects.update(created_at=timezone.now() - timedelta(days=3))
    send(editor_client, change_url(article), tags="ferries")
    article.refresh_from_db()
    saved = date_format(timezone.localtime(article.modified_at), "DATETIME_FORMAT")
    for page in ("/admin/articles/article/", change_url(article)):
        assert f"{saved}" in visible_text(editor_client.get(page))


def test_an_unknown_version_is_not_found(editor_client: Client) -> None:
    article = newsroom.draft()
    assert editor_client.get(f"/admin/articles/article/{article.pk}/versions/9/").status_code == 404
    assert editor_client.get("/admin/articles/article/x/versions/1/").status_code == 404


def test_a_comparison_without_a_changed_word_says_so(edna: User) -> None:
    article = newsroom.draft(body="<p>Words stay.</p>")
    old = article.revisions.get()
    new = _save_changes(article, edna, body="<p>Words <em>stay</em>.</p>")
    (part,) = diff.compared(old, new)
    assert "words are the same" in part.paragraphs[0].pieces[0].text


def test_the_pieces_of_a_comparison_add_up_to_both_versions(edna: User) -> None:
    article = newsroom.draft(body="<p>One two three.</p><p>Gone.</p><p>Last.</p>")
    old = article.revisions.get()
    new = _save_changes(article, edna, body="<p>One 2 three.</p><p>Last.</p><p>New.</p>")
    (part,) = diff.compared(old, new)
    pieces = [piece for paragraph in part.paragraphs for piece in paragraph.pieces]
    before = "".join(piece.text for piece in pieces if piece.kind != "added")
    after = "".join(piece.text for piece in pieces if piece.kind != "removed")
    assert before == "One two three.Gone.Last."
    assert after == "One 2 three.Last.New."


def test_a_long_text_of_which_every_word_changed_is_replaced_between_its_ends(edna: User) -> None:
    """Comparing its words would take days."""
    words = ["".join(f" the {letter}{number}" for number in range(8000)) for letter in "ab"]
    article = newsroom.draft(body=f"<p>Begins{words[0]} and ends.</p>")
    old = article.revisions.get()
    new = _save_changes(article, edna, body=f"<p>Begins{words[1]} and ends.</p>")
    (part,) = diff.compared(old, new)
    (paragraph,) = part.paragraphs
    assert [piece.kind for piece in paragraph.pieces] == ["same", "removed", "added", "same"]
    assert [piece.text for piece in paragraph.pieces[::3]] == ["Begins the ", " and ends."]


def test_a_small_change_of_a_long_text_is_found(edna: User) -> None:
    words = "the same " * 8000
    article = newsroom.draft(body=f"<p>{words}old {words}</p>")
    old = article.revisions.get()
    new = _save_changes(article, edna, body=f"<p>{words}new {words}</p>")
    (part,) = diff.compared(old, new)
    pieces = [piece for paragraph in part.paragraphs for piece in paragraph.pieces]
    assert [piece.text for piece in pieces if piece.kind != "same"] == ["old", "new"]


def test_an_original_url_is_not_restored_without_its_name(
    editor_client: Client, edna: User
) -> None:
    article = newsroom.draft()
    original = {"first_published_in": "A weekly", "first_published_url": "https://example.org/a"}
    number = drafts.save(article, original, by=edna).number
    drafts.save(article, dict.fromkeys(original, ""), by=edna)
    url = f"/admin/articles/article/{article.pk}/versions/{number}/restore/"
    editor_client.post(url, {"field": "first_published_url"})
    article.refresh_from_db()
    assert article.first_published_url == ""
    editor_client.post(url, {"field": [*original]})
    article.refresh_from_db()
    assert article.first_published_url == original["first_published_url"]


@pytest.mark.parametrize("view", ["unpublish", "history", "versions/1"])
def test_an_impossible_id_is_not_found(editor_client: Client, view: str) -> None:
    response = editor_client.get(f"/admin/articles/article/{'9' * 5000}/{view}/")
    assert response.status_code in {302, 404}


def test_an_impossible_id_of_an_image_has_no_details(editor_client: Client) -> None:
    response = editor_client.get("/admin/articles/article/pictures/", {"id": "9" * 5000})
    assert response.json() == {}


def test_a_comparison_does_not_name_a_draft_that_is_translated(edna: User) -> None:
    secret = newsroom.draft("A secret draft", language="de")
    article = newsroom.published()
    before = article.revisions.get()
    changes = {"translation_of": secret.pk}
    after = Revision(**columns_of(content_of_revision(before) | changes))
    text = str(diff.compared(before, after))
    assert f"article {secret.pk} (not published)" in text
    assert "secret draft" not in text
