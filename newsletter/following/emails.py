"""The e-mail about new articles, and sending what is due."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from articles.editorial.models import Article
from iria.core.http.urls import absolute_url
from iria.core.mail import ListEmail, list_unsubscribe_headers, mail_domain
from iria.core.text.language import interface_language, use_language
from iria.core.text.typography import comma, listed
from iria.core.text.validators import one_line
from iria.publication.mail import (
    Block,
    EmailContent,
    FooterLink,
    Heading,
    Paragraph,
    mail,
)
from iria.publication.models import Publication, current_publication
from newsletter.email import rendering
from newsletter.email.smtp import Answer, Outcome, SmtpConnection
from newsletter.following import notifications
from newsletter.following.notifications import Batch
from newsletter.subscriptions import suppression
from newsletter.subscriptions.follows import Subject

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
    notifications.mark_uncertain(now)
    notifications.enqueue(now)
    sent = 0
    with SmtpConnection() as smtp:
        for subscriber_id in notifications.subscribers_with_mail(now):
            if should_stop():
                break
            batch = notifications.claim(subscriber_id, now)
            if batch is None:
                continue
            answer = smtp.deliver(email_of(batch))
            notifications.record(batch, answer.outcome, now)
            _suppress_unknown(batch, answer)
            sent += answer.outcome is Outcome.SENT
            if answer.outcome in UNAVAILABLE:
                break
    return sent


def _suppress_unknown(batch: Batch, answer: Answer) -> None:
    if answer.outcome is Outcome.REFUSED and NO_MAILBOX.match(answer.response):
        suppression.suppress_bounced(batch.subscriber.email, answer.response)


def email_of(batch: Batch) -> ListEmail:
    """One e-mail with all new articles, in the language of the subscriber."""
    publication = current_publication()
    with use_language(batch.subscriber.language or publication.language_codes[0]):
        content = EmailContent(
            subject=_subject(batch, publication),
            blocks=tuple(_blocks(batch)),
            reason=_reason(batch),
            links=(
                FooterLink(gettext("Unfollow"), unfollow_url(batch)),
                FooterLink(
                    gettext("Manage preferences"), rendering.preferences_url(batch.subscriber.token)
                ),
            ),
        )
        list_id = f"{one_line(publication.name)} <following.{mail_domain()}>"
        headers = {"List-Id": list_id, **list_unsubscribe_headers(unfollow_url(batch))}
        return mail(content, publication, to=batch.subscriber.email, headers=headers)


def unfollow_url(batch: Batch) -> str:
    """Ends the one follow that the e-mail is about, or everything that is followed."""
    only = batch.follows[0].token if len(batch.follows) == 1 else batch.subscriber.token
    return absolute_url(reverse("newsletter_unfollow", args=[only]))


def _subject(batch: Batch, publication: Publication) -> str:
    first, count = batch.articles[0], len(batch.articles)
    if count == 1:
        return f"{first.headline} – {publication.name}"
    sentence = ngettext(
        "%(count)d new article from %(name)s", "%(count)d new articles from %(name)s", count
    )
    return sentence % {"count": count, "name": publication.name}


def _blocks(batch: Batch) -> list[Block]:
    blocks: list[Block] = []
    for article in batch.articles[:MAX_ARTICLES]:
        url = absolute_url(article.get_absolute_url())
        blocks.append(Heading(one_line(article.headline), url))
        blocks += [Paragraph(text) for text in (article.standfirst, _names(article)) if text]
    more = len(batch.articles) - MAX_ARTICLES
    if more > 0:
        text = ngettext(
            "%(count)d more article on our site.", "%(count)d more articles on our site.", more
        )
        blocks.append(Paragraph(text % {"count": more}))
    return blocks


def _names(article: Article) -> str:
    names = [row.author.name for row in article.bylines.all()]
    joined = listed(names, gettext("and"), interface_language()) if names else ""
    return gettext("By %(names)s") % {"names": joined} if joined else ""


def _reason(batch: Batch) -> str:
    labels = comma(interface_language()).join(Subject.of(row).label for row in batch.follows)
    return gettext("You receive this e-mail because you follow new articles %(subjects)s.") % {
        "subjects": labels
    }
