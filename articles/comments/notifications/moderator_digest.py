"""The daily e-mail to moderators about pending comments."""

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext, ngettext

from articles.comments.models import Comment
from articles.comments.moderation.dashboard import pending_items
from articles.comments.notifications import daily_schedule, emails
from articles.comments.notifications.models import Follow
from articles.comments.notifications.smtp import Outcome
from iria.core.hooks import DashboardItem
from iria.core.http.urls import absolute_url
from iria.core.mail import ListEmail
from iria.core.text.dates import day_words
from iria.core.text.language import use_language
from iria.publication.mail.blocks import Button, EmailContent, Paragraph
from iria.publication.mail.rendering import mail
from iria.publication.models import Publication, current_publication


def due(now: datetime) -> list[Follow]:
    """Returns the follows of pending comments whose e-mail of today is due."""
    if not daily_schedule.is_time(now):
        return []
    follows = Follow.objects.active().with_details().filter(kind=Follow.Kind.QUEUE)
    reachable = follows.filter(follower__suppressed_at__isnull=True, follower__user__is_active=True)
    return list(reachable.filter(_before(_today(now))))


def claim(follow: Follow, now: datetime) -> ListEmail | None:
    """Claims the e-mail of today; returns None if another worker has claimed it or nothing is pending."""
    today = _today(now)
    claimed = Follow.objects.filter(_before(today), pk=follow.pk).update(last_sent_on=today)
    items = pending_items(follow.follower.user) if claimed else []
    return _mail(follow, items, current_publication()) if items else None


def record(follow: Follow, outcome: Outcome, now: datetime) -> None:
    """Releases the claim if the e-mail was deferred, so that it is sent later."""
    if outcome is Outcome.DEFERRED:
        claimed = Follow.objects.filter(pk=follow.pk, last_sent_on=_today(now))
        claimed.update(last_sent_on=follow.last_sent_on)


def _today(now: datetime) -> date:
    return current_publication().local_date(now)


def _before(today: date) -> Q:
    return Q(last_sent_on__isnull=True) | Q(last_sent_on__lt=today)


def _mail(follow: Follow, items: list[DashboardItem], publication: Publication) -> ListEmail:
    count = sum(each.count for each in items)
    with use_language(publication.language_codes[0]):
        subject = ngettext("%(count)d pending comment", "%(count)d pending comments", count)
        content = EmailContent(
            subject=f"{subject % {'count': count}} – {publication.name}",
            blocks=(
                *[Paragraph(f"{each.label}.") for each in items],
                *_oldest(publication),
                Button(gettext("Open the admin"), absolute_url(items[0].url)),
            ),
            reason=emails.reason(follow, publication),
            links=emails.footer_links(follow, follow.follower),
        )
        headers = emails.headers(follow, "moderators", publication)
        return mail(content, publication, to=follow.follower.recipient, headers=headers)


def _oldest(publication: Publication) -> list[Paragraph]:
    times = Comment.objects.pending().order_by("created_at").values_list("created_at", flat=True)
    oldest = times.first()
    if oldest is None:
        return []
    since = gettext("Oldest since %(day)s.")
    return [Paragraph(since % {"day": day_words(publication.local_date(oldest))})]
