"""Related rows of an article, fetched in the article's own query."""

from typing import Any

import pytest
from django.core.exceptions import FieldFetchBlocked

from articles.editorial.aggregated_rows import related_values
from articles.editorial.models import Article, ArticleCategory, Byline
from tests import newsroom
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db


@pytest.fixture
def article() -> Article:
    inner = newsroom.category("Straits", parent=newsroom.category("Sea"))
    article = sample_content.illustrated(
        "Quiet", figures=1, categories=[inner, newsroom.category("News")]
    )
    article.tags.add("A “quoted” \\ tag, ñ")
    return article


def test_everything_on_a_page_is_fetched_in_one_query(
    article: Article, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        found = Article.objects.for_page().get(pk=article.pk)
        credits = [figure.image.credit for figure in found.figures.all()]
        named = [row.category.path for row in found.article_categories.all()]
        signed = [row.author.name for row in found.bylines.all()]
        topics = {tag.name for tag in found.tags.all()}
        (correction,) = found.corrections.all()
    assert credits == ["Ines Faro/via Meridian Pictures", "Ines Faro 0"]
    assert named == ["sea/straits", "news"]
    assert signed == ["Author of Quiet", "Second of Quiet"]
    assert topics == {"shipping", "straits", "A “quoted” \\ tag, ñ"}
    assert correction == article.corrections.get()
    assert correction.created_at == article.corrections.get().created_at
    assert correction.article is found


def test_an_article_without_related_rows_has_empty_lists_and_no_queries(
    django_assert_num_queries: Any,
) -> None:
    pk = newsroom.draft("Bare", categories=[]).pk
    found = Article.objects.for_page().get(pk=pk)
    with django_assert_num_queries(0):
        assert [list(each.all()) for each in (found.bylines, found.tags, found.corrections)] == [
            [],
            [],
            [],
        ]


def test_the_values_of_a_card_are_read_without_making_models(
    article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = Article.objects.for_cards().get(pk=article.pk)
    for model in (ArticleCategory, Byline):
        monkeypatch.setattr(model, "from_db", None)
    assert related_values(card, "article_categories", "name") == [("Straits",), ("News",)]
    assert related_values(card, "bylines", "name")[0] == ("Author of Quiet",)


def test_accessing_a_field_that_cards_do_not_fetch_raises_an_error(article: Article) -> None:
    card = Article.objects.for_cards().get(pk=article.pk)
    assert card.bylines.all()[0].author.name == "Author of Quiet"
    with pytest.raises(FieldFetchBlocked):
        str(card.bylines.all()[0].author.biography)


def test_counts_and_slices_of_cards_use_the_fetched_rows(article: Article) -> None:
    sample_content.illustrated("Other", figures=0, categories=[newsroom.category("Energy")])
    cards = Article.objects.published().newest().for_cards()
    assert cards.count() == 2
    assert [card.headline for card in cards[:1]] == [cards[0].headline]
    assert set(cards.values_list("headline", flat=True)) == {"Quiet", "Other"}
