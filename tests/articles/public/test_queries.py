"""The number of queries of public pages does not depend on the amount of content."""

from typing import Any

import pytest
from django.test import Client

from articles.editorial.models import Article
from iria.publication import menus
from iria.publication.models import current_publication
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _saved_publication(db: None) -> None:
    """Stores the publication with its resolved menus, as on every site in use."""
    menus.save(current_publication())


@pytest.mark.parametrize("times", [1, 3])
def test_an_article_with_six_figures_and_fifty_comments_needs_at_most_twelve_queries(
    client: Client, django_assert_max_num_queries: Any, times: int
) -> None:
    sections = sample_content.sections(2, 3)
    article = sample_content.illustrated("The long way", figures=6 * times, categories=sections)
    sample_content.comments(article, 50 * times)
    sample_content.related(article, list(Article.objects.exclude(pk=article.pk)[:4]))
    with django_assert_max_num_queries(12):
        page = client.get(article.get_absolute_url()).content.decode()
    assert page.count("<figure") == 6 * times + 1
    assert f"{50 * times} Comments" in page
    assert "Read next" in page


def test_the_front_page_needs_at_most_ten_queries(
    client: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    sample_content.sections(3, 3)
    with django_assert_max_num_queries(10) as queries:
        client.get("/")
    sample_content.sections(9, 8, first=3)
    with django_assert_num_queries(len(queries)):
        client.get("/")


@pytest.mark.parametrize("articles", [3, 30])
def test_a_section_page_needs_at_most_eight_queries(
    client: Client, django_assert_max_num_queries: Any, articles: int
) -> None:
    (section,) = sample_content.sections(1, articles)
    with django_assert_max_num_queries(8):
        page = client.get(section.get_absolute_url()).content.decode()
    assert page.count('<article class="card') == min(articles, 20)


@pytest.mark.parametrize(
    "path", ["/tag/topic-1/", "/2026/", "/2026/03/", "/author/writer-of-article-1-of-0/"]
)
def test_every_other_list_needs_at_most_ten_queries(
    client: Client, django_assert_max_num_queries: Any, path: str
) -> None:
    sample_content.sections(2, 12)
    with django_assert_max_num_queries(10):
        assert client.get(path).status_code == 200
