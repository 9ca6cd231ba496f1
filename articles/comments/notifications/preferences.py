"""The part of the e-mail preferences page that is about comments."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext

from articles.comments.notifications import follows
from articles.comments.notifications.models import CommentNotification, Follow, Follower
from articles.editorial.models import Byline
from iria.core.hooks import MailChoice, MailChoices
from iria.core.text.validators import one_line

NEVER: Final = ""
FIELD_PREFIX: Final = "follow-"
BOUNCE_WITHIN: Final = timedelta(days=60)

Kind, Frequency = Follow.Kind, Follow.Frequency


class Following:
    """Implements the hook `mail_preferences`."""

    def email_of(self, token: str) -> str:
        follower = Follower.objects.select_related("user").with_token(token).first()
        return follower.recipient if follower else ""

    def choices_for(self, address: str) -> MailChoices | None:
        """Returns the active follows; for staff also what they can follow."""
        choices = [
            _choice(follow)
            for follower in _followers(address)
            for follow in follower.follows.active()
            .with_details()
            .order_by("-kind", "created_at", "pk")
        ]
        fields = {choice.field for choice in choices}
        offered = [
            _offered(kind)
            for kind in (Kind.OWN, Kind.QUEUE)
            if f"{FIELD_PREFIX}{kind}" not in fields and _may_follow(kind, address)
        ]
        if not choices and not offered:
            return None
        suppressed = follows.is_suppressed(address)
        note = gettext(
            "E-mail to this address bounced, so we send none. If the address works "
            "again, save this page."
        )
        return MailChoices(
            gettext("Comments by e-mail"), [*offered, *choices], note if suppressed else ""
        )

    def save_choices(self, address: str, answers: Mapping[str, str]) -> None:
        for follower in _followers(address):
            follows.unsuppress(follower)
            for follow in follower.follows.active().select_related("follower"):
                _save_choice(follow, answers.get(_field(follow)))
            for kind in (Kind.OWN, Kind.QUEUE):
                frequency = answers.get(f"{FIELD_PREFIX}{kind}", NEVER)
                if frequency in Frequency and follower.user and _may_follow(kind, address):
                    # The token of this page confirms the address.
                    followed = follows.follow(
                        kind, _valid_frequency(kind, frequency), user=follower.user, ask=False
                    )
                    follows.confirm(followed)

    def unsubscribe(self, address: str) -> None:
        for follower in _followers(address):
            follows.end_all(follower)


def handle_bounce(address: str, reason: str) -> None:
    """Suppresses an address after a hard bounce, if an e-mail was sent to it recently.

    The condition is a protection against forged bounces.
    """
    recent = CommentNotification.objects.filter(
        follower__in=_followers(address),
        state__in=[CommentNotification.State.SENT, CommentNotification.State.UNCERTAIN],
        state_changed_at__gt=timezone.now() - BOUNCE_WITHIN,
    )
    if recent.exists():
        follows.suppress(address, reason=reason)


def is_suppressed(address: str) -> bool:
    """Whether e-mail to this address is suppressed."""
    return Follower.objects.with_email(address).filter(suppressed_at__isnull=False).exists()


def _followers(address: str) -> list[Follower]:
    return list(Follower.objects.with_email(address).select_related("user"))


def _field(follow: Follow) -> str:
    """The name of the form field: by kind if there is only one follow of the kind, otherwise by id."""
    is_single = follow.kind in {Kind.OWN, Kind.QUEUE}
    return f"{FIELD_PREFIX}{follow.kind}" if is_single else f"{FIELD_PREFIX}{follow.pk}"


def _choice(follow: Follow) -> MailChoice:
    article = follow.article
    comment_url = follow.comment.get_absolute_url() if follow.comment else ""
    return MailChoice(
        field=_field(follow),
        label=follow.get_kind_display(),
        options=_options(Kind(follow.kind)),
        chosen=follow.frequency,
        description=one_line(article.headline) if article else "",
        url=comment_url or (f"{article.get_absolute_url()}#comments" if article else ""),
    )


def _offered(kind: Follow.Kind) -> MailChoice:
    return MailChoice(f"{FIELD_PREFIX}{kind}", str(kind.label), _options(kind), NEVER)


def _options(kind: Follow.Kind) -> list[tuple[str, str]]:
    frequencies = [(str(value), str(label)) for value, label in Frequency.choices]
    if kind == Kind.QUEUE:
        frequencies = [frequency for frequency in frequencies if frequency[0] == Frequency.DAILY]
    return [*frequencies, (NEVER, gettext("Never"))]


def _valid_frequency(kind: Follow.Kind, frequency: str) -> Follow.Frequency:
    return Frequency.DAILY if kind == Kind.QUEUE else Frequency(frequency)


def _save_choice(follow: Follow, choice: str | None) -> None:
    """Saves a choice; an invalid one changes nothing."""
    if choice == NEVER:
        follows.end(follow)
    elif choice is not None and choice in Frequency and choice != follow.frequency:
        follows.change_frequency(follow, _valid_frequency(Kind(follow.kind), choice))


def _may_follow(kind: Follow.Kind, address: str) -> bool:
    """Authors may follow comments on their articles, moderators pending comments."""
    users = [follower.user for follower in _followers(address) if follower.user]
    if kind == Kind.OWN:
        return Byline.objects.filter(author__user__in=users).exists()
    return any(user.is_active and user.has_perm("articles.change_comment") for user in users)
