"""The history page of an issue: who saved what, and what happened when it was sent."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import F
from django.test import Client
from django.utils import timezone
from lxml import html as lxml_html

from accounts.models import User
from newsletter.admin.issue_tools import version_of
from newsletter.admin.issues import CREATED
from newsletter.delivery import sending
from newsletter.models import DeliveryEvent, Issue
from tests.newsletter.admin_pages import ADD, issue_form_data, issue_url
from tests.newsletter.factories import issue, subscriber
from tests.newsroom import published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]

NEW = "/admin/newsletter/issue/autosave/"


def autosave(client: Client, draft: Issue, **changed: Any) -> None:
    draft.refresh_from_db()
    articles = [item.article for item in draft.items.select_related("article")]
    values = {
        name: getattr(draft, name) for name in ("subject", "preheader", "introduction", "slug")
    }
    data = issue_form_data(*articles, version=version_of(draft), **{**values, **changed})
    assert client.post(issue_url(draft, "autosave"), data).status_code == 200


def history(client: Client, draft: Issue) -> list[tuple[str, str]]:
    """By whom and what, the newest first."""
    page = lxml_html.fromstring(client.get(issue_url(draft, "history")).content)
    rows = page.cssselect("#change-history tbody tr")
    cells = [[" ".join(cell.text_content().split()) for cell in row] for row in rows]
    return [(by, what) for _when, by, what in cells]


def test_an_issue_that_only_autosave_wrote_has_a_history(editor_client: Client, edna: User) -> None:
    editor_client.post(NEW, issue_form_data(published(), subject="What"))
    draft = Issue.objects.get()
    move_log_back()
    autosave(editor_client, draft, subject="What moved")
    (by, changed), (creator, created) = history(editor_client, draft)
    assert (by, creator, created) == (edna.public_name, edna.public_name, CREATED)
    assert "Subject" in changed
    assert "Preheader" not in changed


def test_autosaves_of_one_editor_within_ten_minutes_are_one_line(
    editor_client: Client, edna: User, ada: User
) -> None:
    draft = issue("What", by=edna)
    for changed in ({"subject": "What moved"}, {"preheader": "Three texts"}, {"subject": "Moved"}):
        autosave(editor_client, draft, **changed)
    assert len(history(editor_client, draft)) == 2
    assert "Subject and Preheader" in history(editor_client, draft)[0][1]
    other = Client()
    other.force_login(ada)
    autosave(other, draft, subject="By Ada")
    assert [by for by, _ in history(editor_client, draft)] == [
        *(ada.public_name, edna.public_name, edna.public_name)
    ]
    move_log_back()
    autosave(other, draft, subject="Later")
    assert len(history(editor_client, draft)) == 4


def test_a_form_that_was_saved_already_adds_no_line(editor_client: Client) -> None:
    article = published()
    editor_client.post(ADD, issue_form_data(article))
    draft = Issue.objects.get()
    before = LogEntry.objects.count()
    values = {name: getattr(draft, name) for name in ("introduction", "slug")}
    editor_client.post(
        issue_url(draft, "change"), issue_form_data(article, **values, _continue="1")
    )
    assert LogEntry.objects.count() == before
    assert len(history(editor_client, draft)) == 1


def test_the_history_says_who_scheduled_an_issue(editor_client: Client, edna: User) -> None:
    subscriber("rui@example.org")
    draft = issue(by=edna)
    sending.send_at(draft, timezone.now() + timedelta(days=1), by=edna)
    sending.unschedule(draft, by=edna)
    labels = DeliveryEvent.Action
    shown = [what for _, what in history(editor_client, draft)]
    assert shown[0].startswith(labels.UNSCHEDULED.label)
    assert shown[1].startswith(labels.SCHEDULED.label)


def test_a_sent_issue_links_to_its_history(editor_client: Client) -> None:
    draft = issue()
    Issue.objects.update(
        state="sent",
        started_at=timezone.now(),
        sent_at=timezone.now(),
        sent_html="<p>Sent</p>",
        sent_text="Sent",
    )
    page = editor_client.get(issue_url(draft, "change")).content.decode()
    assert f'href="{issue_url(draft, "history")}"' in page


def move_log_back() -> None:
    """As if the logged actions had been more than ten minutes ago."""
    LogEntry.objects.update(action_time=F("action_time") - timedelta(minutes=11))
