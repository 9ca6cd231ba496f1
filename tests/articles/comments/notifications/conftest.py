"""Fixtures for follows and for sending notifications."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from articles.comments.models import Comment
from articles.comments.notifications import follows as notifications_follows
from articles.comments.notifications import outbox, sending
from articles.comments.notifications.models import Follow
from articles.editorial.models import Article
from tests.conftest import MailFolder

ANA = "ana@readers.example"

CreateFollow = Callable[..., Follow]
Notify = Callable[..., list[EmailMessage]]


def text_of(message: EmailMessage) -> str:
    """Returns the plain text as one line."""
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


@pytest.fixture
def follows(article: Article) -> CreateFollow:
    """Creates a confirmed follow of the thread for Ana, or of the replies: `follows(comment=…)`."""

    def follows(
        email: str = ANA,
        *,
        frequency: str = "at_once",
        comment: Comment | None = None,
        confirmed: bool = True,
        **more: Any,
    ) -> Follow:
        kind = Follow.Kind.REPLIES if comment else Follow.Kind.THREAD
        target: dict[str, Any] = {"comment": comment} if comment else {"article": article}
        follow = notifications_follows.follow(
            more.pop("kind", kind), Follow.Frequency(frequency), email=email, **{**target, **more}
        )
        return notifications_follows.confirm(follow) if confirmed else follow

    return follows


@pytest.fixture
def notify(mail_folder: MailFolder) -> Notify:
    """Sends the notifications of comments; returns the e-mails: `notify(one, two, after=…)`."""

    def notify(
        *comments: Comment, after: timedelta = timedelta(minutes=1), now: datetime | None = None
    ) -> list[EmailMessage]:
        before = len(mail_folder.all())
        for comment in comments:
            outbox.create_notifications(comment.pk)
        sending.send_due((now or timezone.now()) + after)
        return mail_folder.all()[before:]

    return notify
