"""What comments add to the page of e-mail preferences."""

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

NOT: Final = ""
FIELD: Final = "follow-"
WRITTEN_WITHIN: Final = timedelta(days=60)

Kind, Frequency = Follow.Kind, Follow.Frequency


class Following:
    """The implementation of the hook `mail_preferences`."""

    def email_of(self, token: str) -> str:
        follower = Follower.objects.select_related("user").with_token(token).first()
        return follower.recipient if follower else ""

    def choices_for(self, address: str) -> MailChoices | None:
        """Every active follow; for staff also what they could follow."""
        found = [
            _choice(follow)
            for follower in _followers(address)
            for follow in follower.follows.active()
            .with_details()
            .order_by("-kind", "created_at", "pk")
        ]
        there = {choice.field for choice in found}
        offered = [
            _offered(kind)
            for kind in (Kind.OWN, Kind.QUEUE)
            if f"{FIELD}{kind}" not in there and _may_have(kind, address)
        ]
        if not found and not offered:
            return None
        stopped = follows.is_closed(address)
        note = gettext(
            "E-mail to this address bounced, so we send none. If the address works "
            "again, save this page."
        )
        return MailChoices(
            gettext("Comments by e-mail"), [*offered, *found], note if stopped else ""
        )

    def save_choices(self, address: str, answers: Mapping[str, str]) -> None:
        for follower in _followers(address):
            follows.unsuppress(follower)
            for follow in follower.follows.active().select_related("follower"):
                _take(follow, answers.get(_field(follow)))
            for kind in (Kind.OWN, Kind.QUEUE):
                frequency = answers.get(f"{FIELD}{kind}", NOT)
                if frequency in Frequency and follower.user and _may_have(kind, address):
                    # The token of this page proves that the address is theirs.
                    made = follows.follow(
                        kind, _possible(kind, frequency), user=follower.user, ask=False
                    )
                    follows.confirm(made)

    def unsubscribe(self, address: str) -> None:
        for follower in _followers(address):
            follows.leave_all(follower)


def came_back(address: str, because: str) -> None:
    """Mail to this address came back for good; believed where we wrote to it lately.

    What comes back is an e-mail like any other, and anybody could make one up.
    """
    lately = CommentNotification.objects.filter(
        follower__in=_followers(address),
        state__in=[CommentNotification.State.SENT, CommentNotification.State.UNCERTAIN],
        state_changed_at__gt=timezone.now() - WRITTEN_WITHIN,
    )
    if lately.exists():
        follows.suppress(address, because=because)


def is_closed(address: str) -> bool:
    """Whether mail to this address came back for good."""
    return Follower.objects.with_email(address).filter(suppressed_at__isnull=False).exists()


def _followers(address: str) -> list[Follower]:
    return list(Follower.objects.with_email(address).select_related("user"))


def _field(follow: Follow) -> str:
    """Things of which there is one are named, the others numbered."""
    alone = follow.kind in {Kind.OWN, Kind.QUEUE}
    return f"{FIELD}{follow.kind}" if alone else f"{FIELD}{follow.pk}"


def _choice(follow: Follow) -> MailChoice:
    article = follow.article
    where = follow.comment.get_absolute_url() if follow.comment else ""
    return MailChoice(
        field=_field(follow),
        label=follow.get_kind_display(),
        options=_options(Kind(follow.kind)),
        chosen=follow.frequency,
        description=one_line(article.headline) if article else "",
        url=where or (f"{article.get_absolute_url()}#comments" if article else ""),
    )


def _offered(kind: Follow.Kind) -> MailChoice:
    return MailChoice(f"{FIELD}{kind}", str(kind.label), _options(kind), NOT)


def _options(kind: Follow.Kind) -> list[tuple[str, str]]:
    frequencies = [(str(value), str(label)) for value, label in Frequency.choices]
    if kind == Kind.QUEUE:
        frequencies = [frequency for frequency in frequencies if frequency[0] == Frequency.DAILY]
    return [*frequencies, (NOT, gettext("Never"))]


def _possible(kind: Follow.Kind, frequency: str) -> Follow.Frequency:
    return Frequency.DAILY if kind == Kind.QUEUE else Frequency(frequency)


def _take(follow: Follow, answer: str | None) -> None:
    """An answer that is none of those offered changes nothing."""
    if answer == NOT:
        follows.leave(follow)
    elif answer is not None and answer in Frequency and answer != follow.frequency:
        follows.choose(follow, _possible(Kind(follow.kind), answer))


def _may_have(kind: Follow.Kind, address: str) -> bool:
    """Who signs articles may be told of comments on them, who moderates of what waits."""
    users = [follower.user for follower in _followers(address) if follower.user]
    if kind == Kind.OWN:
        return Byline.objects.filter(author__user__in=users).exists()
    return any(user.is_active and user.has_perm("articles.change_comment") for user in users)
