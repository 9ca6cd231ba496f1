"""Drafts of issues saved in the background."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from newsletter.admin.issue_tools import version_of
from newsletter.models import Issue
from tests.newsletter.admin_pages import issue_form_data, issue_url
from tests.newsletter.factories import issue
from tests.newsroom import published

pytestmark = pytest.mark.django_db

NEW = "/admin/newsletter/issue/autosave/"


def save(client: Client, draft: Issue, **changed: Any) -> Any:
    articles = [item.article for item in draft.items.select_related("article")]
    data = issue_form_data(*articles, **{"version": version_of(draft), **changed})
    return client.post(issue_url(draft, "autosave"), data)


def test_a_new_issue_is_created_once_and_then_changed(editor_client: Client, edna: User) -> None:
    article = published()
    data = issue_form_data(article, subject="What")
    answers = [editor_client.post(NEW, data).json() for _ in range(2)]
    draft = Issue.objects.get()
    assert (draft.created_by, draft.subject) == (edna, "What")
    assert {answer["id"] for answer in answers} == {draft.pk}
    answer = save(editor_client, draft, subject="What moved", slug="").json()
    draft.refresh_from_db()
    assert (draft.subject, draft.slug) == ("What moved", "what-moved")
    assert [item.article for item in draft.items.all()] == [article]
    assert answer["version"] == version_of(draft)
    assert editor_client.get(answer["url"]).context["version"] == version_of(draft)


def test_an_older_version_replaces_nothing(editor_client: Client) -> None:
    draft = issue("Before")
    opened = version_of(draft)
    save(editor_client, draft, subject="By somebody else")
    answer = save(editor_client, draft, subject="Mine", version=opened)
    draft.refresh_from_db()
    assert (answer.status_code, draft.subject) == (409, "By somebody else")
    assert answer.json()["version"] == version_of(draft)
    assert save(editor_client, draft, subject="Mine").status_code == 200


def test_an_invalid_field_gets_a_message_and_nothing_is_saved(editor_client: Client) -> None:
    draft = issue("Before")
    answer = save(editor_client, draft, subject="After", greeting="Dear {name},")
    assert answer.status_code == 400
    assert answer.json()["message"]
    draft.refresh_from_db()
    assert draft.subject == "Before"


def test_a_scheduled_or_deleted_issue_is_not_changed(editor_client: Client) -> None:
    draft = issue("Before")
    Issue.objects.update(state="scheduled", send_at="2030-01-01T08:00Z")
    answer = save(editor_client, draft, subject="After")
    assert (answer.status_code, Issue.objects.get().subject) == (400, "Before")
    assert "scheduled" in answer.json()["message"]
    version = version_of(draft)
    Issue.objects.all().delete()
    url = issue_url(draft, "autosave")
    assert editor_client.post(url, issue_form_data(version=version)).status_code == 404


def test_users_who_may_not_edit_issues_save_nothing(client: Client, rui: User) -> None:
    draft = issue("Before")
    client.force_login(rui)
    assert save(client, draft, subject="After").status_code == 403
    assert client.post(NEW, issue_form_data()).status_code == 403
    draft.refresh_from_db()
    assert (Issue.objects.count(), draft.subject) == (1, "Before")


def test_a_page_that_was_open_while_its_user_signed_in_again_gets_a_token(
    editor_client: Client,
) -> None:
    assert editor_client.get(NEW).json()["csrf_token"]
