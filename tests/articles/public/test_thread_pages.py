"""Pages of a comment thread: permanent URLs, a limited length and few queries."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial.models import Article
from iria.publication import menus
from iria.publication.models import current_publication
from tests import newsroom

pytestmark = pytest.mark.django_db

MANY = 320


@pytest.fixture(autouse=True)
def _saved_publication(db: None) -> None:
    menus.save(current_publication())


@pytest.fixture
def article(db: None) -> Article:
    return newsroom.published("Ferries at the strait")


def add_top_level_comments(article: Article, count: int, **more: Any) -> list[Comment]:
    return Comment.objects.bulk_create(
        Comment(
            article=article,
            name=f"Reader {number}",
            text=f"Words {number}.",
            state=Comment.State.APPROVED,
            **more,
        )
        for number in range(count)
    )


def comment_ids(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="comment-(\d+)"', page)]


def get_page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def test_a_page_shows_fifty_top_level_comments_and_keeps_them(
    client: Client, article: Article
) -> None:
    written = [comment.pk for comment in add_top_level_comments(article, 120)]
    base = article.get_absolute_url()
    assert comment_ids(get_page(client, base)) == written[:50]
    assert comment_ids(get_page(client, f"{base}comments/?page=2")) == written[50:100]
    add_top_level_comments(article, 30)
    assert comment_ids(get_page(client, f"{base}comments/?page=2")) == written[50:100]
    last = get_page(client, f"{base}comments/?page=3")
    assert "Page 3 of 3" in last
    assert "150 Comments" in last
    assert client.get(f"{base}comments/?page=4").status_code == 404


def test_the_first_replies_of_each_thread_are_shown_with_a_link_to_all(
    client: Client, article: Article
) -> None:
    first, second = add_top_level_comments(article, 2)
    replies = [comment.pk for comment in add_top_level_comments(article, MANY, parent=first)]
    page = get_page(client, article.get_absolute_url())
    assert comment_ids(page) == [first.pk, *replies[:100], second.pk]
    assert f"Show all {MANY} replies" in page
    url = f"{article.get_absolute_url()}comments/{first.pk}/"
    assert f'href="{url}"' in page
    assert comment_ids(get_page(client, url)) == [first.pk, *replies[:50]]
    assert comment_ids(get_page(client, f"{url}?page=7")) == [first.pk, *replies[300:]]
    assert client.get(f"{url}?page=8").status_code == 404


def test_no_page_has_more_than_150_comments(client: Client, article: Article) -> None:
    for top in add_top_level_comments(article, 50):
        add_top_level_comments(article, 4, parent=top)
    found = comment_ids(get_page(client, article.get_absolute_url()))
    assert len(found) == 150


def test_a_permalink_redirects_to_the_page_with_the_comment(
    client: Client, article: Article
) -> None:
    written = add_top_level_comments(article, 60)
    replies = add_top_level_comments(article, 130, parent=written[55])
    deep = add_top_level_comments(article, 260, parent=replies[120])
    wanted = [written[3], written[59], replies[0], replies[129], deep[0], deep[255]]
    for comment in wanted:
        response = client.get(f"/comments/{comment.pk}/")
        url, _, anchor = response["Location"].partition("#")
        assert anchor == comment.anchor
        assert comment.pk in comment_ids(get_page(client, url)), url


def test_threads_can_be_sorted_by_date_and_by_number_of_replies(
    client: Client, article: Article
) -> None:
    written = add_top_level_comments(article, 60)
    add_top_level_comments(article, 3, parent=written[30])
    add_top_level_comments(article, 2, parent=written[59])
    base = article.get_absolute_url()
    newest = get_page(client, f"{base}comments/newest/")
    first_level = {comment.pk for comment in written}
    assert [pk for pk in comment_ids(newest) if pk in first_level][:2] == [
        written[59].pk,
        written[58].pk,
    ]
    discussed = get_page(client, f"{base}comments/discussed/")
    found = [pk for pk in comment_ids(discussed) if pk in first_level]
    assert found[:3] == [written[30].pk, written[59].pk, written[0].pk]
    for page in (newest, discussed):
        assert '<meta name="robots" content="noindex">' in page
    first = get_page(client, f"{base}comments/")
    assert f'<link rel="canonical" href="{settings.SITE_URL}{base}">' in first
    assert "noindex" not in first


@pytest.mark.parametrize(
    "rest",
    [
        *("?page=0", "?page=-1", "?page=x", "?page=", f"?page={'9' * 30}", "?page=1e3"),
        *("0/", "999999999999/", f"{'9' * 30}/", "oldest/", "newest/?page=2", "%00/"),
    ],
)
def test_a_page_that_does_not_exist_is_not_found(
    client: Client, article: Article, rest: str
) -> None:
    add_top_level_comments(article, 2)
    response = client.get(f"{article.get_absolute_url()}comments/{rest}")
    assert response.status_code == 404


def test_replies_to_a_hidden_comment_without_replies_have_no_page(
    client: Client, article: Article
) -> None:
    (hidden,) = add_top_level_comments(article, 1)
    url = f"{article.get_absolute_url()}comments/{hidden.pk}/"
    Comment.objects.update(state=Comment.State.REJECTED)
    assert client.get(url).status_code == 404
    add_top_level_comments(article, 1, parent=hidden)
    page = get_page(client, url)
    assert "A moderator removed this comment." in page
    assert page.partition("<main")[2].count("Words 0.") == 1


def test_a_page_of_replies_does_not_show_those_of_another_article(
    client: Client, article: Article
) -> None:
    other = newsroom.published("Another harbour")
    (comment,) = add_top_level_comments(other, 1)
    assert client.get(f"{article.get_absolute_url()}comments/{comment.pk}/").status_code == 404


def test_every_page_of_a_thread_needs_the_same_number_of_queries(
    client: Client, article: Article, django_assert_max_num_queries: Any, ola: User
) -> None:
    written = add_top_level_comments(article, 110, user=ola)
    replies = add_top_level_comments(article, 110, parent=written[0], user=ola)
    base = article.get_absolute_url()
    for url in (
        f"{base}comments/?page=2",
        f"{base}comments/newest/",
        f"{base}comments/{written[0].pk}/?page=2",
        f"/comments/{replies[105].pk}/",
    ):
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code in {200, 302}


def test_comments_by_the_articles_author_and_the_newsroom_are_marked(
    client: Client, article: Article, rui: User, edna: User, ola: User
) -> None:
    byline = newsroom.author("Rui Tavares")
    byline.user = rui
    byline.save()
    article.bylines.create(author=byline)
    for writer in (rui, edna, ola):
        add_top_level_comments(article, 1, user=writer)
    page = get_page(client, article.get_absolute_url())
    marks = re.findall(r'class="comment-label">(\w+)<', page)
    assert marks == ["Author", "Staff"]


def test_the_thread_pages_of_an_article_move_with_it(
    client: Client, article: Article, edna: User
) -> None:
    from articles.editorial.versions import revisions

    (comment,) = add_top_level_comments(article, 1)
    before = article.get_absolute_url()
    article.slug = "ferries"
    revisions.save(article, by=edna)
    for rest in ("comments/", "comments/newest/", f"comments/{comment.pk}/"):
        response = client.get(before + rest)
        assert (response.status_code, response["Location"]) == (
            301,
            article.get_absolute_url() + rest,
        )
