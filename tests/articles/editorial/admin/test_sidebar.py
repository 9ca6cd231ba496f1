"""The bar and the sidebar of the article form: status, actions, checklist, versions."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.admin.sidebar import Status
from articles.editorial.models import Article
from articles.editorial.versions import drafts
from tests import newsroom
from tests.articles.editorial.admin.forms import ADD, change_url, send, visible_text


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def primary_buttons(page: object) -> list[str]:
    """The names of the submit buttons for the primary action."""
    tree = html.fromstring(page.content.decode())  # type: ignore[attr-defined]
    found = tree.xpath(
        "//*[contains(@class, 'article-primary')]//button[@type='submit'][starts-with(@name, '_')]/@name"
    )
    return [str(name) for name in found]


def _draft(edna: User) -> Article:
    return newsroom.draft(categories=[newsroom.category("News")], by=edna)


def _scheduled(edna: User) -> Article:
    article = _draft(edna)
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(days=1))
    return article


def _changed(edna: User) -> Article:
    article = newsroom.published()
    drafts.save(article, {"headline": "Changed"}, by=edna)
    return article


def _changes_scheduled(edna: User) -> Article:
    article = _changed(edna)
    publishing.schedule_changes(article, by=edna, at=timezone.now() + timedelta(days=1))
    return article


def _unpublished(edna: User) -> Article:
    article = newsroom.published()
    publishing.unpublish(article, by=edna)
    return article


@pytest.mark.parametrize(
    ("make", "status", "actions"),
    [
        (_draft, Status.DRAFT, ["_publish", "_continue"]),
        (_scheduled, Status.SCHEDULED, ["_continue", "_publish", "_unpublish"]),
        (
            # What concerns changes is hidden until there are some.
            lambda _: newsroom.published(),
            Status.LIVE,
            ["_publish", "_continue", "_discard", "_unpublish"],
        ),
        (_changed, Status.CHANGED, ["_publish", "_continue", "_discard", "_unpublish"]),
        (
            _changes_scheduled,
            Status.CHANGES_SCHEDULED,
            ["_continue", "_publish", "_unschedule_changes", "_discard", "_unpublish"],
        ),
        (_unpublished, Status.UNPUBLISHED, ["_publish", "_continue"]),
    ],
)
def test_each_status_has_its_primary_action_and_menu(
    editor_client: Client,
    edna: User,
    make: Callable[[User], Article],
    status: Status,
    actions: list[str],
) -> None:
    page = editor_client.get(change_url(make(edna)))
    assert page.context["status"] == status
    assert primary_buttons(page) == actions


def test_the_primary_action_of_a_reporter_saves(client: Client, rui: User) -> None:
    client.force_login(rui)
    page = client.get(change_url(newsroom.draft(by=rui)))
    assert primary_buttons(page) == ["_continue"]


def test_changes_are_named_and_compared_with_what_readers_see(
    editor_client: Client, edna: User
) -> None:
    article = _changed(edna)
    page = editor_client.get(change_url(article))
    assert page.context["changed"] == ["Headline"]
    assert editor_client.get(page.context["compare_live_url"]).status_code == 200


def test_the_checklist_shows_what_is_open_first(editor_client: Client) -> None:
    article = newsroom.draft(standfirst="", categories=[])
    checklist = editor_client.get(change_url(article)).context["checklist"]
    assert [each.url.partition("#")[2] for each in checklist.required] == ["id_chosen_categories_0"]
    assert len(checklist.recommended) == 2
    assert len(checklist.done) == 2


def test_the_checklist_is_that_of_the_draft(editor_client: Client, edna: User) -> None:
    article = newsroom.published()
    drafts.save(article, {"body": ""}, by=edna)
    url = reverse("admin:articles_article_checklist", args=[article.pk])
    assert "#id_body" in editor_client.get(url).content.decode()


def test_only_users_who_may_change_an_article_see_its_checklist(
    client: Client, rui: User, edna: User
) -> None:
    article = newsroom.draft(by=edna)
    url = reverse("admin:articles_article_checklist", args=[article.pk])
    assert client.get(url).status_code == 302
    client.force_login(rui)
    assert client.get(url).status_code == 403
    assert client.get(reverse("admin:articles_article_checklist", args=[10**9])).status_code == 404


def test_the_latest_versions_are_listed(editor_client: Client, edna: User) -> None:
    article = _changed(edna)
    page = editor_client.get(change_url(article))
    versions = [reverse("admin:articles_article_version", args=[article.pk, n]) for n in (2, 1)]
    text = page.content.decode()
    assert all(f'"{url}"' in text for url in versions)


def test_errors_are_listed_above_the_form_with_links_to_the_fields(editor_client: Client) -> None:
    page = send(editor_client, ADD, headline="A headline", tags="feed", slug="feed")
    tree = html.fromstring(page.content.decode())
    links = tree.xpath("//*[@data-form-errors]//a/@href")
    assert sorted(links) == ["#id_slug", "#id_tags"]
    assert "A headline" in visible_text(page)
