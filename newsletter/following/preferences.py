"""What an address follows, on the page of e-mail preferences."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext

from iria.core.hooks import MailChoice, MailChoices
from newsletter.models import ArticleFollow, Subscriber
from newsletter.models.follow import ArticleFollowQuerySet
from newsletter.subscriptions import follows
from newsletter.subscriptions.follows import Subject

FIELD_PREFIX: Final = "articles-"
DAILY: Final = "daily"
NEVER: Final = ""


class Following:
    """Implements the hook `mail_preferences`."""

    def email_of(self, token: str) -> str:
        found = ArticleFollow.objects.with_token(token).select_related("subscriber").first()
        return found.subscriber.email if found else ""

    def choices_for(self, address: str) -> MailChoices | None:
        choices = [
            MailChoice(
                field=_field(row),
                label=Subject.of(row).label,
                options=[(DAILY, gettext("Once a day")), (NEVER, gettext("Never"))],
                chosen=DAILY,
            )
            for row in _follows_of(address).with_subjects()
        ]
        return MailChoices(gettext("New articles by e-mail"), choices) if choices else None

    def save_choices(self, address: str, answers: Mapping[str, str]) -> None:
        follows.end(row for row in _follows_of(address) if answers.get(_field(row)) == NEVER)

    def unsubscribe(self, address: str) -> None:
        follows.end(_follows_of(address))


def _follows_of(address: str) -> ArticleFollowQuerySet:
    subscriber = Subscriber.objects.with_email(address).first()
    return ArticleFollow.objects.filter(subscriber=subscriber)


def _field(row: ArticleFollow) -> str:
    return f"{FIELD_PREFIX}{row.pk}"
