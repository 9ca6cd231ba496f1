"""Readers recommend comments."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from articles.comments import views
from articles.comments.models import Comment, Recommendation
from articles.editorial.models import Article
from tests import moderation, newsroom
from tests.articles.comments.conftest import Write


def recommend_url(comment: Comment) -> str:
    return reverse("comment_recommend", args=[comment.pk])


def shown_count(client: Client, comment: Comment) -> str:
    page = client.get(comment.article.get_absolute_url()).content.decode()
    button = page.split(f'formaction="{recommend_url(comment)}"')[1].partition("</button>")[0]
    return "".join(re.findall(r'<span class="comment-recommendations">(\d+)</span>', button))


def test_a_signed_in_reader_recommends_a_comment_once(
    client: Client, write: Write, ola: User
) -> None:
    comment = write()
    assert shown_count(client, comment) == ""
    client.force_login(ola)
    for _ in range(2):
        response = client.post(recommend_url(comment))
        assert response["Location"] == comment.get_absolute_url()
    assert shown_count(client, comment) == "1"


def test_the_recommendation_can_be_undone_without_javascript(
    client: Client, write: Write, ola: User
) -> None:
    comment = write()
    client.force_login(ola)
    client.post(recommend_url(comment))
    assert 'name="undo"' in client.get(recommend_url(comment)).content.decode()
    client.post(recommend_url(comment), {"undo": "1"})
    assert shown_count(client, comment) == ""
    assert 'name="undo"' not in client.get(recommend_url(comment)).content.decode()


def test_a_guest_signs_in_first_and_comes_back(client: Client, write: Write) -> None:
    comment = write()
    response = client.post(recommend_url(comment))
    sign_in = f"{reverse('account_login')}?next={recommend_url(comment)}"
    assert f'href="{sign_in}"' in response.content.decode()
    assert comment.recommendations.count() == 0
    assert not Recommendation.objects.exists()


def test_the_script_gets_what_is_saved(client: Client, write: Write, ola: User, rui: User) -> None:
    comment, other = write(), write("Another one")
    views.save_recommendation(comment, by=rui)
    client.force_login(ola)
    headers = {"Accept": "application/json"}
    sent = client.post(recommend_url(comment), headers=headers).json()
    assert sent == {"recommended": True, "count": 2, "error": ""}
    url = f"{reverse('comment_recommended')}?article={comment.article_id}"
    assert client.get(url).json() == {"recommended": [comment.pk]}
    undone = client.post(recommend_url(comment), {"undo": "1"}, headers=headers).json()
    assert undone == {"recommended": False, "count": 1, "error": ""}
    assert client.get(url).json() == {"recommended": []}
    assert other.recommendations.count() == 0


def test_users_cannot_recommend_their_own_comments(client: Client, write: Write, ola: User) -> None:
    comment = write(by=ola)
    client.force_login(ola)
    response = client.post(recommend_url(comment))
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not Recommendation.objects.exists()


def test_a_comment_that_is_not_published_cannot_be_recommended(
    client: Client, write: Write, ola: User
) -> None:
    client.force_login(ola)
    assert client.post(recommend_url(write(pending=True))).status_code == 404


def test_one_account_cannot_send_hundreds_of_recommendations(
    client: Client, write: Write, ola: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PER_READER", (2, timedelta(hours=1)))
    client.force_login(ola)
    answers = [client.post(recommend_url(write(f"Text {n}"))).status_code for n in range(3)]
    assert answers == [302, 302, 429]
    assert Recommendation.objects.count() == 2


def test_the_database_allows_one_recommendation_per_reader_and_comment(
    write: Write, ola: User
) -> None:
    comment = write()
    views.save_recommendation(comment, by=ola)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recommendation.objects.create(comment=comment, user=ola, article_id=comment.article_id)


def test_a_recommendation_renews_the_pages_of_this_thread_only(
    client: Client, article: Article, write: Write, ola: User
) -> None:
    comment = write()
    pages = [article.get_absolute_url(), f"{article.get_absolute_url()}comments/newest/"]
    other = newsroom.published("Another harbour").get_absolute_url()

    def tags() -> list[str]:
        return [client.get(url)["ETag"] for url in [*pages, other]]

    before = tags()
    views.save_recommendation(comment, by=ola)
    after = tags()
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, False, True]
    views.save_recommendation(comment, by=ola)
    assert tags() == after
    views.delete_recommendation(comment, by=ola)
    assert tags()[:2] != after[:2]


def test_counts_cost_no_further_query(
    client: Client, article: Article, write: Write, ola: User, rui: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(article.get_absolute_url()).status_code == 200
        return len(captured)

    comments = [write()]
    queries()  # fills the caches of the process
    few = queries()
    comments += [write(f"Text {number}") for number in range(6)]
    for comment in comments:
        views.save_recommendation(comment, by=ola)
        views.save_recommendation(comment, by=rui)
    queries()
    assert queries() == few
    assert shown_count(client, comments[3]) == "2"


def test_the_count_of_a_removed_comment_is_not_shown(
    client: Client, write: Write, ola: User, mina: User
) -> None:
    comment = write()
    write("A reply", parent=comment)
    views.save_recommendation(comment, by=ola)
    moderation.reject(comment, by=mina)
    page = client.get(comment.article.get_absolute_url()).content.decode()
    assert recommend_url(comment) not in page
