"""What each role sees and may do in the admin."""

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial.models import Article
from tests import newsroom
from tests.articles.editorial.admin.forms import ADD, change_url, send, values_of, visible_text


@pytest.fixture
def reporter(client: Client, rui: User) -> Client:
    client.force_login(rui)
    return client


def test_a_reporter_can_write_but_not_publish(reporter: Client, rui: User) -> None:
    section = newsroom.category("News")
    page = send(
        reporter,
        ADD,
        "_publish",
        headline="From the harbour",
        body="Words",
        chosen_categories=[str(section.pk)],
    )
    article = Article.objects.get()
    assert article.state == Article.State.DRAFT
    assert article.created_by == rui
    assert page.context["messages"]
    assert 'name="_publish"' not in page.content.decode()


@pytest.mark.parametrize("press", ["_publish", "_schedule", "_unpublish"])
def test_an_editors_buttons_do_nothing_for_a_reporter(
    reporter: Client, rui: User, press: str
) -> None:
    article = newsroom.draft(by=rui)
    send(reporter, change_url(article), press, schedule_for="2090-01-01T10:00")
    article.refresh_from_db()
    assert article.state == Article.State.DRAFT


def test_a_reporter_cannot_open_the_draft_of_another_user(reporter: Client, edna: User) -> None:
    article = newsroom.draft("Edna's own", by=edna)
    page = reporter.get(change_url(article), follow=True)
    assert "Edna's own" not in visible_text(page)


def test_a_reporter_can_view_published_articles_but_not_change_them(
    reporter: Client, rui: User
) -> None:
    article = newsroom.published("Out", by=rui, tags=["shipping"])
    page = reporter.get(change_url(article))
    assert "The ferries ran on time" in visible_text(page)
    assert 'name="_continue"' not in page.content.decode()
    values = {"headline": "Changed", "body": "x", "version": str(article.version), "kind": "1"}
    assert reporter.post(change_url(article), values).status_code == 403
    article.refresh_from_db()
    assert article.headline == "Out"


def test_a_reporter_sees_the_versions_of_their_own_articles_only(
    reporter: Client, rui: User, edna: User
) -> None:
    own, other = newsroom.draft(by=rui), newsroom.draft(by=edna)
    versions = "/admin/articles/article/{}/versions/1/"
    assert reporter.get(versions.format(own.pk)).status_code == 200
    assert reporter.get(versions.format(other.pk)).status_code == 403


def test_a_moderator_cannot_change_articles(client: Client, mina: User) -> None:
    article = newsroom.published("Out")
    client.force_login(mina)
    assert 'name="_continue"' not in client.get(change_url(article)).content.decode()
    assert client.get(ADD).status_code == 403
    assert client.post(change_url(article), {"headline": "x"}).status_code == 403


def test_only_an_editor_can_unpublish(client: Client, rui: User, edna: User) -> None:
    article = newsroom.published(by=edna)
    Article.objects.update(created_by=rui)
    url = f"/admin/articles/article/{article.pk}/unpublish/"
    client.force_login(rui)
    assert client.get(url).status_code == client.post(url).status_code == 403
    client.force_login(edna)
    assert client.get(url).status_code == 200
    assert Article.objects.published().exists()


def test_articles_are_moved_to_the_trash_and_not_deleted(client: Client, edna: User) -> None:
    client.force_login(edna)
    for article in (newsroom.published(), newsroom.draft("A draft")):
        url = f"/admin/articles/article/{article.pk}/delete/"
        assert client.get(url).status_code == client.post(url).status_code == 403


def test_the_image_chooser_requires_the_permission_to_view_images(
    client: Client, edna: User, mina: User
) -> None:
    image = newsroom.picture()
    details_url = f"/admin/articles/article/pictures/?id={image.pk}&id=99999&id=x&id={'9' * 40}"
    client.force_login(edna)
    details = client.get(details_url).json()
    assert list(details) == [str(image.pk)]
    assert details[str(image.pk)]["credit"] == "(Image Credit: Ines Faro/via Meridian Pictures)"
    client.force_login(mina)
    assert client.get(details_url).status_code == 403


def test_values_of_reads_a_form(client: Client, edna: User) -> None:
    client.force_login(edna)
    assert values_of(client.get(ADD))["comments_open"] == ["on"]
