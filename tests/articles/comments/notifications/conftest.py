"""Ana follows, others write, the worker tells."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from articles.comments.models import Comment
from articles.comments.notifications import fan_out, sending
from articles.comments.notifications import follows as notifications_follows
from articles.comments.notifications.models import Follow
from articles.editorial.models import Article
from tests.conftest import MailFolder

ANA = "ana@readers.example"

Following = Callable[..., Follow]
Tell = Callable[..., list[EmailMessage]]


def text_of(message: EmailMessage) -> str:
    """Its plain text, as one line."""
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


@pytest.fixture
def follows(article: Article) -> Following:
    """Ana follows the thread, confirmed; `follows(comment=…)` the answers to a comment."""

    def follows(
        email: str = ANA,
        *,
        frequency: str = "at_once",
        comment: Comment | None = None,
        confirmed: bool = True,
        **more: Any,
    ) -> Follow:
        kind = Follow.Kind.REPLIES if comment else Follow.Kind.THREAD
        about: dict[str, Any] = {"comment": comment} if comment else {"article": article}
        made = notifications_follows.follow(
            more.pop("kind", kind), Follow.Frequency(frequency), email=email, **{**about, **more}
        )
        return notifications_follows.confirm(made) if confirmed else made

    return follows


@pytest.fixture
def tell(mail_folder: MailFolder) -> Tell:
    """What the worker sends some time after these comments came: `tell(one, two, after=…)`."""

    def tell(
        *comments: Comment, after: timedelta = timedelta(minutes=1), now: datetime | None = None
    ) -> list[EmailMessage]:
        before = len(mail_folder.all())
        for comment in comments:
            fan_out.create_notifications(comment.pk)
        sending.send_due((now or timezone.now()) + after)
        return mail_folder.all()[before:]

    return tell
