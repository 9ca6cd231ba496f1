"""Related articles: manual picks, then computed ones."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, RelatedPick
from articles.related import recomputation
from articles.related.models import ArticleTerms, RelatedLink
from articles.related.read_next import related_to
from tests import newsroom

pytestmark = pytest.mark.django_db

STRAIT = "<p>Tankers wait at the strait while navies escort convoys past the minefields.</p>"
HARBOUR = "<p>Navies escort tankers from the harbour to the strait, past minefields and wrecks.</p>"
CHEESE = "<p>Mountain dairies press cheese in copper vats all summer long.</p>"


def names(article: Article, **options: int) -> list[str]:
    return [other.headline for other in related_to(article, **options)]


def test_articles_with_common_rare_words_are_first() -> None:
    strait = newsroom.published("At the strait", body=STRAIT)
    newsroom.published("Cheese", body=CHEESE)
    newsroom.published("From the harbour", body=HARBOUR)
    recomputation.refresh_all()
    assert names(strait)[0] == "From the harbour"
    reasons = strait.related_links.get(position=0).reasons
    assert "strait" in reasons["words"]
    assert "navies escort" in reasons["pairs"]


def test_at_most_four_without_itself_and_drafts() -> None:
    articles = [newsroom.published(f"Strait {number}", body=STRAIT) for number in range(7)]
    newsroom.draft("Draft strait", body=STRAIT)
    recomputation.refresh_all()
    for article in articles:
        found = names(article)
        assert len(found) == len(set(found)) == 4
        assert article.headline not in found
        assert "Draft strait" not in found


def test_manual_picks_are_first_in_their_order() -> None:
    strait = newsroom.published("At the strait", body=STRAIT)
    newsroom.published("From the harbour", body=HARBOUR)
    for position, headline in enumerate(["Second thoughts on cheese", "Cheese"]):
        picked = newsroom.published(headline, body=CHEESE)
        RelatedPick.objects.create(article=strait, picked=picked, position=position)
    recomputation.refresh_all()
    assert names(strait) == ["Second thoughts on cheese", "Cheese", "From the harbour"]
    assert names(strait, limit=2) == ["Second thoughts on cheese", "Cheese"]


def test_a_pick_that_was_computed_too_is_shown_once() -> None:
    strait = newsroom.published("At the strait", body=STRAIT)
    harbour = newsroom.published("From the harbour", body=HARBOUR)
    RelatedPick.objects.create(article=strait, picked=harbour)
    recomputation.refresh_all()
    assert names(strait) == ["From the harbour"]


def test_an_unpublished_article_is_not_shown(edna: User) -> None:
    strait = newsroom.published("At the strait", body=STRAIT)
    harbour = newsroom.published("From the harbour", body=HARBOUR)
    cheese = newsroom.published("Cheese", body=CHEESE)
    RelatedPick.objects.create(article=strait, picked=cheese)
    recomputation.refresh_all()
    publishing.unpublish(harbour, by=edna)
    publishing.unpublish(cheese, by=edna)
    assert names(strait) == []


def test_nothing_is_shown_before_the_first_computation() -> None:
    assert names(newsroom.published("At the strait", body=STRAIT)) == []


def test_related_articles_take_one_query(django_assert_num_queries: Any) -> None:
    strait = newsroom.published("At the strait", body=STRAIT)
    for number in range(6):
        newsroom.published(f"Strait {number}", body=HARBOUR, lead_image=newsroom.picture())
    recomputation.refresh_all()
    RelatedPick.objects.create(
        article=strait, picked=newsroom.published("Cheese", lead_image=newsroom.picture())
    )
    with django_assert_num_queries(1):
        found = related_to(strait)
        for other in found:
            assert other.lead_image is not None
            assert (other.kind.name, other.lead_image.sizes) == ("News", [])
            assert other.get_absolute_url()


def test_tags_and_authors_order_equally_similar_texts() -> None:
    author = newsroom.author("Ines Faro")
    strait = newsroom.published("At the strait", body=STRAIT, tags=["Convoys"], authors=[author])
    newsroom.published("Untagged", body=HARBOUR)
    newsroom.published("Tagged", body=HARBOUR, tags=["Convoys"])
    newsroom.published("Signed", body=HARBOUR, tags=["Convoys"], authors=[author])
    newsroom.published("Cheese", body=CHEESE)
    recomputation.refresh_all()
    assert names(strait)[:3] == ["Signed", "Tagged", "Untagged"]
    reasons = strait.related_links.get(position=0).reasons
    assert (reasons["tags"], reasons["authors"]) == (["Convoys"], ["Ines Faro"])


def test_the_nearer_date_comes_first_for_equal_texts() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    strait = newsroom.published("At the strait", body=STRAIT, at=now)
    newsroom.published("Long ago", body=HARBOUR, at=now.replace(year=2019))
    newsroom.published("Last month", body=HARBOUR, at=now.replace(month=2))
    recomputation.refresh_all()
    assert names(strait) == ["Last month", "Long ago"]


def test_articles_in_another_language_are_not_related() -> None:
    strait = newsroom.published("At the strait", body=STRAIT)
    newsroom.published("Au détroit", body=STRAIT, language="fr")
    recomputation.refresh_all()
    assert names(strait) == []


def test_unusual_characters_are_accepted() -> None:
    odd = r"<p>C:\temp\strait it's 'quoted' \' a&amp;b http://a.example/x?y=1&amp;z=%27 strait</p>"
    first = newsroom.published("Odd", body=odd)
    newsroom.published("Odd too", body=odd)
    recomputation.refresh_all()
    assert names(first) == ["Odd too"]


def test_the_database_rejects_invalid_picks() -> None:
    strait = newsroom.published("At the strait")
    cheese = newsroom.published("Cheese")
    with pytest.raises(IntegrityError, match="related_pick_not_itself"), transaction.atomic():
        RelatedPick.objects.create(article=strait, picked=strait)
    RelatedPick.objects.create(article=strait, picked=cheese)
    with pytest.raises(IntegrityError, match="related_pick_once"), transaction.atomic():
        RelatedPick.objects.create(article=strait, picked=cheese)


def test_the_command_recomputes_all_articles(capsys: pytest.CaptureFixture[str]) -> None:
    strait = newsroom.published("At the strait", body=STRAIT)
    newsroom.published("From the harbour", body=HARBOUR)
    unpublished = newsroom.published("Gone", body=HARBOUR)
    recomputation.refresh_all()
    Article.objects.filter(pk=unpublished.pk).update(state="withdrawn")
    call_command("refresh_related")
    assert "2 articles" in capsys.readouterr().out
    assert not ArticleTerms.objects.filter(article=unpublished).exists()
    assert not RelatedLink.objects.filter(article=unpublished).exists()
    assert names(strait) == ["From the harbour"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_worker_recomputes_neighbours_in_both_directions(
    edna: User, jobs: Callable[[], None]
) -> None:
    strait = newsroom.published("At the strait", body=STRAIT)
    jobs()
    harbour = newsroom.published("From the harbour", body=HARBOUR)
    jobs()
    assert names(strait) == ["From the harbour"]
    assert names(harbour) == ["At the strait"]
    publishing.unpublish(strait, by=edna)
    jobs()
    assert not RelatedLink.objects.exists()
