"""The statistics for ranking are correct after any change, as if rebuilt."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from articles.editorial import publishing
from articles.search import indexer
from articles.search.indexer import EntryText, rebuild, write_entries
from articles.search.models import SearchEntry, SearchLanguage, SearchLexeme, SearchPosting
from tests import newsroom

pytestmark = pytest.mark.django_db


def numbers() -> dict[str, Any]:
    """Returns all statistics, by words instead of ids."""
    names = {row.pk: (row.configuration, row.word) for row in SearchLexeme.objects.all()}
    return {
        "languages": {
            row.configuration: (row.articles, row.length)
            for row in SearchLanguage.objects.filter(articles__gt=0)
        },
        "lexemes": {
            names[row.pk]: row.articles for row in SearchLexeme.objects.filter(articles__gt=0)
        },
        "postings": {
            (names[lexeme], article): round(weight, 4)
            for lexeme, article, weight in SearchPosting.objects.values_list(
                "lexeme_id", "article_id", "weight"
            )
        },
    }


def assert_correct() -> None:
    """Asserts that the statistics equal rebuilt ones with the same mean length."""
    before = numbers()
    means = dict(SearchLanguage.objects.values_list("configuration", "mean"))
    rebuild()
    for name, mean in means.items():
        SearchLanguage.objects.filter(configuration=name).update(mean=mean)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_searchentry SET vector = vector")
    assert numbers() == before


def indexed(headline: str, **fields: Any) -> int:
    article = newsroom.published(headline, **fields)
    indexer.index_article(article.pk)
    return article.pk


def test_a_change_updates_the_counts_of_lexemes() -> None:
    first = indexed("Grain and steel")
    indexed("Grain alone")
    lexemes = SearchLexeme.objects.filter(configuration="iria_english")
    assert lexemes.get(word="grain").articles == 2
    article = SearchEntry.objects.get(pk=first).article
    article.headline = "Steel and coal"
    article.save()
    indexer.index_article(first)
    assert lexemes.get(word="grain").articles == 1
    assert lexemes.get(word="coal").articles == 1
    assert_correct()


def test_a_changed_language_moves_all_words() -> None:
    first = indexed("Le port est ouvert")
    article = SearchEntry.objects.get(pk=first).article
    article.language = "fr"
    article.save()
    indexer.index_article(first)
    assert dict(SearchLanguage.objects.values_list("configuration", "articles")) == {
        "iria_english": 0,
        "iria_french": 1,
    }
    assert_correct()


def test_deleting_an_entry_deletes_its_postings() -> None:
    indexed("Grain and steel")
    kept = indexed("Grain alone")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_searchentry WHERE article_id <> %s", [kept])
    assert set(SearchPosting.objects.values_list("article_id", flat=True)) == {kept}
    assert_correct()
    SearchEntry.objects.all().delete()
    assert numbers() == {"languages": {}, "lexemes": {}, "postings": {}}


def test_bulk_entries_have_the_same_statistics() -> None:
    first = indexed("Grain and steel", tags=["Harbours"])
    one_by_one = numbers()
    SearchEntry.objects.all().delete()
    write_entries(
        [
            EntryText(
                first,
                "iria_english",
                "Grain and steel",
                standfirst_and_tags="What did not happen, and why it matters.\nHarbours",
                body="The ferries ran on time, and nobody remarked on it.",
                names_and_captions="",
                snippet_text="",
            )
        ]
    )
    assert not SearchPosting.objects.exists()
    rebuild()
    assert numbers() == one_by_one


def test_weights_are_updated_when_articles_become_longer() -> None:
    indexed("Grain")
    assert indexer.refresh_statistics() == 0
    indexed("Steel", body=f"<p>{'A long text about steel. ' * 40}</p>")
    before = SearchLanguage.objects.get()
    assert indexer.refresh_statistics() == 2
    after = SearchLanguage.objects.get()
    assert after.mean == pytest.approx(before.length / 2)
    assert after.mean > before.mean * 1.1
    assert indexer.refresh_statistics() == 0
    expected = numbers()
    rebuild()
    assert numbers() == expected


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_publishing_does_not_wait_for_a_rebuild(
    edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("articles.search.indexer.LOCK_TIMEOUT", "SET LOCAL lock_timeout = '50ms'")
    article = newsroom.draft("Grain")

    def publish() -> None:
        publishing.publish(article, by=edna)
        connection.close()

    with transaction.atomic():
        rebuild()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(publish).result()
    article.refresh_from_db()
    assert article.is_published
    assert not SearchEntry.objects.exists()
    assert indexer.catch_up() == 1
