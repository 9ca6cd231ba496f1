"""The content of e-mails to followers."""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

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
from iria.publication.mail import compose, wrapped
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
    first, count = batch.notices[0], len(batch.notices)
    article = first.comment.article
    follows = list({notice.follow_id: notice.follow for notice in batch.notices}.values())
    site_language = publication.language_codes[0]
    language = site_language if batch.daily else article.language
    with use_language(site_language), use_language(language):
        about = footer(follows if batch.daily else follows[:1])
        own_headers = headers(
            "comments-daily" if batch.daily else "comments", about["unfollow_url"]
        )
        if not batch.daily:
            # Lets mail programs group the e-mails about one article.
            own_headers["References"] = f"<thread-{article.pk}@{mail_domain()}>"
        return compose(
            "articles/comments/mail/new_comments",
            batch.follower.recipient,
            {
                **about,
                "daily": batch.daily,
                "quotes": [_quote(each, publication) for each in batch.notices[:MAX_COMMENTS]],
                "more": max(0, count - MAX_COMMENTS),
                "count": count,
                "articles": len({notice.comment.article_id for notice in batch.notices}),
                "headline": article.headline,
                "name": first.comment.public_name,
                "is_reply": first.follow.kind == Kind.REPLIES
                and first.comment.parent_id == first.follow.comment_id,
            },
            headers=own_headers,
        )


def about_follow(follow: Follow) -> ListEmail:
    """Returns the e-mail that asks to confirm a follow, or says that it is active already."""
    publication = current_publication()
    article = follow.article
    with use_language(article.language if article else publication.language_codes[0]):
        return compose(
            f"articles/comments/mail/{'already_following' if follow.is_active else 'confirm_follow'}",
            follow.follower.recipient,
            {
                "headline": article.headline if article else publication.name,
                "what": describe_follow(follow),
                "confirm_url": confirm_url(follow),
                "preferences_url": preferences_url(follow.follower),
            },
        )


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


def footer(follows: list[Follow]) -> dict[str, str]:
    """Returns the context of the footer: why the e-mail was sent, and links."""
    publication, follower = current_publication(), follows[0].follower
    since = follows[0].confirmed_at or follows[0].created_at
    return {
        "day": day_words(publication.local_date(since)) if len(follows) == 1 else "",
        "what": "; ".join(map(describe_follow, follows)),
        "unfollow_url": unfollow_url(follows[0] if len(follows) == 1 else follower),
        "preferences_url": preferences_url(follower),
    }


def headers(name: str, url: str) -> dict[str, str]:
    """Returns the headers of the list, with the one-click unsubscribe URL."""
    list_id = f"{one_line(current_publication().name)} <{name}.{mail_domain()}>"
    return {"List-Id": list_id, **list_unsubscribe_headers(url)}


@dataclass(frozen=True, slots=True)
class Quote:
    """A comment as it is quoted in an e-mail."""

    article: Article
    name: str
    when: str
    lines: list[str]
    html: SafeString
    url: str
    is_reply: bool


def _quote(notice: CommentNotification, publication: Publication) -> Quote:
    comment = notice.comment
    text = _excerpt(comment)
    return Quote(
        article=comment.article,
        name=one_line(comment.public_name),
        when=moment_words(publication.local(comment.created_at)),
        lines=[
            line for part in plain(text).splitlines() for line in wrapped(part).splitlines() or [""]
        ],
        html=SafeString(render_comment(text)),
        url=absolute_url(comment.get_absolute_url()),
        is_reply=notice.follow.kind == Kind.REPLIES,
    )


def _excerpt(comment: Comment) -> str:
    if len(comment.text) <= EXCERPT_MAX_LENGTH:
        return comment.text
    return comment.text[:EXCERPT_MAX_LENGTH].rsplit(maxsplit=1)[0] + " …"
