"""Suggestions in the form of an article, and decisions about them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial.models import Article
from articles.related import read_next, recomputation
from articles.related.models import RelatedExclusion
from articles.related.read_next import related_to
from tests import newsroom
from tests.articles.related.test_read_next import CHEESE, HARBOUR, STRAIT, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def strait() -> Article:
    author = newsroom.author("Ines Faro")
    article = newsroom.published("At the strait", body=STRAIT, tags=["Convoys"], authors=[author])
    newsroom.published("From the harbour", body=HARBOUR, tags=["Convoys"], authors=[author])
    newsroom.published("Cheese", body=CHEESE)
    recomputation.refresh_all()
    return article


def form(client: Client, article: Article) -> str:
    return client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()


def send(client: Client, article: Article, **decisions: str) -> None:
    """Submits the form with decisions about suggestions."""
    article.refresh_from_db()
    data = {
        "headline": article.headline,
        "standfirst": article.standfirst,
        "body": article.body,
        "kind": article.kind_id,
        "language": article.language,
        "chosen_categories": list(article.categories.values_list("pk", flat=True)),
        "signed_by": list(article.bylines.values_list("author", flat=True)),
        "tags": "Convoys",
        "version": article.version,
        "corrections-TOTAL_FORMS": 0,
        "corrections-INITIAL_FORMS": 0,
        **decisions,
    }
    response = client.post(f"/admin/articles/article/{article.pk}/change/", data)
    assert response.status_code == 302, response.context["errors"]


def test_the_form_shows_the_reasons_of_suggestions(
    client: Client, edna: User, strait: Article
) -> None:
    client.force_login(edna)
    page = form(client, strait)
    assert "From the harbour" in page
    assert "“navies escort”" in page
    assert "shares Convoys" in page
    assert "same author (Ines Faro)" in page


def test_an_editor_excludes_an_article_and_includes_it_again(
    client: Client, edna: User, strait: Article
) -> None:
    harbour = Article.objects.get(headline="From the harbour")
    client.force_login(edna)
    send(client, strait, **{f"suggestion-{harbour.pk}": "leave-out"})
    assert names(strait) == ["Cheese"]
    recomputation.refresh_all()
    assert names(strait) == ["Cheese"]
    assert RelatedExclusion.objects.get().created_by == edna
    assert "by Edna Okafor" in form(client, strait)
    send(client, strait, **{f"suggestion-{harbour.pk}": "allow"})
    recomputation.refresh_all()
    assert names(strait)[0] == "From the harbour"


def test_an_editor_picks_a_suggestion(client: Client, edna: User, strait: Article) -> None:
    cheese = Article.objects.get(headline="Cheese")
    client.force_login(edna)
    send(client, strait, **{f"suggestion-{cheese.pk}": "pick"})
    assert names(strait) == ["From the harbour", "Cheese"]
    send(client, strait, picks=str(cheese.pk), _publish="1")
    assert names(strait) == ["Cheese", "From the harbour"]


def test_invalid_decisions_are_ignored(client: Client, edna: User, strait: Article) -> None:
    client.force_login(edna)
    invalid = {f"suggestion-{number}": "pick" for number in (strait.pk, 10**9, "9" * 20, "x", "-1")}
    send(client, strait, **invalid)
    assert not strait.related_picks.exists()


def test_a_link_with_a_null_character_does_not_stop_the_worker() -> None:
    article = newsroom.published("Links", body='<p><a href="/2026/03/%00/">one</a></p>')
    recomputation.refresh(article.pk)
    assert not article.text_links.exists()


def test_linked_articles_are_related(edna: User) -> None:
    cheese = newsroom.published("Cheese", body=CHEESE)
    newsroom.published("Pasture", body="<p>Goats graze.</p>")
    link = f'<p>As <a href="{cheese.get_absolute_url()}">we wrote</a>, dairies wait.</p>'
    strait = newsroom.published("At the strait", body=STRAIT + link)
    recomputation.refresh_all()
    assert names(strait)[0] == "Cheese"
    assert strait.related_links.get(position=0).reasons["linked"] == ["to"]
    assert cheese.related_links.get(position=0).reasons["linked"] == ["from"]


def test_at_most_two_of_four_articles_are_about_one_event() -> None:
    day = datetime(2026, 3, 1, 9, tzinfo=UTC)
    own = f"{STRAIT}<p>Anglers complain of helicopters and their noise.</p>"
    strait = newsroom.published("Noise", body=own, at=day - timedelta(days=30))
    for hour in range(4):
        text = f"{STRAIT}<p>Pilots of the harbour rest on Sundays.</p>"
        newsroom.published(f"Event {hour}", body=text, at=day + timedelta(hours=hour))
    for week in range(1, 4):
        text = f"{STRAIT}<p>Insurers raise the premium for wooden hulls.</p>"
        newsroom.published(f"Week {week}", body=text, at=day - timedelta(weeks=week))
    recomputation.refresh_all()
    assert sorted(name[:5] for name in names(strait)) == ["Event", "Event", "Week ", "Week "]


def test_a_third_article_on_the_event_stays_without_alternatives() -> None:
    strait = newsroom.published("At the strait", body=STRAIT)
    for number in range(3):
        newsroom.published(f"Event {number}", body=STRAIT)
    newsroom.published("Cheese", body=CHEESE)
    recomputation.refresh_all()
    assert names(strait)[3] == "Cheese"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_excluded_article_is_replaced_by_the_worker(
    edna: User, jobs: Callable[[], None]
) -> None:
    strait = newsroom.published("At the strait", body=STRAIT)
    others = [newsroom.published(f"Harbour {number}", body=HARBOUR) for number in range(9)]
    jobs()
    before = related_to(strait, limit=8)
    read_next.exclude(strait, before[0], by=edna)
    jobs()
    after = related_to(strait, limit=8)
    assert len(after) == 8
    assert before[0] not in after
    assert set(after) <= set(others)
