"""The mail of the day to moderators: what waits."""

from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from articles.comments.models import Comment
from articles.comments.moderation.dashboard import held_for
from articles.comments.notifications import daily_schedule, emails
from articles.comments.notifications.models import Follow
from articles.comments.notifications.smtp import Outcome, send
from iria.core.hooks import DashboardItem
from iria.core.http.urls import absolute_url
from iria.core.mail import ListMail
from iria.core.text.dates import day_words
from iria.core.text.language import use_language
from iria.publication.mail.blocks import Button, Note, Words
from iria.publication.mail.rendering import mail
from iria.publication.models import Publication, current_publication


def send_due(now: datetime | None = None) -> int:
    """Writes to every moderator who wishes it, once a day, where something waits; how many mails.

    The day is noted before the mail is handed over, and taken back only if it surely was not sent.
    """
    now = now or timezone.now()
    if not daily_schedule.is_time(now):
        return 0
    today = current_publication().local_date(now)
    return sum(_send(follow, today) for follow in _not_told(today))


def _not_told(today: date) -> list[Follow]:
    wanted = Follow.objects.living().for_page().filter(kind=Follow.Kind.QUEUE)
    open_to = wanted.filter(follower__stopped_at__isnull=True, follower__user__is_active=True)
    return list(open_to.filter(_before(today)))


def _before(today: date) -> Q:
    return Q(told_on__isnull=True) | Q(told_on__lt=today)


def _send(follow: Follow, today: date) -> bool:
    claimed = Follow.objects.filter(_before(today), pk=follow.pk).update(told_on=today)
    waiting = held_for(follow.follower.user) if claimed else []
    if not waiting:
        return False
    message = _mail(follow, waiting, current_publication())
    outcome = send(message, about=f"follower {follow.follower_id}")
    if outcome is Outcome.DEFERRED:
        Follow.objects.filter(pk=follow.pk, told_on=today).update(told_on=follow.told_on)
    return outcome is Outcome.SENT


def _mail(follow: Follow, waiting: list[DashboardItem], publication: Publication) -> ListMail:
    count = sum(each.count for each in waiting)
    with use_language(publication.language_codes[0]):
        subject = ngettext("%(count)d comment waits", "%(count)d comments wait", count)
        note = Note(
            subject=f"{subject % {'count': count}} – {publication.name}",
            blocks=(
                *[Words(f"{each.label}.") for each in waiting],
                *_oldest(publication),
                Button(gettext("Open the desk"), absolute_url(waiting[0].url)),
            ),
            why=emails.why(follow, publication),
            ways=emails.ways(follow, follow.follower),
        )
        headers = emails.headers(follow, "moderators", publication)
        return mail(note, publication, to=follow.follower.address, headers=headers)


def _oldest(publication: Publication) -> list[Words]:
    oldest = Comment.objects.held().order_by("created_at").values_list("created_at", flat=True)
    first = oldest.first()
    if first is None:
        return []
    since = gettext("The oldest has waited since %(day)s.")
    return [Words(since % {"day": day_words(publication.local_date(first))})]
