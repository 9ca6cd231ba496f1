"""Merging tags, categories and authors."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.editorial import signals, taxonomy
from articles.editorial.merging import CannotMerge
from articles.editorial.models import Category, Portrait, Redirect
from iria.publication import menus
from iria.publication.menus import Entry
from iria.publication.models import Publication
from tests import newsroom
from tests.together import at_once

pytestmark = pytest.mark.django_db


def named(article: Any) -> list[str]:
    return sorted(article.tags.names())


@pytest.mark.parametrize("typed", ["sécurité", "SECURITE", "Securite\u0301", "ＳＥＣＵＲＩＴＥ"])
def test_a_tag_is_the_same_with_other_capitals_or_accents(typed: str) -> None:
    newsroom.draft("One", tags=["Sécurité"])
    assert named(newsroom.draft("Two", tags=[typed])) == ["Sécurité"]


def test_the_database_rejects_two_tags_with_the_same_name() -> None:
    Tag.objects.create(name="Sécurité", slug="one")
    with pytest.raises(IntegrityError), transaction.atomic():
        Tag.objects.create(name="SECURITE", slug="two")


def test_letters_of_other_scripts_are_distinct() -> None:
    assert len(named(newsroom.draft(tags=["Война", "война", "日本", "日木", "سوريا"]))) == 4


def test_a_merged_tag_that_is_entered_again_becomes_the_remaining_tag() -> None:
    newsroom.draft("One", tags=["Nippon", "Japan"])
    taxonomy.merge_tags([Tag.objects.get(name="Nippon")], into=Tag.objects.get(name="Japan"))
    assert named(newsroom.draft("Two", tags=["nippon"])) == ["Japan"]


def test_the_old_url_of_a_merged_row_redirects_without_a_chain() -> None:
    for name in ("One", "Two", "Three"):
        Tag.objects.create(name=name, slug=name.lower())
    one, two, three = (Tag.objects.get(slug=slug) for slug in ("one", "two", "three"))
    taxonomy.merge_tags([one], into=two)
    taxonomy.merge_tags([two], into=three)
    assert {row.tag for row in Redirect.objects.all()} == {three}
    assert Redirect.objects.count() == 2


def test_an_article_in_both_categories_keeps_the_better_position() -> None:
    east, economy, asia = (newsroom.category(name) for name in ("East", "Economy", "Asia"))
    article = newsroom.draft(categories=[east, economy, asia])
    taxonomy.merge_categories([east], into=asia)
    assert [row.category.name for row in article.article_categories.all()] == ["Asia", "Economy"]


def test_the_number_of_queries_of_a_merge_does_not_depend_on_the_articles(
    django_assert_max_num_queries: Any,
) -> None:
    east, asia = newsroom.category("East"), newsroom.category("Asia")
    counts = []
    for many in (4, 40):
        for number in range(many):
            newsroom.draft(f"Number {number}", categories=[east, asia])
        with django_assert_max_num_queries(100) as queries:
            taxonomy.merge_categories([east], into=asia)
        counts.append(len(queries))
        east = newsroom.category("East")
    # There is a redirect from the path of the second category already.
    assert abs(counts[0] - counts[1]) <= 2


def test_a_category_and_its_descendant_can_be_merged_together() -> None:
    east, asia = newsroom.category("East"), newsroom.category("Asia")
    japan = newsroom.category("Japan", parent=east)
    newsroom.category("Kyushu", parent=japan)
    newsroom.category("Japan", parent=asia)
    taxonomy.merge_categories([east, japan], into=asia)
    assert list(Category.objects.in_order().values_list("path", flat=True)) == [
        "asia",
        "asia/japan",
        "asia/kyushu",
    ]
    leads = {row.old_path: row.category.path for row in Redirect.objects.all() if row.category}
    assert leads["/category/east/"] == "asia"
    assert leads["/category/east/japan/"] == "asia"
    assert leads["/category/east/japan/kyushu/"] == "asia/kyushu"


def test_categories_with_subcategories_of_the_same_slug_are_not_merged() -> None:
    east, asia = newsroom.category("East"), newsroom.category("Asia")
    newsroom.category("Japan", parent=east)
    newsroom.category("Japan", parent=asia)
    with pytest.raises(CannotMerge, match="“Japan”"):
        taxonomy.merge_categories([east], into=asia)
    assert Category.objects.count() == 4


def test_menu_entries_follow_a_merged_category() -> None:
    east, asia = newsroom.category("East"), newsroom.category("Asia")
    menus.save(
        Publication(header_menu=[Entry(kind="category", key=str(east.pk), label="", below=False)])
    )
    taxonomy.merge_categories([east], into=asia)
    publication = Publication.objects.get()
    assert publication.resolved_menus is not None
    assert publication.resolved_menus["header"] == [
        {"name": "Asia", "address": "/category/asia/", "below": []}
    ]
    assert menus.broken_entries(publication, menus.targets()) == []


def test_authors_with_two_accounts_are_not_merged(rui: User, edna: User) -> None:
    one, two = newsroom.author("One"), newsroom.author("Two")
    AuthorProfile.objects.filter(pk=one.pk).update(user=rui)
    AuthorProfile.objects.filter(pk=two.pk).update(user=edna)
    with pytest.raises(CannotMerge, match="different user accounts"):
        taxonomy.merge_authors([one], into=two)
    assert AuthorProfile.objects.count() == 2


def test_a_merged_author_has_one_portrait() -> None:
    one, two = newsroom.author("One"), newsroom.author("Two")
    first, second = newsroom.picture(), newsroom.picture(checksum="1" * 64)
    Portrait.objects.create(author=one, image=first)
    taxonomy.merge_authors([one], into=two)
    assert Portrait.objects.get().author == two
    three = newsroom.author("Three")
    Portrait.objects.create(author=three, image=second)
    taxonomy.merge_authors([three], into=two)
    assert Portrait.objects.get().image == first


def test_an_author_is_not_merged_with_a_deleted_one() -> None:
    one, two = newsroom.author("One"), newsroom.author("Two")
    with pytest.raises(CannotMerge, match="at least two"):
        taxonomy.merge_authors([one], into=one)
    AuthorProfile.objects.filter(pk=two.pk).delete()
    with pytest.raises(CannotMerge, match="merged or deleted in the meantime"):
        taxonomy.merge_authors([one], into=two)


def test_a_form_that_names_a_merged_row_gets_the_remaining_one() -> None:
    old, remaining = newsroom.category("Old"), newsroom.category("Kept")
    author, same = newsroom.author("One"), newsroom.author("Two")
    taxonomy.merge_categories([Category.objects.get(pk=old.pk)], into=remaining)
    taxonomy.merge_authors([AuthorProfile.objects.get(pk=author.pk)], into=same)
    article = newsroom.draft(categories=[old, remaining])
    taxonomy.set_authors(article, [author, same])
    assert [row.category for row in article.article_categories.all()] == [remaining]
    assert [row.author for row in article.bylines.all()] == [same]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_merge_sends_the_changed_signal_for_published_articles(
    jobs: Callable[[], None],
) -> None:
    one = newsroom.published("One", tags=["Nippon"])
    newsroom.draft("Draft", tags=["Nippon", "Japan"])
    jobs()
    received_ids: list[int] = []

    def receive(article_id: int, **signal: Any) -> None:
        received_ids.append(article_id)

    signals.changed.connect(receive)
    taxonomy.merge_tags([Tag.objects.get(name="Nippon")], into=Tag.objects.get(name="Japan"))
    jobs()
    assert received_ids == [one.pk]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_renaming_a_tag_sends_the_changed_signal(jobs: Callable[[], None]) -> None:
    one = newsroom.published("One", tags=["Nippon"])
    jobs()
    received_ids: list[int] = []

    def receive(article_id: int, **signal: Any) -> None:
        received_ids.append(article_id)

    signals.changed.connect(receive)
    tag = Tag.objects.get()
    tag.save()
    jobs()
    assert received_ids == []
    tag.name = "Japan"
    tag.save()
    jobs()
    assert received_ids == [one.pk]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_article_saved_during_a_merge_of_its_category_gets_the_remaining_one() -> None:
    old, remaining = newsroom.category("Old"), newsroom.category("Kept")
    articles = [newsroom.draft(f"Number {number}", categories=[remaining]) for number in range(6)]

    def choosing(article: Any) -> Callable[[], None]:
        return lambda: taxonomy.set_categories(article, [old])

    at_once(
        *(choosing(each) for each in articles),
        lambda: taxonomy.merge_categories([old], into=remaining),
    )
    for article in articles:
        assert [row.category for row in article.article_categories.all()] == [remaining]
