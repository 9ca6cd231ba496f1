"""The content of e-mails to followers."""

from contextlib import AbstractContextManager
from typing import Final

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from articles.body.comment_markup import plain, render_comment
from articles.comments.models import Comment
from articles.comments.notifications.models import CommentNotification, Follow, Follower
from articles.comments.notifications.outbox import Batch
from articles.editorial.models import Article
from iria.core.http.urls import absolute_url
from iria.core.mail import ListEmail, list_unsubscribe_headers, mail_domain
from iria.core.text.dates import day_words
from iria.core.text.language import use_language
from iria.core.text.validators import one_line
from iria.publication.mail.blocks import (
    Block,
    Button,
    EmailContent,
    FooterLink,
    Heading,
    Paragraph,
    Quote,
)
from iria.publication.mail.rendering import mail
from iria.publication.models import Publication, current_publication


def to_confirm(follow: Follow) -> str:
    return absolute_url(reverse("comment_follow_confirm", args=[follow.token]))


def to_leave(one: Follow | Follower) -> str:
    """Leaves one thing; for a follower, whatever comes once a day."""
    return absolute_url(reverse("comment_unfollow", args=[one.token]))


def preferences(follower: Follower) -> str:
    return absolute_url(reverse("newsletter_preferences", args=[follower.token]))


LONGEST: Final = 1200
"""Signs of one comment in an e-mail; the page has the rest."""
MOST: Final = 20
"""Comments in an e-mail; Gmail hides what comes after 102 KB, the way out included."""

Kind = Follow.Kind


def notification(batch: Batch) -> ListEmail:
    """What others wrote, to one follower: about one article at once, or all of a day."""
    publication = current_publication()
    with use_language(publication.language_codes[0]):
        if batch.daily:
            return _of_the_day(batch, publication)
        with use_language(batch.notices[0].comment.article.language):
            return _at_once(batch, publication)


def ask(follow: Follow) -> ListEmail:
    """Whether the holder of the address wants to be told."""
    publication = current_publication()
    with _speaking(follow, publication):
        headline = follow.article.headline if follow.article else publication.name
        sentence = gettext(
            "Somebody, hopefully you, asked for e-mails to this address: %(what)s. "
            "Open the link and confirm to receive them."
        ) % {"what": what(follow)}
        note = EmailContent(
            subject=gettext("Confirm: comments on “%(headline)s”")
            % {"headline": one_line(headline)},
            blocks=(
                Paragraph(sentence),
                Button(gettext("Confirm"), to_confirm(follow)),
                Paragraph(
                    gettext(
                        "The link is valid for seven days. If it was not you, ignore "
                        "this e-mail; you will get no others."
                    )
                ),
            ),
        )
        return mail(note, publication, to=follow.follower.recipient)


def already_following(follow: Follow) -> ListEmail:
    """That they follow already, to somebody who asked again."""
    publication = current_publication()
    with _speaking(follow, publication):
        sentence = gettext(
            "This address was entered again to follow comments: %(what)s. You "
            "already follow them; there is nothing to do."
        ) % {"what": what(follow)}
        preferences_url = preferences(follow.follower)
        note = EmailContent(
            subject=gettext("You already follow these comments"),
            blocks=(
                Paragraph(sentence),
                Button(gettext("Manage preferences or unfollow"), preferences_url),
            ),
        )
        return mail(note, publication, to=follow.follower.recipient)


def what(follow: Follow) -> str:
    """What somebody follows, in words."""
    headline = one_line(follow.article.headline) if follow.article else ""
    words = {
        Kind.REPLIES: gettext("replies to your comment on “%(headline)s”"),
        Kind.THREAD: gettext("all comments on “%(headline)s”"),
        Kind.OWN: gettext("comments on your articles"),
        Kind.QUEUE: gettext("pending comments"),
    }
    return words[Kind(follow.kind)] % {"headline": headline}


def why(follow: Follow, publication: Publication) -> str:
    """The line in the foot that says why an e-mail came."""
    since = follow.confirmed_at or follow.created_at
    return gettext("You receive this e-mail because you followed this on %(day)s: %(what)s.") % {
        "day": day_words(publication.local_date(since)),
        "what": what(follow),
    }


def ways(one: Follow | Follower, follower: Follower) -> tuple[FooterLink, ...]:
    leave = gettext("Unfollow")
    if isinstance(one, Follower):
        leave = gettext("Stop daily e-mails")
    return (
        FooterLink(leave, to_leave(one)),
        FooterLink(gettext("Manage preferences"), preferences(follower)),
    )


