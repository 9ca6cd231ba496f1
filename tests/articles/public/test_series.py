"""Series navigation on the article page."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial import signals
from articles.editorial.models import Article, Series, SeriesPart
from articles.related import recomputation
from tests import newsroom
from tests.articles.related.test_read_next import CHEESE, HARBOUR, STRAIT, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts() -> list[Article]:
    series = Series.objects.create(name="Straits of the world")
    made = [newsroom.published(f"Strait {number}", body=STRAIT) for number in range(3)]
    for position, article in enumerate(made):
        SeriesPart.objects.create(series=series, article=article, position=position)
    return made


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


def test_an_editor_orders_the_parts(
    client: Client, edna: User, django_capture_on_commit_callbacks: Any
) -> None:
    received: list[int] = []

    def receive(article_id: int, **signal: Any) -> None:
        received.append(article_id)

    signals.changed.connect(receive)
    articles = [newsroom.published(f"Strait {number}") for number in range(2)]
    client.force_login(edna)
    data = {"name": "Straits", "parts-TOTAL_FORMS": 2, "parts-INITIAL_FORMS": 0}
    for number, article in enumerate(articles):
        data |= {f"parts-{number}-article": article.pk, f"parts-{number}-position": 1 - number}
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/admin/articles/series/add/", data)
    signals.changed.disconnect(receive)
    assert response.status_code == 302
    assert sorted(received) == [article.pk for article in articles]
    assert [part.article for part in SeriesPart.objects.all()] == articles[::-1]
    response = client.post("/admin/articles/series/add/", data | {"name": "Others"})
    assert "already part of a series" in response.content.decode()
