"""The changelist of articles and its actions."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.admin import article_list
from articles.editorial.admin.sidebar import Status
from articles.editorial.models import Article
from articles.editorial.models.article import UNTITLED
from articles.editorial.versions import drafts
from articles.search import indexer as search_indexing
from iria.publication.models import Publication
from tests import newsroom
from tests.articles.editorial.admin.forms import visible_text

LIST = "/admin/articles/article/"


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def _do(client: Client, action: str, *articles: Article, **more: str) -> str:
    selected = [article.pk for article in articles]
    chosen = {"action": action, ACTION_CHECKBOX_NAME: selected, **more}
    return visible_text(client.post(LIST, chosen, follow=True))


def test_the_list_shows_the_state_and_the_authors_of_an_article(
    editor_client: Client, edna: User
) -> None:
    Publication(name="Meridian", time_zone="Asia/Karachi").save()
    sections = [newsroom.category("Asia-Pacific"), newsroom.category("News")]
    article = newsroom.draft(
        "A quiet week", categories=sections, authors=[newsroom.author("Ines Faro")]
    )
    publishing.publish(
        article, by=edna, at=timezone.now().replace(year=2026, month=1, day=2, hour=10, minute=0)
    )
    text = visible_text(editor_client.get(LIST))
    for part in (
        "A quiet week",
        Status.LIVE.label,
        "Asia-Pacific",
        "Ines Faro",
        "2 January 2026, 15:00",
    ):
        assert part in text


def test_the_list_shows_what_readers_do_not_see_yet(editor_client: Client, edna: User) -> None:
    changed, live = newsroom.published("Changed"), newsroom.published("As published")
    drafts.save(changed, {"headline": "Changed again"}, by=edna)
    rows = editor_client.get(LIST).context["cl"].result_list
    status = {article.pk: article.status for article in rows}
    assert status == {changed.pk: Status.CHANGED, live.pk: Status.LIVE}


def test_an_article_that_was_not_ready_in_time_is_overdue(
    editor_client: Client, edna: User
) -> None:
    article = newsroom.draft()
    missed = timezone.now() - timedelta(hours=1)
    article.state_changes.create(state=Article.State.DRAFT, publish_at=missed)
    (row,) = editor_client.get(LIST).context["cl"].result_list
    assert row.status == Status.OVERDUE
    assert editor_client.get(article.get_admin_url()).context["status"] == Status.OVERDUE


def test_the_views_above_the_list_narrow_it(editor_client: Client, edna: User, rui: User) -> None:
    newsroom.published("Live", by=rui)
    newsroom.draft("Begun by Edna", by=edna)
    page = editor_client.get(LIST)
    for view in page.context["views"]:
        narrowed = editor_client.get(f"{LIST}?{view['query']}")
        assert [each["name"] for each in narrowed.context["views"] if each["is_current"]] == [
            view["name"]
        ]
    drafts_only = editor_client.get(f"{LIST}?state__exact=draft").context["cl"].result_list
    assert [article.headline for article in drafts_only] == ["Begun by Edna"]


def test_the_number_of_queries_does_not_depend_on_the_number_of_articles(
    editor_client: Client, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for _ in range(2):
        for number in range(6):
            newsroom.draft(
                f"Article {number}",
                categories=[newsroom.category(f"Section {Article.objects.count()}")],
                authors=[newsroom.author(f"Author {Article.objects.count()}")],
            )
        with django_assert_max_num_queries(18) as queries:
            editor_client.get(LIST)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=strait", "At the strait"),
        ("?q=Faro", "Signed by Ines"),
        ("?state__exact=published", "Out already"),
        ("?in=asia-pacific", "From Tokyo"),
        ("?language=fr", "En français"),
        ("?whose=mine", "Begun by Edna"),
    ],
)
def test_the_list_can_be_filtered(
    editor_client: Client, edna: User, query: str, found: str
) -> None:
    asia = newsroom.category("Asia-Pacific")
    japan = newsroom.category("Japan", parent=asia)
    newsroom.draft("At the strait")
    newsroom.draft("Signed by Ines", authors=[newsroom.author("Ines Faro")])
    newsroom.published("Out already")
    newsroom.draft("From Tokyo", categories=[japan])
    newsroom.draft("En français", language="fr")
    newsroom.draft("Begun by Edna", by=edna)
    rows = editor_client.get(LIST + query).context["cl"].result_list
    assert [article.headline for article in rows] == [found]


def test_publishing_selected_articles_reports_each_outcome(editor_client: Client) -> None:
    ready = newsroom.draft("Whole")
    unready = newsroom.draft("Without a text", body="")
    already = newsroom.published("Out already")
    text = _do(editor_client, "publish_selected", ready, unready, already)
    for headline in ("Whole", "Out already", "Without a text"):
        assert f"“{headline}”" in text
    assert Article.objects.published().count() == 2


def test_unpublishing_selected_articles_reports_each_outcome(
    editor_client: Client, edna: User
) -> None:
    public = newsroom.published("Out")
    draft = newsroom.draft("Never out")
    scheduled = newsroom.draft("Soon out")
    publishing.schedule(scheduled, by=edna, at=timezone.now() + timedelta(hours=1))
    _do(editor_client, "unpublish_selected", public, draft, scheduled)
    assert Article.objects.published().count() == 1
    text = _do(editor_client, "unpublish_selected", public, draft, scheduled, confirmed="1")
    for headline in ("Out", "Never out", "Soon out"):
        assert f"“{headline}”" in text


def test_scheduled_articles_are_unscheduled_without_a_confirmation(
    editor_client: Client, edna: User
) -> None:
    scheduled = newsroom.draft("Soon out")
    publishing.schedule(scheduled, by=edna, at=timezone.now() + timedelta(hours=1))
    _do(editor_client, "unpublish_selected", scheduled)
    scheduled.refresh_from_db()
    assert scheduled.state == Article.State.DRAFT


@pytest.mark.parametrize("query", ["lighthouse", "Faro lighthouse"])
def test_the_text_of_a_draft_is_searched(editor_client: Client, query: str) -> None:
    body = "<p>The keepers of the <em>light</em>house went home.</p><p>A lighthouse.</p>"
    newsroom.draft("Night shift", body=body, authors=[newsroom.author("Ines Faro")])
    newsroom.draft("Another night", body="<p>Nothing of the kind.</p>")
    text = visible_text(editor_client.get(LIST, {"q": query}))
    assert "Night shift" in text
    assert "Another night" not in text


def test_markup_of_a_draft_is_not_searched(editor_client: Client) -> None:
    newsroom.draft("Night shift", body="<p><strong>Home</strong> at last.</p>")
    assert "Night shift" not in visible_text(editor_client.get(LIST, {"q": "strong"}))


def test_a_reporter_is_not_offered_editors_actions(client: Client, rui: User) -> None:
    article = newsroom.draft("Rui's draft", by=rui)
    client.force_login(rui)
    page = client.get(LIST)
    assert "publish_selected" not in page.content.decode()
    _do(client, "publish_selected", article)
    assert not Article.objects.published().exists()


def test_a_moderator_sees_only_published_articles(client: Client, mina: User) -> None:
    newsroom.draft("Not out yet")
    newsroom.published("Out")
    client.force_login(mina)
    text = visible_text(client.get(LIST))
    assert "Out" in text
    assert "Not out yet" not in text


def test_public_search_results_come_first_and_drafts_are_found_by_name(
    client: Client, edna: User
) -> None:
    image = newsroom.picture()
    figure = f'<figure data-image="{image.pk}"><figcaption>Dredgers at work</figcaption></figure>'
    captioned = newsroom.published("Harbours", body=f"<p>Words.</p>{figure}")
    named = newsroom.published("Dredger, dredger", body="<p>A dredger.</p>")
    draft = newsroom.draft("A dredger nobody has seen")
    newsroom.draft("Something else")
    for article in (captioned, named):
        search_indexing.index_article(article.pk)
    client.force_login(edna)
    rows = client.get("/admin/articles/article/?q=dredger").context["cl"].result_list
    assert [article.pk for article in rows] == [named.pk, captioned.pk, draft.pk]
    by_date = client.get("/admin/articles/article/?q=dredger&o=5").context["cl"].result_list
    assert [article.pk for article in by_date] == [captioned.pk, named.pk, draft.pk]
    for text in ("-dredger", '"', "x" * 3000, "the", "%00"):
        assert client.get("/admin/articles/article/", {"q": text}).status_code == 200


def test_unpublishing_too_many_asks_nothing(
    editor_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_list, "MAX_SELECTED", 1)
    articles = [newsroom.published("One"), newsroom.published("Two")]
    chosen = {"action": "unpublish_selected", ACTION_CHECKBOX_NAME: [each.pk for each in articles]}
    assert editor_client.post(LIST, chosen).status_code == 302
    assert Article.objects.published().count() == 2


def test_an_article_without_headline_is_named_in_the_outcome(editor_client: Client) -> None:
    article = newsroom.draft("")
    assert f"“{UNTITLED}” is not ready" in _do(editor_client, "publish_selected", article)
