"""Addresses that nobody of the desk would write: they are answered with a page, never a failure."""

import pytest
from django.test import Client

from accounts.models import User
from articles.comments.models import Comment
from tests.articles.comments.conftest import Write

COMMENTS = "/admin/articles/comment/"
LOG = "/admin/articles/moderationdecision/"
ODD = ["%00", "held%00", "x", "9" * 30, "%C3%28", "all%27--"]


@pytest.mark.parametrize("odd", ODD)
def test_a_queue_that_is_none_is_the_held_one(
    client: Client, write: Write, mina: User, odd: str
) -> None:
    comment = write(waits=True)
    client.force_login(mina)
    assert comment.text in client.get(f"{COMMENTS}?queue={odd}", follow=True).content.decode()
    news = client.get(f"{COMMENTS}live/?queue={odd}&shown={comment.pk}", follow=True)
    assert news.json()["gone"] == []
    at = client.get(f"{COMMENTS}next/?queue={odd}&after={odd}", follow=True)
    assert at.request["PATH_INFO"] == f"{COMMENTS}{comment.pk}/change/"
    assert at.request["QUERY_STRING"] == "_changelist_filters=queue%3Dheld"
    page = client.get(
        f"{COMMENTS}{comment.pk}/change/?_changelist_filters=queue%3D{odd}", follow=True
    )
    assert page.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        *(f"decision__exact={odd}" for odd in ODD),
        *(f"created_at__gte={odd}" for odd in ODD),
        *(f"created_by__id__exact={odd}" for odd in ODD),
        *(f"origin={odd}" for odd in ODD),
        *(f"q={odd}" for odd in ODD),
        "p=9999",
        "commenter_notified__exact=x",
        "no_such_field=1",
    ],
)
def test_the_log_and_its_export_answer_whatever_is_asked(
    client: Client, write: Write, mina: User, query: str
) -> None:
    write()
    client.force_login(mina)
    for page in (LOG, f"{LOG}export/"):
        answer = client.get(f"{page}?{query}", follow=True)
        assert answer.status_code in {200, 400}
        if answer.streaming:
            assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert Comment.objects.count() == 1
