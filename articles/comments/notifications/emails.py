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
from iria.core.text.dates import day_words, moment_words
from iria.core.text.language import use_language
from iria.core.text.validators import one_line
from iria.publication.mail import (
    Block,
    Button,
    EmailContent,
    FooterLink,
    Heading,
    Paragraph,
    Quote,
    mail,
)
from iria.publication.models import Publication, current_publication


def confirm_url(follow: Follow) -> str:
    return absolute_url(reverse("comment_follow_confirm", args=[follow.token]))


def unfollow_url(target: Follow | Follower) -> str:
    """Returns the URL to end a follow, or all daily e-mails of a follower."""
    return absolute_url(reverse("comment_unfollow", args=[target.token]))


def preferences_url(follower: Follower) -> str:
    return absolute_url(reverse("newsletter_preferences", args=[follower.token]))


EXCERPT_MAX_LENGTH: Final = 1200
MAX_COMMENTS: Final = 20
"""Gmail cuts off e-mails after 102 KB, and the unsubscribe link with them."""

Kind = Follow.Kind


def notification(batch: Batch) -> ListEmail:
    """Returns the e-mail of a batch: about one article, or the daily one."""
    publication = current_publication()
    with use_language(publication.language_codes[0]):
        if batch.daily:
            return _daily(batch, publication)
        with use_language(batch.notices[0].comment.article.language):
            return _immediate(batch, publication)


def confirm_follow(follow: Follow) -> ListEmail:
    """Returns the e-mail that asks the owner of the address to confirm a follow."""
    publication = current_publication()
    with _language_of(follow, publication):
        headline = follow.article.headline if follow.article else publication.name
        sentence = gettext(
            "Somebody, hopefully you, asked for e-mails to this address: %(what)s. "
            "Open the link and confirm to receive them."
        ) % {"what": describe_follow(follow)}
        content = EmailContent(
            subject=gettext("Confirm: comments on “%(headline)s”")
            % {"headline": one_line(headline)},
            blocks=(
                Paragraph(sentence),
                Button(gettext("Confirm"), confirm_url(follow)),
                Paragraph(
                    gettext(
                        "The link is valid for seven days. If it was not you, ignore "
                        "this e-mail; you will get no others."
                    )
                ),
            ),
        )
        return mail(content, publication, to=follow.follower.recipient)


def already_following(follow: Follow) -> ListEmail:
    """Returns the e-mail for a follow that is active already."""
    publication = current_publication()
    with _language_of(follow, publication):
        sentence = gettext(
            "This address was entered again to follow comments: %(what)s. You "
            "already follow them; there is nothing to do."
        ) % {"what": describe_follow(follow)}
        manage_url = preferences_url(follow.follower)
        content = EmailContent(
            subject=gettext("You already follow these comments"),
            blocks=(
                Paragraph(sentence),
                Button(gettext("Manage preferences or unfollow"), manage_url),
            ),
        )
        return mail(content, publication, to=follow.follower.recipient)


def describe_follow(follow: Follow) -> str:
    """Returns what is followed, for use in a sentence."""
    headline = one_line(follow.article.headline) if follow.article else ""
    labels = {
        Kind.REPLIES: gettext("replies to your comment on “%(headline)s”"),
        Kind.THREAD: gettext("all comments on “%(headline)s”"),
        Kind.OWN: gettext("comments on your articles"),
        Kind.QUEUE: gettext("pending comments"),
    }
    return labels[Kind(follow.kind)] % {"headline": headline}


def reason(follow: Follow, publication: Publication) -> str:
    """Returns the line in the footer that says why the e-mail was sent."""
    since = follow.confirmed_at or follow.created_at
    return gettext("You receive this e-mail because you followed this on %(day)s: %(what)s.") % {
        "day": day_words(publication.local_date(since)),
        "what": describe_follow(follow),
    }


def footer_links(target: Follow | Follower, follower: Follower) -> tuple[FooterLink, ...]:
    label = gettext("Unfollow")
    if isinstance(target, Follower):
        label = gettext("Stop daily e-mails")
    return (
        FooterLink(label, unfollow_url(target)),
        FooterLink(gettext("Manage preferences"), preferences_url(follower)),
    )


