"""Invalid query strings in the admin are handled without a server error."""

import pytest
from django.test import Client

from accounts.models import User
from articles.comments.models import Comment
from tests.articles.comments.conftest import Write

COMMENTS = "/admin/articles/comment/"
LOG = "/admin/articles/moderationdecision/"
INVALID = ["%00", "held%00", "x", "9" * 30, "%C3%28", "all%27--"]


@pytest.mark.parametrize("value", INVALID)
def test_an_unknown_queue_is_the_one_of_pending_comments(
    client: Client, write: Write, mina: User, value: str
) -> None:
    comment = write(pending=True)
    client.force_login(mina)
    assert comment.text in client.get(f"{COMMENTS}?queue={value}", follow=True).content.decode()
    response = client.get(f"{COMMENTS}live/?queue={value}&shown={comment.pk}", follow=True)
    assert response.json()["gone"] == []
    response = client.get(f"{COMMENTS}next/?queue={value}&after={value}", follow=True)
    assert response.request["PATH_INFO"] == f"{COMMENTS}{comment.pk}/change/"
    assert response.request["QUERY_STRING"] == "_changelist_filters=queue%3Dheld"
    page = client.get(
        f"{COMMENTS}{comment.pk}/change/?_changelist_filters=queue%3D{value}", follow=True
    )
    assert page.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        *(f"decision__exact={value}" for value in INVALID),
        *(f"created_at__gte={value}" for value in INVALID),
        *(f"created_by__id__exact={value}" for value in INVALID),
        *(f"origin={value}" for value in INVALID),
        *(f"q={value}" for value in INVALID),
        "p=9999",
        "commenter_notified__exact=x",
        "no_such_field=1",
    ],
)
def test_the_log_and_its_export_accept_any_query_string(
    client: Client, write: Write, mina: User, query: str
) -> None:
    write()
    client.force_login(mina)
    for page in (LOG, f"{LOG}export/"):
        response = client.get(f"{page}?{query}", follow=True)
        assert response.status_code in {200, 400}
        if response.streaming:
            assert b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert Comment.objects.count() == 1
