"""What each role sees and may do in the admin."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.admin.dashboard import CHANGES, pending_articles, plan
from articles.editorial.models import Article, Draft
from articles.editorial.versions import drafts
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


@pytest.fixture
def changed(edna: User) -> Article:
    """A published article of Edna's, with a version before and changes after what readers see."""
    article = newsroom.draft("Written first", by=edna)
    drafts.save(article, {"headline": "What readers see"}, by=edna)
    publishing.publish(article, by=edna)
    drafts.save(article, {"headline": "What comes next", "standfirst": "Not out."}, by=edna)
    publishing.schedule_changes(article, by=edna, at=timezone.now() + timedelta(hours=2))
    return article


UNSEEN_TEXTS = ("Written first", "What comes next", "Not out.")
PAGES = ["change/", "history/", "preview/", "preview/light/", "preview/card/search/"]


@pytest.mark.parametrize("page", [*PAGES, "versions/1/", "versions/2/", "versions/3/"])
@pytest.mark.parametrize("name", ["rui", "mina"])
def test_others_get_the_published_version_of_an_article_with_changes(
    client: Client, request: pytest.FixtureRequest, changed: Article, name: str, page: str
) -> None:
    client.force_login(request.getfixturevalue(name))
    response = client.get(f"/admin/articles/article/{changed.pk}/{page}", follow=True)
    html = response.content.decode()
    assert not [each for each in UNSEEN_TEXTS if each in html]
    assert "/preview/" not in " ".join(url for url, _ in response.redirect_chain)
    assert "What readers see" in html or page.startswith("versions/")


@pytest.mark.parametrize("name", ["rui", "mina"])
def test_others_get_a_copy_of_what_readers_see(
    request: pytest.FixtureRequest, changed: Article, edna: User, name: str
) -> None:
    copy = drafts.duplicate(changed, by=request.getfixturevalue(name))
    assert copy.headline == f"What readers see{drafts.COPY_SUFFIX}"
    assert drafts.duplicate(changed, by=edna).headline == f"What comes next{drafts.COPY_SUFFIX}"


def test_the_dashboard_tells_of_changes_only_those_who_may_see_them(
    changed: Article, edna: User, rui: User
) -> None:
    def shown(user: User) -> str:
        panel = plan(user)
        lines = [line for _, _, lines in panel.context["days"] for line in lines] if panel else []
        return f"{[line.kind for line in lines]} {pending_articles(user)}"

    assert CHANGES in shown(edna)
    assert CHANGES not in shown(rui)
    drafts.save(changed, {"body": ""}, by=edna)
    Draft.objects.update(publish_at=timezone.now() - timedelta(hours=1))
    publishing.publish_due_changes()
    assert "What comes next" in shown(edna)
    assert "What comes next" not in shown(rui)


def test_a_reporter_sees_the_changes_of_an_own_article(
    reporter: Client, changed: Article, rui: User
) -> None:
    Article.objects.update(created_by=rui)
    page = reporter.get(f"/admin/articles/article/{changed.pk}/preview/", follow=True)
    assert "What comes next" in page.content.decode()
