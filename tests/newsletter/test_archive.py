"""Past issues on the site: public, the same for everybody, without what was withdrawn."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from articles.editorial import publishing
from newsletter import sending
from newsletter.models import Issue
from tests.newsletter.lists import issue, mail_picture, subscriber
from tests.newsroom import published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _jobs_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.queueing.deliver_soon", lambda issue_id: None)


def test_a_draft_is_nobodys_business(client: Client) -> None:
    made = issue("Not yet")
    assert client.get(made.get_absolute_url()).status_code == 404
    assert b"Not yet" not in client.get("/newsletter/issues/").content


def test_an_issue_can_be_read_on_the_site_as_soon_as_it_goes_out(
    client: Client, edna: User
) -> None:
    subscriber()
    made = issue("What moved", introduction="<p>Good <em>morning</em>.</p>")
    sending.start(made, by=edna)
    answer = client.get(made.get_absolute_url())
    assert answer.status_code == 200
    assert b"<p>Good <em>morning</em>.</p>" in answer.content
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    assert made.get_absolute_url() in client.get("/newsletter/issues/").content.decode()
    assert made.get_absolute_url() in client.get("/newsletter/").content.decode()


def test_a_withdrawn_article_leaves_the_archive_too(client: Client, edna: User) -> None:
    subscriber()
    kept, gone = published("Still here"), published("Gone")
    made = issue("Both", gone, kept)
    sending.start(made, by=edna)
    publishing.withdraw(gone, by=edna)
    page = client.get(made.get_absolute_url()).content.decode()
    assert "Still here" in page
    assert "Gone" not in page


def test_the_archive_costs_the_same_for_many_articles_as_for_few(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (2, 12):
        stories = [
            published(f"Story {count} {n}", lead_picture=mail_picture()) for n in range(count)
        ]
        made = issue(f"With {count}", *stories)
        Issue.objects.filter(pk=made.pk).update(
            state="sent",
            started_at=made.made_at,
            sent_at=made.made_at,
            sent_html="x",
            sent_text="x",
        )
        with django_assert_max_num_queries(10):
            assert client.get(made.get_absolute_url()).status_code == 200


def test_there_is_no_page_beyond_the_last(client: Client) -> None:
    assert client.get("/newsletter/issues/?page=2").status_code == 404
    assert client.get("/newsletter/issues/?page=x").status_code == 404
