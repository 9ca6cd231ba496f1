"""E-mails about new articles to subscribers who follow an author, a section or a topic: which are due, and sending them.

The table is the queue. A claim is committed before the e-mail is sent, so two workers never send the
same e-mail, and if a worker is killed, the e-mail is uncertain rather than sent twice
(docs/decisions/newsletter.md).

Also what an address follows, on the page of e-mail preferences.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from articles.editorial.models import Article, ListingEntry, Scope
from iria.core.hooks import MailChoice, MailChoices
from iria.core.http.urls import absolute_url
from iria.core.mail import ListEmail, list_unsubscribe_headers, mail_domain
from iria.core.text.language import interface_language, use_language
from iria.core.text.typography import comma, listed
from iria.core.text.validators import one_line
from iria.publication.mail import compose
from iria.publication.models import Publication, current_publication
from newsletter.digests import composition
from newsletter.email import rendering
from newsletter.email.smtp import Answer, Outcome, SmtpConnection
from newsletter.models import ArticleFollow, ArticleNotification, Subscriber
from newsletter.models.follow import ArticleFollowQuerySet
from newsletter.subscriptions import follows, suppression
from newsletter.subscriptions.follows import Subject

DUE_AT: Final = time(7)
"""The time of day, in the publication's time zone."""
MAX_AGE: Final = timedelta(days=3)
"""Older articles are not sent if no worker was running."""
ENQUEUED_WITHIN: Final = timedelta(hours=1)
"""How long after `DUE_AT` followers are looked up; articles that are missed are found the next day."""
RETRY_AFTER: Final = timedelta(minutes=30)
RETRY_PERIOD: Final = timedelta(days=2)
CLAIM_TIMEOUT: Final = timedelta(minutes=10)
"""After this time the process that claimed an e-mail is assumed to be dead."""
RETENTION: Final = timedelta(days=90)

State = ArticleNotification.State
STATES: Final = {
    Outcome.SENT: State.SENT,
    Outcome.UNCERTAIN: State.UNCERTAIN,
    Outcome.REJECTED: State.DROPPED,
}
SCOPES: Final = {Scope.AUTHOR: "author", Scope.CATEGORY: "section", Scope.TAG: "topic"}