def headers(one: Follow | Follower, name: str, publication: Publication) -> dict[str, str]:
    """Which list it is of, and how to leave it with one click."""
    listed = f"{one_line(publication.name)} <{name}.{mail_domain()}>"
    return {"List-Id": listed, **list_unsubscribe_headers(to_leave(one))}


def _at_once(batch: Batch, publication: Publication) -> ListEmail:
    first = batch.notices[0]
    article, follow = first.comment.article, first.follow
    note = EmailContent(
        subject=_subject(batch.notices, article),
        blocks=(
            *[_said(notice, publication) for notice in batch.notices[:MOST]],
            *_rest(len(batch.notices)),
        ),
        reason=why(follow, publication),
        links=ways(follow, batch.follower),
    )
    return mail(
        note,
        publication,
        to=batch.follower.recipient,
        headers={
            **headers(follow, "comments", publication),
            # Mail programs show the e-mails about one article together.
            "References": f"<thread-{article.pk}@{mail_domain()}>",
        },
    )


def _subject(notices: list[CommentNotification], article: Article) -> str:
    headline = one_line(article.headline)
    if len(notices) > 1:
        sentence = ngettext(
            "%(count)d new comment on “%(headline)s”",
            "%(count)d new comments on “%(headline)s”",
            len(notices),
        )
        return sentence % {"count": len(notices), "headline": headline}
    comment, follow = notices[0].comment, notices[0].follow
    sentence = gettext("%(name)s commented on “%(headline)s”")
    if follow.kind == Kind.REPLIES and comment.parent_id == follow.comment_id:
        sentence = gettext("%(name)s replied to you on “%(headline)s”")
    return sentence % {"name": one_line(comment.public_name), "headline": headline}


def _of_the_day(batch: Batch, publication: Publication) -> ListEmail:
    follows = {notice.follow_id: notice.follow for notice in batch.notices}
    only = next(iter(follows.values())) if len(follows) == 1 else None
    one: Follow | Follower = only or batch.follower
    note = EmailContent(
        subject=_subject_of_the_day(batch.notices),
        blocks=(*_by_article(batch.notices[:MOST], publication), *_rest(len(batch.notices))),
        reason=why(only, publication) if only else _why_of_the_day(list(follows.values())),
        links=ways(one, batch.follower),
    )
    return mail(
        note,
        publication,
        to=batch.follower.recipient,
        headers=headers(one, "comments-daily", publication),
    )


def _subject_of_the_day(notices: list[CommentNotification]) -> str:
    articles = {notice.comment.article_id for notice in notices}
    if len(articles) == 1:
        return _subject(notices, notices[0].comment.article)
    return gettext("%(count)d new comments on %(articles)d articles") % {
        "count": len(notices),
        "articles": len(articles),
    }


def _why_of_the_day(follows: list[Follow]) -> str:
    listed = "; ".join(what(follow) for follow in follows)
    return gettext("You receive this daily e-mail because you follow: %(what)s.") % {"what": listed}


def _by_article(notices: list[CommentNotification], publication: Publication) -> list[Block]:
    blocks: list[Block] = []
    before = None
    for notice in notices:
        article = notice.comment.article
        if article.pk != before:
            headline = one_line(article.headline)
            blocks.append(Heading(headline, absolute_url(article.get_absolute_url())))
            before = article.pk
        blocks.append(_said(notice, publication))
    return blocks


def _rest(count: int) -> list[Paragraph]:
    """That there are more than an e-mail holds."""
    if count <= MOST:
        return []
    sentence = ngettext(
        "%(count)d more comment on the page.",
        "%(count)d more comments on the page.",
        count - MOST,
    )
    return [Paragraph(sentence % {"count": count - MOST})]


def _said(notice: CommentNotification, publication: Publication) -> Quote:
    comment = notice.comment
    local = publication.local(comment.created_at)
    answer = notice.follow.kind == Kind.REPLIES
    text = _shortened(comment)
    return Quote(
        name=one_line(comment.public_name),
        when=f"{day_words(local.date())}, {local:%H:%M}",
        text=plain(text),
        html=SafeString(render_comment(text)),
        link_label=gettext("View and reply"),
        url=absolute_url(comment.get_absolute_url()),
        context=gettext("in reply to your comment") if answer else "",
    )


def _shortened(comment: Comment) -> str:
    if len(comment.text) <= LONGEST:
        return comment.text
    return comment.text[:LONGEST].rsplit(maxsplit=1)[0] + " …"


def _speaking(follow: Follow, publication: Publication) -> AbstractContextManager[None]:
    language = follow.article.language if follow.article else publication.language_codes[0]
    return use_language(language)
