"""E-mails about one comment: to confirm, pending, decided, report decided, follow."""

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from accounts.models import User
from articles.comments.flags.models import Flag
from articles.comments.models import Comment, ModerationDecision
from articles.comments.notifications import emails
from articles.comments.notifications.models import Follow
from articles.comments.notifications.sending import send_or_retry
from articles.comments.notifications.smtp import Outcome
from articles.comments.submission import email_confirmation, form_tokens
from iria.core.http.rate_limit import count_and_allow
from iria.core.mail import ListEmail
from iria.core.text.language import use_language
from iria.core.text.validators import one_line
from iria.publication.mail.blocks import EmailContent, blocks_of
from iria.publication.mail.rendering import mail
from iria.publication.models import Publication, current_publication

MAILS_A_DAY: Final = (12, timedelta(days=1))
QUESTIONS_A_DAY: Final = (12, timedelta(days=1))
"""E-mails that ask to confirm a comment, counted apart: without one, a comment would be forgotten."""

NOT_ASKED: Final = "E-mail address not confirmed: e-mail to it cannot be delivered."
NOT_SURE: Final = "E-mail address not confirmed: the confirmation e-mail may not have arrived."
ASKED_OFTEN: Final = (
    "E-mail address not confirmed: too many confirmation e-mails were sent to it today."
)
BECAUSE_WRITTEN: Final = gettext_noop(
    "You receive this e-mail because this address was entered with a comment on “%(headline)s”."
)
BECAUSE_REPORTED: Final = gettext_noop(
    "You receive this e-mail because this address was entered with a report of a "
    "comment. You will get no other."
)


def send_received(comment_id: int) -> None:
    """Tells the commenter that the comment waits; nothing if it is gone or decided already.

    An address that somebody else may have written gets only so many of these a day.
    """
    comment = Comment.objects.select_related("article", "user").filter(pk=comment_id).first()
    if comment is None or comment.state != Comment.State.PENDING:
        return
    if may_write_to(_email_of(comment)):
        _send(comment, "received", gettext_noop("Your comment is pending approval"))


def send_confirm(comment_id: int) -> None:
    """Asks a guest whether the address is theirs; nothing if that was answered already.

    Where no mail can be sent, a moderator gets the comment unconfirmed.
    """
    comment = Comment.objects.select_related("article", "user").filter(pk=comment_id).first()
    if comment is None or comment.state != Comment.State.UNCONFIRMED:
        return
    if not may_appeal(comment.email):
        email_confirmation.moderate_unsent(comment, ASKED_OFTEN)
        return
    address = reverse("comment_confirm", args=[form_tokens.link_to_confirm(comment)])
    subject = gettext_noop("Confirm your comment")
    outcome = _send(comment, "confirm", subject, confirm=settings.SITE_URL + address)
    if outcome is Outcome.SENT:
        Comment.objects.filter(pk=comment.pk).update(confirmation_sent_at=timezone.now())
    else:
        because = NOT_ASKED if outcome is Outcome.REFUSED else NOT_SURE
        email_confirmation.moderate_unsent(comment, because)


def send_decided(moderation_id: int) -> None:
    """Tells the commenter about a decision; nothing if it was undone, or another one followed.

    Nobody gets an e-mail about what they decided themselves.
    """
    moderation = (
        ModerationDecision.objects.select_related("comment__article", "comment__user", "created_by")
        .filter(pk=moderation_id, undone_by=None)
        .first()
    )
    if moderation is None or moderation.comment.state != moderation.decision:
        return
    if _is_own(_email_of(moderation.comment), moderation.created_by):
        return
    if moderation.decision == Comment.State.APPROVED:
        _send(moderation.comment, "approved", gettext_noop("Your comment was published"))
    else:
        reason = moderation.reason if moderation.commenter_notified else ""
        subject = gettext_noop("Your comment was not published")
        _send(moderation.comment, "rejected", subject, reason=reason)


def send_flag_decided(flag_id: int) -> None:
    """Notifies the reader who reported a comment and left an address."""
    flag = (
        Flag.objects.select_related("comment__article", "user", "decision__created_by")
        .filter(outcome__in=[Flag.Outcome.UPHELD, Flag.Outcome.DISMISSED])
        .filter(pk=flag_id)
        .first()
    )
    address = flag and (flag.user.email if flag.user else flag.email)
    if not flag or not address:
        return
    if not _is_own(address, flag.decision.created_by if flag.decision else None):
        if not may_write_to(address):
            return  # Anybody may have written this address into a report.
        upheld = flag.outcome == Flag.Outcome.UPHELD
        subject = gettext_noop("The comment you reported")
        _send(flag.comment, "flag_decided", subject, to=address, upheld=upheld)
    if not flag.user_id:
        # The address was left for this one mail.
        Flag.objects.filter(pk=flag.pk).update(email="")


def send_follow_confirmation(follow_id: int) -> None:
    """Asks to confirm a follow, or says that it is active already; nothing if it was ended since.

    Raises:
        NotSent: try again later.
    """
    follow = Follow.objects.with_details().filter(pk=follow_id, unfollowed_at__isnull=True).first()
    if follow is None or not may_write_to(follow.follower.recipient):
        return
    # An address that bounced may work again; only its owner can tell, by confirming.
    message = emails.already_following(follow) if follow.is_active else emails.ask(follow)
    send_or_retry(message, about=f"follow {follow.pk}")


def _is_own(address: str, decided_by: User | None) -> bool:
    """Whether the e-mail would go to the person who decided."""
    return decided_by is not None and address.lower() == decided_by.email.lower()


def _email_of(comment: Comment) -> str:
    return comment.user.email if comment.user else comment.email


def _send(comment: Comment, template: str, subject: str, *, to: str = "", **words: Any) -> Outcome:
    """In the language of the article, which is what its commenter reads.

    Raises:
        NotSent: try again later.
    """
    address = to or _email_of(comment)
    if not address:
        return Outcome.REFUSED
    publication = current_publication()
    why = BECAUSE_REPORTED if to else BECAUSE_WRITTEN
    with use_language(publication.language_codes[0]), use_language(comment.article.language):
        message = _written(comment, publication, address, template, subject, why, words)
    return send_or_retry(message, about=f"comment {comment.pk}")


def _written(
    comment: Comment,
    publication: Publication,
    address: str,
    template: str,
    subject: str,
    why: str,
    words: dict[str, Any],
) -> ListEmail:
    headline = one_line(comment.article.headline)
    text = render_to_string(
        f"articles/comments/mail/{template}.txt",
        {
            "comment": comment,
            "publication": publication,
            "headline": headline,
            "on_the_page": settings.SITE_URL + comment.get_absolute_url(),
            "yours": settings.SITE_URL
            + reverse("comment_status", args=[form_tokens.link_to(comment)]),
            **words,
        },
    )
    note = EmailContent(
        subject=f"{gettext(subject)} – {publication.name}",
        blocks=blocks_of(text),
        reason=gettext(why) % {"headline": headline},
    )
    return mail(note, publication, to=address)


def may_write_to(address: str) -> bool:
    """Counts one mail; False once the address had as many as it may have in a day."""
    limit, per = MAILS_A_DAY
    return count_and_allow("mails about comments", address.lower(), limit=limit, per=per)


def may_appeal(address: str) -> bool:
    """Counts one mail that asks for a comment's address; other mail does not use these up."""
    limit, per = QUESTIONS_A_DAY
    return count_and_allow("mails to confirm", address.lower(), limit=limit, per=per)
