"""Mail to the writer of a comment: that it came in, and what was decided."""

from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from accounts.models import User
from articles.comments.flags.models import Flag
from articles.comments.models import Comment, Moderation
from articles.comments.notifications.smtp import NotSent, Outcome, send
from articles.comments.submission import email_confirmation, form_tokens
from articles.comments.submission.mail_limits import may_ask, may_write_to
from iria.core.mail import ListMail
from iria.core.text.language import use_language
from iria.core.text.validators import one_line
from iria.publication.mail.blocks import Note, blocks_of
from iria.publication.mail.rendering import mail
from iria.publication.models import Publication, current_publication

NOT_ASKED: Final = "Its address is not confirmed: mail to it cannot be delivered."
NOT_SURE: Final = "Its address is not confirmed: the mail that asks for it may not have arrived."
ASKED_OFTEN: Final = "Its address is not confirmed: it was asked too often today to be asked again."
BECAUSE_WRITTEN: Final = gettext_noop(
    "You get this mail because this address was given with a comment on “%(headline)s”."
)
BECAUSE_REPORTED: Final = gettext_noop(
    "You get this mail because this address was given with the report of a comment. "
    "No other will follow."
)


def send_received(comment_id: int) -> None:
    """Tells the writer that the comment waits; nothing if it is gone or decided already.

    An address that somebody else may have written gets only so many of these a day.
    """
    comment = Comment.objects.select_related("article", "user").filter(pk=comment_id).first()
    if comment is None or comment.state != Comment.State.PENDING:
        return
    if may_write_to(_address(comment)):
        _send(comment, "received", gettext_noop("Your comment is waiting for a moderator"))


def send_confirm(comment_id: int) -> None:
    """Asks a guest whether the address is theirs; nothing if that was answered already.

    Where no mail can be sent, a moderator gets the comment unconfirmed.
    """
    comment = Comment.objects.select_related("article", "user").filter(pk=comment_id).first()
    if comment is None or comment.state != Comment.State.UNCONFIRMED:
        return
    if not may_ask(comment.email):
        email_confirmation.hold_unasked(comment, ASKED_OFTEN)
        return
    address = reverse("comment_confirm", args=[form_tokens.link_to_confirm(comment)])
    subject = gettext_noop("Please confirm your comment")
    outcome = _send(comment, "confirm", subject, confirm=settings.SITE_URL + address)
    if outcome is Outcome.SENT:
        Comment.objects.filter(pk=comment.pk).update(asked_at=timezone.now())
    else:
        because = NOT_ASKED if outcome is Outcome.REFUSED else NOT_SURE
        email_confirmation.hold_unasked(comment, because)


def send_decided(moderation_id: int) -> None:
    """Tells the writer about a decision; nothing if it was taken back, or another one followed.

    Nobody gets a mail about what they decided themselves.
    """
    moderation = (
        Moderation.objects.select_related("comment__article", "comment__user", "made_by")
        .filter(pk=moderation_id, undone_by=None)
        .first()
    )
    if moderation is None or moderation.comment.state != moderation.decision:
        return
    if _is_own(_address(moderation.comment), moderation.made_by):
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
        Flag.objects.select_related("comment__article", "user", "decision__made_by")
        .filter(outcome__in=[Flag.Outcome.UPHELD, Flag.Outcome.DISMISSED])
        .filter(pk=flag_id)
        .first()
    )
    address = flag and (flag.user.email if flag.user else flag.email)
    if not flag or not address:
        return
    if not _is_own(address, flag.decision.made_by if flag.decision else None):
        if not may_write_to(address):
            return  # Anybody may have written this address into a report.
        upheld = flag.outcome == Flag.Outcome.UPHELD
        subject = gettext_noop("The comment you reported")
        _send(flag.comment, "flag_decided", subject, to=address, upheld=upheld)
    if not flag.user_id:
        # The address was left for this one mail.
        Flag.objects.filter(pk=flag.pk).update(email="")


def _is_own(address: str, decided_by: User | None) -> bool:
    """Whether the e-mail would go to the person who decided."""
    return decided_by is not None and address.lower() == decided_by.email.lower()


def _address(comment: Comment) -> str:
    return comment.user.email if comment.user else comment.email


def _send(comment: Comment, template: str, subject: str, *, to: str = "", **words: Any) -> Outcome:
    """In the language of the article, which is what its writer reads.

    Raises:
        NotSent: try again later.
    """
    address = to or _address(comment)
    if not address:
        return Outcome.REFUSED
    publication = current_publication()
    why = BECAUSE_REPORTED if to else BECAUSE_WRITTEN
    with use_language(publication.language_codes[0]), use_language(comment.article.language):
        message = _written(comment, publication, address, template, subject, why, words)
    outcome = send(message, about=f"comment {comment.pk}")
    if outcome is Outcome.DEFERRED:
        sentence = f"mail about comment {comment.pk}"
        raise NotSent(sentence)
    return outcome


def _written(
    comment: Comment,
    publication: Publication,
    address: str,
    template: str,
    subject: str,
    why: str,
    words: dict[str, Any],
) -> ListMail:
    headline = one_line(comment.article.headline)
    text = render_to_string(
        f"articles/comments/mail/{template}.txt",
        {
            "comment": comment,
            "publication": publication,
            "headline": headline,
            "on_the_page": settings.SITE_URL + comment.get_absolute_url(),
            "yours": settings.SITE_URL
            + reverse("comment_yours", args=[form_tokens.link_to(comment)]),
            **words,
        },
    )
    note = Note(
        subject=f"{gettext(subject)} – {publication.name}",
        blocks=blocks_of(text),
        why=gettext(why) % {"headline": headline},
    )
    return mail(note, publication, to=address)
