"""The e-mail to editors when an issue pauses automatically."""

import pytest
from django.core import mail
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from articles.editorial import publishing
from newsletter.delivery import controls, sending
from tests.newsletter.factories import issue, subscribers
from tests.newsroom import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """IDs of the issues whose e-mail was enqueued."""
    issue_ids: list[int] = []
    monkeypatch.setattr("newsletter.job_queue.enqueue_delivery", lambda issue_id: None)
    monkeypatch.setattr("newsletter.job_queue.enqueue_pause_email", issue_ids.append)
    return issue_ids


def test_editors_get_one_mail_with_the_reason_and_a_link(
    edna: User,
    rui: User,
    enqueued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    subscribers(3)
    article = published("Soon gone")
    draft = issue("Under way", article)
    sending.start(draft, by=edna)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.unpublish(article, by=edna)
        controls.pause_if_blocked(draft)
    assert enqueued == [draft.pk]
    assert controls.email_editors(draft.pk) == 1
    (message,) = mail.outbox
    assert message.to == [edna.email]
    assert message.subject == "Paused: Under way"
    assert "Unpublished since sending started, but still in the e-mail:" in " ".join(
        str(message.body).split()
    )
    assert f"/admin/newsletter/issue/{draft.pk}/change/" in str(message.body)
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_manual_or_ended_pause_sends_no_mail(
    edna: User,
    enqueued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    subscribers(3)
    draft = issue()
    sending.start(draft, by=edna)
    with django_capture_on_commit_callbacks(execute=True):
        controls.pause(draft, by=edna)
    assert enqueued == []
    assert controls.email_editors(draft.pk) == 0
    controls.resume(draft, by=edna)
    controls.pause_with_error(draft, "The server refuses all.")
    controls.resume(draft, by=edna)
    assert controls.email_editors(draft.pk) == 0
    assert mail.outbox == []
