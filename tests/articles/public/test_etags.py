"""The ETag of a page changes with everything the page depends on, and with nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Article, ArticleType, Byline, Category, Figure, RelatedPick
from articles.images.models import Image, Rendition
from articles.related.models import RelatedLink
from iria.core.http import page_cache
from iria.publication.models import Publication
from tests import newsroom
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db

INGREDIENTS: dict[str, Callable[[Article, Article], Any]] = {
    "the publication": lambda a, b: Publication(name="Another name").save(),
    "the headline": lambda a, b: Article.objects.filter(pk=a.pk).update(headline="Anew"),
    "the language": lambda a, b: Article.objects.filter(pk=a.pk).update(language="fr"),
    "the kind": lambda a, b: ArticleType.objects.filter(pk=a.kind_id).update(name="Dispatch"),
    "a category's name": lambda a, b: Category.objects.update(name="Elsewhere"),
    "a byline": lambda a, b: Byline.objects.filter(article=a).delete(),
    "a tag": lambda a, b: a.tags.add("ferries"),
    "a tag's name": lambda a, b: a.tags.filter(name="straits").update(name="renamed"),
    "a caption": lambda a, b: Figure.objects.filter(article=a).update(caption="At noon"),
    "a credit": lambda a, b: Image.objects.update(credit="Somebody else"),
    "a new size of a picture": lambda a, b: Rendition.objects.first().delete(),  # type: ignore[union-attr]
    "a correction": lambda a, b: a.corrections.create(text="It was Friday."),
    "the headline of a related article": lambda a, b: Article.objects.filter(pk=b.pk).update(
        headline="Anew"
    ),
    "a computed link": lambda a, b: RelatedLink.objects.all().delete(),
    "an editor's pick": lambda a, b: RelatedPick.objects.create(article=a, picked=b),
    "an article of the same category": lambda a, b: newsroom.published("A third"),
    "a comment": lambda a, b: sample_content.comments(a, 1),
    "a hidden comment": lambda a, b: Comment.objects.filter(article=a).update(state="rejected"),
    "the name of somebody who commented": lambda a, b: User.objects.filter(
        comments__article=a
    ).update(display_name="Ola Berg"),
}


@pytest.fixture
def pair(ola: Any) -> tuple[Article, Article]:
    section = newsroom.category("Straits")
    article = sample_content.illustrated("Quiet", figures=1, categories=[section])
    other = sample_content.illustrated("Other", figures=0, categories=[section])
    RelatedLink.objects.create(article=article, other=other, score=1, position=0)
    sample_content.comments(article, 2)
    Comment.objects.create(
        article=article, user=ola, name="Ola", text="So it is.", state="approved"
    )
    return article, other


@pytest.mark.parametrize("ingredient", INGREDIENTS)
def test_every_ingredient_changes_the_etag_of_the_page(
    client: Client, pair: tuple[Article, Article], ingredient: str
) -> None:
    url = pair[0].get_absolute_url()
    before = client.get(url)["ETag"]
    INGREDIENTS[ingredient](*pair)
    assert client.get(url, headers={"If-None-Match": before}).status_code == 200
    assert client.get(url)["ETag"] != before


def test_a_new_release_changes_every_etag(
    client: Client, pair: tuple[Article, Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = client.get("/")["ETag"]
    monkeypatch.setattr(page_cache, "release", lambda: "the next one")
    assert client.get("/")["ETag"] != before


def test_a_new_day_changes_every_etag(
    client: Client, pair: tuple[Article, Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = client.get("/")["ETag"]
    monkeypatch.setattr(timezone, "now", lambda: datetime(2099, 1, 1, tzinfo=UTC))
    assert client.get("/")["ETag"] != before


def test_a_comment_on_another_article_does_not_change_the_etag(
    client: Client, pair: tuple[Article, Article]
) -> None:
    article, other = pair
    before = client.get(article.get_absolute_url())["ETag"]
    sample_content.comments(other, 1)
    again = client.get(article.get_absolute_url(), headers={"If-None-Match": before})
    assert again.status_code == 304


def test_an_unchanged_article_needs_two_small_queries(
    client: Client, pair: tuple[Article, Article], django_assert_num_queries: Any
) -> None:
    url = pair[0].get_absolute_url()
    tag = client.get(url)["ETag"]
    with django_assert_num_queries(2):
        response = client.get(url, headers={"If-None-Match": tag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)
    tag = client.get("/")["ETag"]
    with django_assert_num_queries(1):
        assert client.get("/", headers={"If-None-Match": tag}).status_code == 304


def test_an_unpublished_article_is_gone_for_clients_with_its_etag(
    client: Client, pair: tuple[Article, Article]
) -> None:
    url = pair[0].get_absolute_url()
    tag = client.get(url)["ETag"]
    Article.objects.filter(pk=pair[0].pk).update(state="withdrawn")
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 404
