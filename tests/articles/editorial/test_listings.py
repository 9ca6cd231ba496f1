"""Listings follow every change of an article, and so do their counts."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.editorial import listings, publishing, taxonomy
from articles.editorial.listings import Listing, counts_by_language, counts_of, listed_together
from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    Byline,
    Category,
    ListingCount,
    ListingEntry,
    ListingRecheck,
    Scope,
)
from iria.core.http.cache_versions import CONTENT, current_versions
from tests import newsroom
from tests.together import at_once

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)


def expected() -> Counter[tuple[str, int, str, int]]:
    """Scope, target and language of each list with its count, computed from the articles."""
    found: Counter[tuple[str, int, str, int]] = Counter()
    parents = dict(Category.objects.values_list("pk", "parent"))
    articles = Article.objects.published().prefetch_related("tags")  # type: ignore[misc]  # taggit
    for article in articles:
        lists = {("all", 0), ("type", article.kind_id), ("year", article.year)}
        lists.add(("month", (article.year or 0) * 100 + (article.month or 0)))
        lists |= {("tag", tag.pk) for tag in article.tags.all()}
        lists |= {("author", row.author_id) for row in article.bylines.all()}
        for row in article.article_categories.all():
            if row.position == 0:
                lists.add(("primary", row.category_id))
            above: int | None = row.category_id
            while above is not None:
                lists.add(("category", above))
                above = parents[above]
        for scope, target in lists:
            found[scope, target or 0, article.language, article.pk] += 1
    return found


def assert_consistent() -> None:
    """Asserts that the entries match the articles and every count its entries."""
    rows = expected()
    visible = ListingEntry.objects.visible()
    assert Counter(visible.values_list("scope", "target", "language", "article")) == rows
    totals: Counter[tuple[str, int, str]] = Counter(key[:3] for key in rows)
    for scope in Scope:
        counted = {(scope.value, target, code): n for (code, target), n in _counts(scope)}
        assert counted == {key: n for key, n in totals.items() if key[0] == scope}
    months = ListingCount.objects.visible().filter(period__gt=0)
    assert sum(months.values_list("articles", flat=True)) == sum(totals.values())


def _counts(scope: Scope) -> Iterator[tuple[tuple[str, int], int]]:
    yield from counts_by_language(scope).items()


def headlines(listing: Listing, start: int = 0, stop: int = 20) -> list[str]:
    return [article.headline for article in listing.cut(start, stop)]


def test_a_published_article_is_in_its_lists_immediately(edna: User) -> None:
    asia, news = newsroom.category("Asia"), newsroom.category("News")
    japan = newsroom.category("Japan", parent=asia)
    ines = newsroom.author("Ines Faro")
    article = newsroom.published(
        "Snow", categories=[japan, news], authors=[ines], tags=["snow", "trains"], at=MARCH
    )
    assert_consistent()
    assert headlines(Listing(Scope.CATEGORY, asia.pk)) == ["Snow"]
    assert headlines(Listing(Scope.MONTH, 202603)) == ["Snow"]
    publishing.unpublish(article, by=edna)
    assert_consistent()
    assert headlines(Listing(Scope.CATEGORY, asia.pk)) == []
    assert Listing(Scope.AUTHOR, ines.pk).count() == 0
    publishing.publish(article, by=edna)
    assert_consistent()
    Article.objects.filter(pk=article.pk).update(language="fr")
    assert_consistent()
    article.refresh_from_db()
    article.delete()
    assert_consistent()
    assert not ListingEntry.objects.exists()


def test_drafts_are_in_no_list() -> None:
    newsroom.draft("Not yet", tags=["snow"])
    assert not ListingEntry.objects.exists()
    assert not ListingCount.objects.exists()


def test_a_change_of_the_text_alone_writes_no_entries() -> None:
    article = newsroom.published("Snow", tags=["snow"])
    before = ListingCount.objects.count()
    article.headline = "More snow"
    article.save()
    article.tags.set(["snow"])
    assert ListingCount.objects.count() == before


def test_an_article_appears_at_its_time_without_a_write(client: Client) -> None:
    newsroom.published("Now", tags=["snow"], at=timezone.now() - timedelta(days=40))
    soon = timezone.now() + timedelta(minutes=5)
    later = newsroom.published("Later", tags=["snow"], at=soon)
    tag = Tag.objects.get()
    listing = Listing(Scope.TAG, tag.pk)
    assert (listing.count(), headlines(listing)) == (1, ["Now"])
    assert sum(counts_of(Scope.MONTH).values()) == 1
    rows = ListingCount.objects.filter(scope=Scope.TAG, period=0)
    assert sum(rows.visible(soon).values_list("articles", flat=True)) == 2
    assert ListingEntry.objects.filter(scope=Scope.TAG).visible(soon).count() == 2
    listings.add_up()
    assert listing.count() == 1
    assert sum(rows.visible(soon).values_list("articles", flat=True)) == 2
    Article.objects.filter(pk=later.pk).update(state="withdrawn")
    assert sum(rows.visible(soon).values_list("articles", flat=True)) == 1


def test_adding_up_leaves_one_row_per_count_and_changes_no_total(edna: User) -> None:
    articles = [newsroom.published(f"Snow {n}", tags=["snow"], at=MARCH) for n in range(3)]
    publishing.unpublish(articles[0], by=edna)
    before = {scope: counts_by_language(scope) for scope in Scope}
    listings.add_up()
    assert {scope: counts_by_language(scope) for scope in Scope} == before
    rows = ListingCount.objects.filter(scope=Scope.TAG, period=0)
    assert [(row.articles, row.added_up) for row in rows] == [(2, True)]
    assert_consistent()


def test_changes_outside_of_forms_are_listed_too() -> None:
    article = newsroom.published("Snow", at=MARCH)
    loose = newsroom.draft("Loose")
    author, tag = newsroom.author("Ines Faro"), Tag.objects.create(name="snow", slug="snow")
    Byline.objects.bulk_create([Byline(article=article, author=author)])
    ArticleTag.objects.bulk_create(
        [ArticleTag(content_object=each, tag=tag) for each in (article, loose)]
    )
    assert_consistent()
    ArticleTag.objects.all().delete()
    Article.objects.filter(pk=loose.pk).update(
        state="published", published_at=MARCH, year=2026, month=3, slug="loose"
    )
    assert_consistent()
    Article.objects.update(published_at=MARCH - timedelta(days=400), year=2025, month=2)
    assert_consistent()


def test_articles_of_merged_or_moved_categories_are_listed_at_the_new_place() -> None:
    asia, europe = newsroom.category("Asia"), newsroom.category("Europe")
    japan = newsroom.category("Japan", parent=asia)
    newsroom.published("Snow", categories=[japan], tags=["snow", "trains"], at=MARCH)
    newsroom.published("Rain", categories=[europe, asia], tags=["rain"], at=MARCH)
    japan.parent = europe
    taxonomy.save_category(japan)
    assert_consistent()
    assert Listing(Scope.CATEGORY, asia.pk).count() == 1
    assert Listing(Scope.CATEGORY, europe.pk).count() == 2
    snow, rain = Tag.objects.get(name="snow"), Tag.objects.get(name="rain")
    taxonomy.merge_tags([rain], into=snow)
    assert_consistent()
    assert Listing(Scope.TAG, snow.pk).count() == 2
    taxonomy.merge_categories([asia], into=japan)
    assert_consistent()
    taxonomy.merge_categories([japan], into=europe)
    assert_consistent()


def test_articles_loaded_in_bulk_are_listed() -> None:
    first = newsroom.published("First", at=MARCH)
    with listed_together(range(first.pk, first.pk + 1)):
        Article.objects.filter(pk=first.pk).update(language="fr")
        assert ListingEntry.objects.filter(language="fr").count() == 0
    assert_consistent()
    assert counts_by_language(Scope.ALL) == {("fr", 0): 1}


def test_a_deep_page_is_the_same_as_with_an_offset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listings, "DEEP_OFFSET", 3)
    tags = ["snow"]
    articles = [
        newsroom.published(f"Article {n}", tags=tags, at=MARCH - timedelta(days=9 * n))
        for n in range(30)
    ]
    tag = Tag.objects.get()
    listings.add_up()
    for besides in (None, articles[0].pk, articles[17].pk, articles[29].pk, 0):
        listing = Listing(Scope.TAG, tag.pk).without(besides)
        wanted = [each.headline for each in articles if each.pk != besides]
        assert listing.count() == len(wanted)
        for start in range(33):
            assert headlines(listing, start, start + 4) == wanted[start : start + 4]


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("pwtxcdlf"), st.integers(0, 2)), max_size=12))
def test_entries_and_counts_are_consistent_after_any_sequence_of_changes(
    db: None, steps: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        asia = newsroom.category("Asia")
        parts = [asia, newsroom.category("Japan", parent=asia), newsroom.category("Europe")]
        articles = [newsroom.draft(f"Article {n}", categories=[parts[n]]) for n in range(3)]
        for step, n in steps:
            article = articles[n]
            rows = Article.objects.filter(pk=article.pk)
            match step:
                case "p":
                    publishing.publish(article, by=None, at=MARCH)
                case "w":
                    rows.filter(state="published").update(state="withdrawn")
                case "t":
                    article.tags.add("snow", f"tag {n}")
                case "x":
                    article.tags.clear()
                case "c":
                    taxonomy.set_categories(article, [parts[n], parts[0]])
                case "d":
                    rows.update(published_at=MARCH - timedelta(days=50 * n))
                case "l":
                    rows.update(language="fr")
                case "f":
                    listings.add_up()
        assert_consistent()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_locked_article_blocks_nobody_and_is_listed_correctly_afterwards() -> None:
    article = newsroom.published("Snow", at=MARCH)
    tag = Tag.objects.create(name="snow", slug="snow")

    def add_the_tag() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        ArticleTag.objects.bulk_create([ArticleTag(content_object=article, tag=tag)])

    with transaction.atomic():
        Article.objects.filter(pk=article.pk).update(published_at=MARCH - timedelta(days=1))
        at_once(add_the_tag)
    assert ListingRecheck.objects.count() == 1
    before = current_versions([CONTENT])
    assert listings.recheck() == 1
    assert current_versions([CONTENT]) != before
    assert_consistent()
    (entry,) = ListingEntry.objects.filter(scope=Scope.TAG, target=tag.pk)
    assert entry.published_at == MARCH - timedelta(days=1)
    assert not ListingRecheck.objects.exists()


def test_an_author_or_tag_is_in_use_while_it_has_a_visible_article(edna: User) -> None:
    ines = newsroom.author("Ines Faro")
    article = newsroom.published("Snow", authors=[ines])
    known = AuthorProfile.objects.filter(listings.in_use(Scope.AUTHOR))
    assert list(known) == [ines]
    publishing.unpublish(article, by=edna)
    assert not AuthorProfile.objects.filter(listings.in_use(Scope.AUTHOR)).exists()


def test_a_second_category_is_not_primary() -> None:
    asia, news = newsroom.category("Asia"), newsroom.category("News")
    newsroom.published("Snow", categories=[asia, news])
    assert counts_of(Scope.PRIMARY) == {asia.pk: 1}
    ArticleCategory.objects.filter(category=news).delete()
    assert_consistent()
