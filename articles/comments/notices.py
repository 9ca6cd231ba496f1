"""Mail to the writer of a comment: that it came in, and what was decided."""

import logging
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from articles.comments import seals
from articles.comments.flagging.models import Flag
from articles.comments.models import Comment, Moderation
from iria.kit.ratelimit import count_and_allow
from iria.kit.speaking import speaking
from iria.kit.text import one_line
from iria.publication.models import Publication, current_publication

MAILS_A_DAY: Final = (12, timedelta(days=1))

log = logging.getLogger(__name__)


class NotSent(Exception):
    """The mail server could not be reached or asked us to come back."""


def send_received(comment_id: int) -> None:
    """Tells the writer that the comment waits; nothing if it is gone or decided already.

    An address that somebody else may have written gets only so many of these a day.
    """
    comment = Comment.objects.select_related("article", "user").filter(pk=comment_id).first()
    if comment is None or comment.state != Comment.State.HELD:
        return
    limit, per = MAILS_A_DAY
    who = _address(comment).lower()
    if count_and_allow("mails about comments", who, limit=limit, per=per):
        _send(comment, "received", gettext_noop("Your comment is waiting for a moderator"))


def send_decided(moderation_id: int) -> None:
    """Tells the writer about a decision; nothing if another one followed meanwhile."""
    moderation = (
        Moderation.objects.select_related("comment__article", "comment__user")
        .filter(pk=moderation_id)
        .first()
    )
    if moderation is None or moderation.comment.state != moderation.decision:
        return
    if moderation.decision == Comment.State.APPROVED:
        _send(moderation.comment, "approved", gettext_noop("Your comment is on the page"))
    else:
        reason = moderation.reason if moderation.told else ""
        subject = gettext_noop("Your comment was not published")
        _send(moderation.comment, "rejected", subject, reason=reason)


def send_flag_decided(flag_id: int) -> None:
    """Tells whoever reported a comment, and left an address, what came of it."""
    flag = (
        Flag.objects.select_related("comment__article", "user")
        .filter(outcome__in=[Flag.Outcome.UPHELD, Flag.Outcome.DISMISSED])
        .filter(pk=flag_id)
        .first()
    )
    address = flag and (flag.user.email if flag.user else flag.email)
    if not flag or not address:
        return
    limit, per = MAILS_A_DAY
    if not count_and_allow("mails about comments", address.lower(), limit=limit, per=per):
        return  # Anybody may have written this address into a report.
    upheld = flag.outcome == Flag.Outcome.UPHELD
    subject = gettext_noop("The comment you reported")
    _send(flag.comment, "flag_decided", subject, to=address, upheld=upheld)
    if not flag.user_id:
        # The address was left for this one mail.
        Flag.objects.filter(pk=flag.pk).update(email="")


def _address(comment: Comment) -> str:
    return comment.user.email if comment.user else comment.email


def _send(comment: Comment, template: str, subject: str, *, to: str = "", **words: Any) -> None:
    """In the language of the article, which is what its writer reads."""
    address = to or _address(comment)
    if not address:
        return
    publication = current_publication()
    with speaking(publication.language_codes[0]), speaking(comment.article.language):
        message = _written(comment, publication, address, template, subject, words)
    _hand_over(message, comment)


def _written(
    comment: Comment,
    publication: Publication,
    address: str,
    template: str,
    subject: str,
    words: dict[str, Any],
) -> EmailMessage:
    text = render_to_string(
        f"articles/comments/mail/{template}.txt",
        {
            "comment": comment,
            "publication": publication,
            "headline": one_line(comment.article.headline),
            "on_the_page": settings.SITE_URL + comment.get_absolute_url(),
            "yours": settings.SITE_URL + reverse("comment_yours", args=[seals.link_to(comment)]),
            **words,
        },
    )
    return EmailMessage(
        subject=one_line(f"{gettext(subject)} – {publication.name}"),
        body=text.strip() + "\n",
        to=[address],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _hand_over(message: EmailMessage, comment: Comment) -> None:
    """Sends it. What is logged or raised names the comment and never the address.

    Raises:
        NotSent: try again later.
    """
    try:
        message.send(using="default")
    except SMTPRecipientsRefused:
        log.warning("the mail about comment %s was refused for its recipient", comment.pk)
    except (SMTPException, OSError) as mistake:
        sentence = f"mail about comment {comment.pk}: {type(mistake).__name__}"
        raise NotSent(sentence) from None