ENQUEUE: Final = """
WITH new AS (
    SELECT * FROM unnest(%(articles)s::bigint[], %(appeared_at)s::timestamptz[])
        AS new (article_id, appeared_at)
), follower AS (
    SELECT follow.subscriber_id, new.article_id
    FROM new JOIN articles_listingentry AS entry USING (article_id)
        JOIN newsletter_articlefollow AS follow ON follow.author_id = entry.target
    WHERE entry.scope = 'author' AND follow.created_at < new.appeared_at
    UNION
    SELECT follow.subscriber_id, new.article_id
    FROM new JOIN articles_listingentry AS entry USING (article_id)
        JOIN newsletter_articlefollow AS follow ON follow.section_id = entry.target
    WHERE entry.scope = 'category' AND follow.created_at < new.appeared_at
    UNION
    SELECT follow.subscriber_id, new.article_id
    FROM new JOIN articles_listingentry AS entry USING (article_id)
        JOIN newsletter_articlefollow AS follow ON follow.topic_id = entry.target
    WHERE entry.scope = 'tag' AND follow.created_at < new.appeared_at
)
INSERT INTO newsletter_articlenotification (subscriber_id, article_id, state, created_at, due_at)
SELECT follower.subscriber_id, follower.article_id, 'pending', %(now)s, %(now)s
FROM follower JOIN newsletter_subscriber AS subscriber ON subscriber.id = follower.subscriber_id
WHERE subscriber.state = 'active'
ON CONFLICT (subscriber_id, article_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """The articles of one e-mail, the newest first, and the follows they are sent for."""

    subscriber: Subscriber
    notification_ids: list[int]
    articles: list[Article]
    follows: list[ArticleFollow]


def last_due(publication: Publication, now: datetime) -> datetime:
    """Returns when e-mails were last due."""
    today = publication.local_date(now)
    due = datetime.combine(today, DUE_AT, tzinfo=publication.zone_info)
    if due > now:
        yesterday = today - timedelta(days=1)
        due = datetime.combine(yesterday, DUE_AT, tzinfo=publication.zone_info)
    return due


def enqueue(now: datetime) -> int:
    """Adds the new articles for everybody who follows something in them; returns how many.

    Repeating it changes nothing.
    """
    until = last_due(current_publication(), now)
    if now - until > ENQUEUED_WITHIN:
        return 0
    new = composition.new_between(until - MAX_AGE, until, no_older_than=MAX_AGE)
    articles = list(new.values_list("pk", "appeared_at"))  # type: ignore[misc]
    if not articles:
        return 0
    values: dict[str, Any] = {
        "articles": [pk for pk, _ in articles],
        "appeared_at": [appeared_at for _, appeared_at in articles],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(ENQUEUE, values)
        return int(cursor.rowcount)


def subscribers_with_mail(now: datetime) -> list[int]:
    """Returns the IDs of subscribers with due notifications, the oldest first."""
    due = ArticleNotification.objects.pending().filter(due_at__lte=now).order_by("due_at", "pk")
    return list(dict.fromkeys(due.values_list("subscriber_id", flat=True)[:2000]))


def claim(subscriber_id: int, now: datetime) -> Batch | None:
    """Claims the e-mail to a subscriber; returns None if none is due or another worker has it."""
    with transaction.atomic():
        subscriber = (
            Subscriber.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
            .filter(pk=subscriber_id)
            .first()
        )
        if subscriber is None:
            return None
        pending = ArticleNotification.objects.pending().filter(subscriber=subscriber)
        due = dict(pending.filter(due_at__lte=now).values_list("article_id", "pk"))
        batch = _batch(subscriber, due)
        sent = set(batch.notification_ids)
        for state, ids in (
            (State.SENDING, sent),
            (State.DROPPED, set(due.values()) - sent),
        ):
            ArticleNotification.objects.filter(pk__in=ids).update(state=state, state_changed_at=now)
    return batch if sent else None


def _batch(subscriber: Subscriber, due: dict[int, int]) -> Batch:
    """Returns what can be sent: published articles with something that the subscriber still follows."""
    if not subscriber.is_active or suppression.is_subscriber_suppressed(subscriber):
        return Batch(subscriber, [], [], [])
    follows = {row.subject_key: row for row in subscriber.article_follows.with_subjects()}
    entries = ListingEntry.objects.filter(article__in=due, scope__in=SCOPES)
    reasons: dict[int, list[tuple[str, int]]] = {}
    for article_id, scope, target in entries.values_list("article_id", "scope", "target"):
        key = (SCOPES[Scope(scope)], target)
        if key in follows:
            reasons.setdefault(article_id, []).append(key)
    found = Article.objects.published().filter(pk__in=reasons)
    if subscriber.language:
        found = composition.in_language(found, subscriber.language, current_publication())
    articles = list(found.newest().for_cards())
    keys = {key for article in articles for key in reasons[article.pk]}
    return Batch(
        subscriber,
        [due[article.pk] for article in articles],
        articles,
        [row for key, row in follows.items() if key in keys],
    )


def record(batch: Batch, outcome: Outcome, now: datetime) -> None:
    """Records the outcome of an e-mail; what was certainly not sent is tried again for two days."""
    rows = ArticleNotification.objects.filter(pk__in=batch.notification_ids)
    if outcome in STATES:
        rows.update(state=STATES[outcome], state_changed_at=now)
        return
    rows.filter(created_at__lt=now - RETRY_PERIOD).update(state=State.DROPPED, state_changed_at=now)
    rows.filter(state=State.SENDING).update(
        state=State.PENDING, state_changed_at=None, due_at=now + RETRY_AFTER
    )


def mark_uncertain(now: datetime) -> int:
    """Marks claims of killed processes as uncertain; returns how many."""
    stale = ArticleNotification.objects.filter(
        state=State.SENDING, state_changed_at__lt=now - CLAIM_TIMEOUT
    )
    return stale.update(state=State.UNCERTAIN, state_changed_at=now)


def delete_old(now: datetime) -> int:
    """Deletes old notifications; an article that old is never sent again."""
    return ArticleNotification.objects.filter(created_at__lt=now - RETENTION).delete()[0]


FIELD_PREFIX: Final = "articles-"
DAILY: Final = "daily"
NEVER: Final = ""


class Following:
    """Implements the hook `mail_preferences`."""

    def email_of(self, token: str) -> str:
        follow = ArticleFollow.objects.with_token(token).select_related("subscriber").first()
        return follow.subscriber.email if follow else ""

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


MAX_ARTICLES: Final = 20
NO_MAILBOX: Final = re.compile(r"55[013] (?!\d\.)|5\d\d (?:5\.1\.\d|5\.2\.1)\b")
"""There is no such mailbox, or it is disabled (RFC 3463). Other rejections may be temporary."""
UNAVAILABLE: Final = {Outcome.UNREACHABLE, Outcome.PERMANENT}


def send_due(
    now: datetime | None = None, *, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """Sends the e-mails that are due; returns the number of e-mails sent.

    Args:
        should_stop: called before each e-mail; if it returns True, the rest stays queued.
    """
    now = now or timezone.now()
    mark_uncertain(now)
    enqueue(now)
    sent = 0
    with SmtpConnection() as smtp:
        for subscriber_id in subscribers_with_mail(now):
            if should_stop():
                break
            batch = claim(subscriber_id, now)
            if batch is None:
                continue
            answer = smtp.deliver(email_of(batch))
            record(batch, answer.outcome, now)
            _suppress_unknown(batch, answer)
            sent += answer.outcome is Outcome.SENT
            if answer.outcome in UNAVAILABLE:
                break
    return sent


def _suppress_unknown(batch: Batch, answer: Answer) -> None:
    if answer.outcome is Outcome.REJECTED and NO_MAILBOX.match(answer.response):
        suppression.suppress_bounced(batch.subscriber.email, answer.response)


def email_of(batch: Batch) -> ListEmail:
    """One e-mail with all new articles, in the language of the subscriber."""
    publication, count = current_publication(), len(batch.articles)
    with use_language(batch.subscriber.language or publication.language_codes[0]):
        labels = (Subject.of(row).label for row in batch.follows)
        list_id = f"{one_line(publication.name)} <following.{mail_domain()}>"
        return compose(
            "newsletter/mail/new_articles",
            batch.subscriber.email,
            {
                "count": count,
                "headline": batch.articles[0].headline,
                "articles": [(each, _authors(each)) for each in batch.articles[:MAX_ARTICLES]],
                "more": max(0, count - MAX_ARTICLES),
                "subjects": comma(interface_language()).join(labels),
                "unfollow_url": unfollow_url(batch),
                "preferences_url": rendering.preferences_url(batch.subscriber.token),
            },
            headers={"List-Id": list_id, **list_unsubscribe_headers(unfollow_url(batch))},
        )


def unfollow_url(batch: Batch) -> str:
    """Returns the URL to end the only follow of the e-mail, or else everything that is followed."""
    owner = batch.follows[0] if len(batch.follows) == 1 else batch.subscriber
    return absolute_url(reverse("newsletter_unfollow", args=[owner.token]))


def _authors(article: Article) -> str:
    names = [row.author.name for row in article.bylines.all()]
    return listed(names, gettext("and"), interface_language()) if names else ""
