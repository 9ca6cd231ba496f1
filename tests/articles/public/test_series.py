"""Series navigation on the article page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing, signals
from articles.editorial.models import Article, Series, SeriesPart
from articles.editorial.versions import drafts
from articles.editorial.versions.content import content_of_revision
from articles.editorial.versions.diff import compared
from articles.related import recomputation
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, errors_on, send
from tests.articles.related.test_read_next import CHEESE, HARBOUR, STRAIT, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts() -> list[Article]:
    series = Series.objects.create(name="Straits of the world")
    articles = [newsroom.published(f"Strait {number}", body=STRAIT) for number in range(3)]
    for position, article in enumerate(articles):
        SeriesPart.objects.create(series=series, article=article, position=position)
    return articles


def test_a_part_links_to_the_previous_and_the_next_part(
    client: Client, parts: list[Article]
) -> None:
    page = client.get(parts[1].get_absolute_url()).content.decode()
    assert "Part 2 of 3" in page
    assert "Straits of the world" in page
    before, after = page.index("Previous part"), page.index("Next part")
    assert before < page.index("Strait 0", before) < after < page.index("Strait 2", after)
    first = client.get(parts[0].get_absolute_url()).content.decode()
    assert "Previous part" not in first


def test_an_unpublished_part_is_skipped(client: Client, parts: list[Article]) -> None:
    Article.objects.filter(pk=parts[1].pk).update(state="withdrawn")
    page = client.get(parts[0].get_absolute_url()).content.decode()
    assert "Part 1 of 2" in page
    assert "Strait 1" not in page


def test_an_article_without_a_series_needs_no_additional_query(
    client: Client, parts: list[Article], django_assert_max_num_queries: Any
) -> None:
    alone = newsroom.published("Alone")
    client.get(alone.get_absolute_url())
    with django_assert_max_num_queries(12) as alone_takes:
        page = client.get(alone.get_absolute_url()).content.decode()
    assert "Part 1 of" not in page
    with django_assert_max_num_queries(len(alone_takes.captured_queries) + 1):
        client.get(parts[0].get_absolute_url())


def test_parts_of_a_series_are_related_articles() -> None:
    series = Series.objects.create(name="Trade")
    strait = newsroom.published("At the strait", body=STRAIT)
    newsroom.published("From the harbour", body=HARBOUR)
    cheese = newsroom.published("Cheese", body=CHEESE)
    for article in (strait, cheese):
        SeriesPart.objects.create(series=series, article=article)
    recomputation.refresh_all()
    assert "Cheese" in names(strait)
    reasons = strait.related_links.get(other=cheese).reasons
    assert reasons["series"] == ["Trade"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_editor_orders_the_parts(client: Client, edna: User, jobs: Callable[[], None]) -> None:
    received: list[int] = []

    def receive(article_id: int, **signal: Any) -> None:
        received.append(article_id)

    articles = [newsroom.published(f"Strait {number}") for number in range(2)]
    jobs()
    signals.changed.connect(receive)
    client.force_login(edna)
    data = {"name": "Straits", "parts-TOTAL_FORMS": 2, "parts-INITIAL_FORMS": 0}
    for number, article in enumerate(articles):
        data |= {f"parts-{number}-article": article.pk, f"parts-{number}-position": 1 - number}
    response = client.post("/admin/articles/series/add/", data)
    jobs()
    signals.changed.disconnect(receive)
    assert response.status_code == 302
    assert sorted(received) == [article.pk for article in articles]
    assert [part.article for part in SeriesPart.objects.all()] == articles[::-1]
    newest = articles[0].revisions.first()
    assert newest is not None
    assert content_of_revision(newest)["series_position"] == 1
    response = client.post("/admin/articles/series/add/", data | {"name": "Others"})
    assert "already part of a series" in response.content.decode()


def place(article: Article) -> tuple[str, int | None] | None:
    """The series that readers see, and the position in it."""
    part = SeriesPart.objects.filter(article=article).select_related("series").first()
    return (part.series.name, part.position) if part else None


def test_a_series_chosen_in_the_form_waits_until_it_is_published(
    client: Client, edna: User
) -> None:
    client.force_login(edna)
    series, article = Series.objects.create(name="Straits"), newsroom.published("Strait")
    send(client, change_url(article), series=str(series.pk), series_position="3")
    assert place(article) is None
    send(client, change_url(article), press="_publish")
    assert place(article) == ("Straits", 3)
    send(client, change_url(article), series="", press="_publish")
    assert place(article) is None


def test_a_series_is_saved_in_the_background_compared_and_restored(
    client: Client, edna: User
) -> None:
    client.force_login(edna)
    series, article = Series.objects.create(name="Straits"), newsroom.draft("Strait")
    before = article.revisions.get()
    sent = {"version": article.version, "series": series.pk, "series_position": "2"}
    client.post(f"/admin/articles/article/{article.pk}/autosave/", sent)
    assert place(article) == ("Straits", 2)
    after = article.revisions.first()
    assert after is not None
    shown = {part.fields[0]: part.paragraphs[0].pieces[0].text for part in compared(before, after)}
    assert shown == {"series": "Straits", "series_position": "2"}
    drafts.restore(article, before, by=edna)
    assert place(article) is None
    drafts.restore(article, after, by=edna)
    assert place(article) == ("Straits", 2)
    series.delete()
    drafts.restore(article, after, by=edna, names=["series"])
    assert place(article) is None


@pytest.mark.parametrize("position", ["-1", "99999", "two"])
def test_an_impossible_position_is_refused_beside_its_field(
    position: str, client: Client, edna: User
) -> None:
    client.force_login(edna)
    series, article = Series.objects.create(name="Straits"), newsroom.draft("Strait")
    page = send(client, change_url(article), series=str(series.pk), series_position=position)
    assert len(errors_on(page)) == 1
    assert place(article) is None


def test_an_editor_creates_a_series_in_the_form_and_a_reporter_does_not(
    client: Client, edna: User, rui: User
) -> None:
    url = "/admin/articles/article/choices/series/"
    client.force_login(rui)
    assert client.post(url, {"name": "Straits"}).status_code == 403
    client.force_login(edna)
    created = client.post(url, {"name": "Straits"}).json()
    assert created["id"] == Series.objects.get().pk
    assert client.post(url, {"name": "STRAITS"}).json()["id"] == created["id"]
    assert client.post(url, {"name": "x" * 121}).status_code == 400
    client.force_login(rui)
    assert [row["name"] for row in client.get(url, {"q": "str"}).json()["results"]] == ["Straits"]


def test_parts_without_a_position_follow_by_date(client: Client) -> None:
    series = Series.objects.create(name="Straits")
    day = timezone.now() - timedelta(days=9)
    late, early, first = (
        newsroom.published(name, at=day + timedelta(days=days))
        for name, days in (("Late", 3), ("Early", 2), ("First", 4))
    )
    for article, position in ((late, None), (early, None), (first, 1)):
        SeriesPart.objects.create(series=series, article=article, position=position)
    page = client.get(early.get_absolute_url()).content.decode()
    before, after = page.index("Previous part"), page.index("Next part")
    assert before < page.index("First", before) < after < page.index("Late", after)


def test_a_changed_series_changes_drafts_too(client: Client, edna: User) -> None:
    client.force_login(edna)
    article = newsroom.published("Strait")
    drafts.save(article, {"headline": "Waiting"}, by=edna)
    data = {"name": "Straits", "parts-TOTAL_FORMS": 1, "parts-INITIAL_FORMS": 0}
    client.post(
        "/admin/articles/series/add/", data | {"parts-0-article": article.pk, "parts-0-position": 1}
    )
    assert place(article) == ("Straits", 1)
    publishing.publish_changes(article, by=edna)
    assert place(article) == ("Straits", 1)
    assert Article.objects.get().headline == "Waiting"
