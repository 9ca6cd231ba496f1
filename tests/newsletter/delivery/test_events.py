"""The e-mail to editors when an issue pauses automatically."""

import pytest
from django.core import mail
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from articles.editorial import publishing
from newsletter.delivery import controls, sending
from tests.newsletter.factories import issue, subscribers
from tests.newsroom import published
from tests.queued_jobs import Queued

pytestmark = pytest.mark.django_db


def test_editors_get_one_mail_with_the_reason_and_a_link(
    edna: User,
    rui: User,
    queued: Queued,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    subscribers(3)
    article = published("Soon gone")
    draft = issue("Under way", article)
    sending.start(draft, by=edna)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.unpublish(article, by=edna)
        controls.pause_if_blocked(draft)
    assert queued("newsletter.tell_of_pause") == [draft.pk]
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
    queued: Queued,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    subscribers(3)
    draft = issue()
    sending.start(draft, by=edna)
    with django_capture_on_commit_callbacks(execute=True):
        controls.pause(draft, by=edna)
    assert queued("newsletter.tell_of_pause") == []
    assert controls.email_editors(draft.pk) == 0
    controls.resume(draft, by=edna)
    controls.pause_with_error(draft, "The server refuses all.")
    controls.resume(draft, by=edna)
    assert controls.email_editors(draft.pk) == 0
    assert mail.outbox == []