def headers(target: Follow | Follower, name: str, publication: Publication) -> dict[str, str]:
    """Returns the headers of the list, with the one-click unsubscribe URL."""
    list_id = f"{one_line(publication.name)} <{name}.{mail_domain()}>"
    return {"List-Id": list_id, **list_unsubscribe_headers(unfollow_url(target))}


def _immediate(batch: Batch, publication: Publication) -> ListEmail:
    first = batch.notices[0]
    article, follow = first.comment.article, first.follow
    content = EmailContent(
        subject=_subject(batch.notices, article),
        blocks=(
            *[_quote(notice, publication) for notice in batch.notices[:MAX_COMMENTS]],
            *_more(len(batch.notices)),
        ),
        reason=reason(follow, publication),
        links=footer_links(follow, batch.follower),
    )
    return mail(
        content,
        publication,
        to=batch.follower.recipient,
        headers={
            **headers(follow, "comments", publication),
            # Lets mail programs group the e-mails about one article.
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


def _daily(batch: Batch, publication: Publication) -> ListEmail:
    follows = {notice.follow_id: notice.follow for notice in batch.notices}
    single = next(iter(follows.values())) if len(follows) == 1 else None
    target: Follow | Follower = single or batch.follower
    content = EmailContent(
        subject=_daily_subject(batch.notices),
        blocks=(
            *_by_article(batch.notices[:MAX_COMMENTS], publication),
            *_more(len(batch.notices)),
        ),
        reason=reason(single, publication) if single else _daily_reason(list(follows.values())),
        links=footer_links(target, batch.follower),
    )
    return mail(
        content,
        publication,
        to=batch.follower.recipient,
        headers=headers(target, "comments-daily", publication),
    )


def _daily_subject(notices: list[CommentNotification]) -> str:
    articles = {notice.comment.article_id for notice in notices}
    if len(articles) == 1:
        return _subject(notices, notices[0].comment.article)
    return gettext("%(count)d new comments on %(articles)d articles") % {
        "count": len(notices),
        "articles": len(articles),
    }


def _daily_reason(follows: list[Follow]) -> str:
    listed = "; ".join(describe_follow(follow) for follow in follows)
    return gettext("You receive this daily e-mail because you follow: %(what)s.") % {"what": listed}


def _by_article(notices: list[CommentNotification], publication: Publication) -> list[Block]:
    blocks: list[Block] = []
    previous = None
    for notice in notices:
        article = notice.comment.article
        if article.pk != previous:
            headline = one_line(article.headline)
            blocks.append(Heading(headline, absolute_url(article.get_absolute_url())))
            previous = article.pk
        blocks.append(_quote(notice, publication))
    return blocks


def _more(count: int) -> list[Paragraph]:
    """The line about the comments that do not fit into the e-mail."""
    if count <= MAX_COMMENTS:
        return []
    sentence = ngettext(
        "%(count)d more comment on the page.",
        "%(count)d more comments on the page.",
        count - MAX_COMMENTS,
    )
    return [Paragraph(sentence % {"count": count - MAX_COMMENTS})]


def _quote(notice: CommentNotification, publication: Publication) -> Quote:
    comment = notice.comment
    local = publication.local(comment.created_at)
    is_reply = notice.follow.kind == Kind.REPLIES
    text = _excerpt(comment)
    return Quote(
        name=one_line(comment.public_name),
        when=moment_words(local),
        text=plain(text),
        html=SafeString(render_comment(text)),
        link_label=gettext("Reply on “%(headline)s”")
        % {"headline": one_line(comment.article.headline)},
        url=absolute_url(comment.get_absolute_url()),
        context=gettext("in reply to your comment") if is_reply else "",
    )


def _excerpt(comment: Comment) -> str:
    if len(comment.text) <= EXCERPT_MAX_LENGTH:
        return comment.text
    return comment.text[:EXCERPT_MAX_LENGTH].rsplit(maxsplit=1)[0] + " …"


def _language_of(follow: Follow, publication: Publication) -> AbstractContextManager[None]:
    language = follow.article.language if follow.article else publication.language_codes[0]
    return use_language(language)
