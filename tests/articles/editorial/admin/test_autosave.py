"""The answers to the script that saves the article form in the background."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.admin.submit_actions import make_form_token
from articles.editorial.models import Article, Draft, Revision
from articles.editorial.versions import drafts
from articles.editorial.versions.revisions import Reason
from articles.images.usage_check import withdraw
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, send, values_of, visible_text

NEW = reverse("admin:articles_article_autosave_new")


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def _url(article: Article, view: str = "autosave") -> str:
    return reverse(f"admin:articles_article_{view}", args=[article.pk])


def _send(client: Client, article: Article, **fields: Any) -> Any:
    article.refresh_from_db()
    return client.post(_url(article), {"version": article.version, **fields})


def test_only_what_was_sent_changes(editor_client: Client) -> None:
    article = newsroom.draft("First", body="<p>Words.</p>", tags=["ferries"])
    answer = _send(editor_client, article, headline=" Second ").json()
    article.refresh_from_db()
    assert (article.headline, article.body) == ("Second", "<p>Words.</p>")
    assert set(article.tags.names()) == {"ferries"}
    assert (answer["version"], answer["errors"]) == (article.version, {})


def test_a_field_that_is_not_valid_is_named_and_the_others_are_saved(
    editor_client: Client,
) -> None:
    article = newsroom.draft("First")
    answer = _send(editor_client, article, headline="Second", slug="no spaces!").json()
    article.refresh_from_db()
    assert article.headline == "Second"
    assert list(answer["errors"]) == ["slug"]


def test_the_alt_texts_of_the_lead_image_and_of_figures_are_saved(editor_client: Client) -> None:
    image = newsroom.picture()
    article = newsroom.draft()
    body = f'<figure data-image="{image.pk}" data-alt="A quay"><figcaption></figcaption></figure>'
    fields = {"lead_image": image.pk, "lead_alt": "A harbour", "lead_decorative": "false"}
    assert _send(editor_client, article, body=body, **fields).json()["errors"] == {}
    article.refresh_from_db()
    assert (article.lead_alt, article.lead_decorative, article.body) == ("A harbour", False, body)
    _send(editor_client, article, lead_decorative="true")
    article.refresh_from_db()
    assert article.lead_decorative
    assert [each.alt for each in article.figures.all()] == ["", "A quay"]


def test_autosaves_and_manual_saves_are_distinguished(editor_client: Client) -> None:
    article = newsroom.draft()
    _send(editor_client, article, headline="Typed")
    assert article.revisions.first().reason == Reason.AUTOSAVE  # type: ignore[union-attr]
    _send(editor_client, article, reason="save")
    assert article.revisions.first().reason == Reason.SAVE  # type: ignore[union-attr]


def test_a_form_creates_one_article_however_often_it_is_sent(editor_client: Client) -> None:
    form = {"form_token": make_form_token(), "headline": "A quiet week"}
    first = editor_client.post(NEW, form).json()
    again = editor_client.post(NEW, {**form, "version": first["version"]}).json()
    assert first["id"] == again["id"] == Article.objects.get().pk


def test_an_article_without_any_text_is_deleted(editor_client: Client, edna: User) -> None:
    token = make_form_token()
    assert editor_client.post(NEW, {"form_token": token, "headline": " "}).json() == {"blank": True}
    assert not Article.objects.exists()
    created = editor_client.post(NEW, {"form_token": token, "headline": "Typed"}).json()
    article = Article.objects.get()
    emptied = {"headline": "", "version": created["version"]}
    assert editor_client.post(_url(article), emptied).json() == {"blank": True}
    assert not Article.objects.exists()
    assert not Revision.objects.exists()


def test_an_emptied_article_with_a_history_stays(editor_client: Client) -> None:
    article = newsroom.draft("Written once")
    _send(editor_client, article, headline="", standfirst="", body="")
    assert Article.objects.get().headline == ""
    assert article.revisions.filter(headline="Written once").exists()


def test_a_save_based_on_an_older_version_is_refused(
    editor_client: Client, edna: User, rui: User
) -> None:
    article = newsroom.draft("First", by=rui)
    before = article.version
    drafts.save(article, {"headline": "By Rui"}, by=rui)
    refused = editor_client.post(_url(article), {"version": before, "headline": "By Edna"})
    assert refused.status_code == 409
    assert rui.public_name in refused.json()["message"]
    assert Article.objects.get().headline == "By Rui"


@pytest.mark.parametrize("later", [{"overwrite": "1"}, {"reason": "save"}])
def test_what_another_tab_saved_stays_a_version_when_it_is_replaced(
    later: dict[str, str], editor_client: Client
) -> None:
    article = newsroom.draft("First")
    _send(editor_client, article, headline="From the first tab")
    _send(editor_client, article, headline="From the second tab", **later)
    found = article.revisions.values_list("headline", flat=True)
    assert {"From the first tab", "From the second tab"} <= set(found)


def test_a_reporter_saves_own_articles_only(
    client: Client, rui: User, edna: User, django_assert_max_num_queries: Any
) -> None:
    client.force_login(rui)
    foreign, own = newsroom.draft(by=edna), newsroom.draft(by=rui)
    assert _send(client, foreign, headline="Not mine").status_code == 403
    assert _send(client, own, headline="Mine").status_code == 200
    publishing.publish(own, by=edna)
    assert _send(client, own, headline="Live").status_code == 403


def test_a_scheduled_article_keeps_its_headline(editor_client: Client, edna: User) -> None:
    article = newsroom.draft("First")
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    assert _send(editor_client, article, headline="").status_code == 400
    assert Article.objects.get().headline == "First"


def test_an_image_withdrawn_while_a_draft_waits_is_named_and_the_text_is_kept(
    editor_client: Client, edna: User
) -> None:
    image = newsroom.picture()
    article = newsroom.published("Before")
    drafts.save(article, {"lead_image_id": image.pk}, by=edna)
    withdraw(image, by=None, reason="Sued on Monday")
    assert _send(editor_client, article, headline="Written after it").status_code == 200
    page = send(editor_client, change_url(article), press="_publish")
    assert "Sued on Monday" in visible_text(page)
    assert values_of(page)["headline"] == ["Written after it"]
    assert Article.objects.published().get().headline == "Before"
    checklist = editor_client.get(_url(article, "checklist"))
    assert "Sued on Monday" in visible_text(checklist)


@pytest.mark.parametrize("megabytes", [5, 9])
def test_a_text_of_megabytes_is_refused_and_the_saved_one_stays(
    megabytes: int, editor_client: Client
) -> None:
    article = newsroom.draft(body="<p>Saved.</p>")
    text = "<p>" + "word " * (megabytes * 200_000) + "</p>"
    answer = _send(editor_client, article, headline="Long", body=text)
    article.refresh_from_db()
    assert article.body == "<p>Saved.</p>"
    if megabytes == 5:
        assert list(answer.json()["errors"]) == ["body"]
        assert article.headline == "Long"
    else:
        assert answer.status_code in {400, 413}


def test_a_deleted_article_is_reported(editor_client: Client) -> None:
    article = newsroom.draft()
    url = _url(article)
    article.delete()
    assert editor_client.post(url, {"version": 1, "headline": "Still here"}).status_code == 404


@pytest.mark.parametrize("published", [False, True])
def test_a_save_costs_at_most_twelve_queries(
    published: bool, editor_client: Client, edna: User
) -> None:
    make = newsroom.published if published else newsroom.draft
    image = newsroom.picture()
    figure = f'<figure data-image="{image.pk}"><figcaption>A quay</figcaption></figure>'
    article = make(body=f"<p>Words.</p>{figure}", tags=["ferries"], by=edna)
    _send(editor_client, article, body=f"<p>More words.</p>{figure}")
    article.refresh_from_db()
    sent = {"version": article.version, "body": f"<p>Even more words.</p>{figure}"}
    with CaptureQueriesContext(connection) as queries:
        assert editor_client.post(_url(article), sent).status_code == 200
    counted = [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]
    assert len(counted) <= 12, "\n".join(counted)
    assert Draft.objects.exists() == published


def test_a_copy_is_compared_with_the_saved_text(editor_client: Client) -> None:
    article = newsroom.draft(body="<p>Saved before.</p>")
    url = _url(article, "compare")
    page = editor_client.post(url, {"body": "<p>Saved before. And more</p>"}).content.decode()
    assert "<ins> And more</ins>" in page
    same = editor_client.post(url, {"body": article.body}).content.decode()
    assert "<ins>" not in same


@pytest.mark.parametrize("days", ["99999", "9" * 30])
def test_a_number_that_is_too_large_is_named(editor_client: Client, days: str) -> None:
    article = newsroom.draft("First")
    answer = _send(editor_client, article, headline="Second", comments_close_after=days).json()
    article.refresh_from_db()
    assert (article.headline, list(answer["errors"])) == ("Second", ["comments_close_after"])


def test_an_impossible_version_is_a_conflict(editor_client: Client) -> None:
    answer = editor_client.post(_url(newsroom.draft()), {"version": "9" * 5000})
    assert answer.status_code == 409


@pytest.mark.parametrize("is_published", [False, True])
def test_the_original_url_is_saved_with_its_name(editor_client: Client, is_published: bool) -> None:
    article = newsroom.published("First") if is_published else newsroom.draft("First")
    url = {"first_published_url": "https://example.org/first"}
    answer = _send(editor_client, article, headline="Second", **url).json()
    assert list(answer["errors"]) == ["first_published_url"]
    assert (
        _send(editor_client, article, first_published_in="A weekly", **url).json()["errors"] == {}
    )
    assert list(_send(editor_client, article, first_published_in="").json()["errors"]) == [
        "first_published_in"
    ]
    content = drafts.open_for_editing(article).content
    assert (content["headline"], content["first_published_in"]) == ("Second", "A weekly")
    assert content["first_published_url"] == url["first_published_url"]


def test_a_new_article_begins_without_the_original_url(editor_client: Client) -> None:
    fields = {"headline": "First", "first_published_url": "https://example.org/first"}
    answer = editor_client.post(NEW, {**fields, "form_token": make_form_token()}).json()
    assert list(answer["errors"]) == ["first_published_url"]
    assert Article.objects.get().first_published_url == ""
