"""Submitting a comment, and deleting one's own."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from psycopg.errors import ForeignKeyViolation

from accounts.models import User
from articles.comments import job_queue
from articles.comments.akismet import pending
from articles.comments.bans import identifiers
from articles.comments.flags import flagging
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import appeals
from articles.comments.screening import pipeline
from articles.comments.screening.pipeline import Details, Event
from articles.comments.submission.comment_policy import CommentSettings, settings_of
from articles.comments.submission.validation import SubmissionError as SubmissionError
from articles.comments.submission.validation import (
    check_open,
    limit_rate,
    validate_comment,
    validate_storable_fields,
    with_plain_breaks,
)
from articles.editorial.models import Article
from iria.core.mail import to_ascii
from iria.core.text.validators import one_line
from iria.publication.models import current_publication

DELETED: Final = "The commenter deleted it."


def prepare(
    article: Article,
    *,
    name: str,
    email: str,
    text: str,
    parent: Comment | None = None,
    by: User | None = None,
) -> Comment:
    """The comment as it would be published, not saved, for the preview.

    Raises:
        Refused: with what the commenter can do about it.
    """
    return _prepared(
        article, settings_of(article, current_publication()), name, email, text, parent, by
    )


def _prepared(
    article: Article,
    settings: CommentSettings,
    name: str,
    email: str,
    text: str,
    parent: Comment | None,
    by: User | None,
) -> Comment:
    validate_storable_fields(name=name, email=email, text=text)
    check_open(article, parent, settings)
    comment = Comment(
        article=article,
        parent=parent,
        user=by,
        name=by.public_name if by else one_line(name),
        email="" if by else to_ascii(email),
        text=with_plain_breaks(text),
    )
    validate_comment(comment)
    return comment


def post(
    article: Article,
    *,
    name: str = "",
    email: str = "",
    text: str,
    parent: Comment | None = None,
    by: User | None = None,
    honeypot: str = "",
    form_id: UUID | None = None,
    form_age: timedelta | None = None,
    ip_address: str | None = None,
    at: datetime | None = None,
    quiet: bool = False,
) -> Comment:
    """Submits a comment; the screening pipeline decides about it.

    Submitted twice with one form it stays one comment, and the first one is returned.

    Args:
        by: the account that writes; its display name stands beside the comment, `name` and
            `email` are ignored.
        honeypot: what the hidden field contained.
        form_age: how long the form was open; None where no form was (import, demo).
        ip_address: for rate limits and bans; stored encrypted. None counts and stores nothing.
        at: when it was written, for imports and the demo; now where not given.
        quiet: for imports and the demo: the commenter gets no mail.

    Raises:
        Refused: with what the commenter can do about it.
    """
    if form_id and (first := _already_sent(form_id, text, parent)):
        return first
    publication = current_publication()
    settings = settings_of(article, publication)
    comment = _prepared(article, settings, name, email, text, parent, by)
    comment.form_id = form_id
    comment.created_at = at or timezone.now()
    limit_rate(article, form_age, ip_address)
    details = Details(
        policy=settings.policy,
        honeypot=honeypot,
        ip_address=ip_address or "",
        must_confirm=publication.guests_confirm_email and by is None and not quiet,
        ask_akismet=not quiet,
    )
    decision = pipeline.decide(comment, Event.SUBMITTED, details)
    return _save(comment, decision, ip_address=ip_address, quiet=quiet)


def delete_own(comment: Comment, *, by: User | None) -> None:
    """Deletes one's own comment; where it has replies, a placeholder stays."""
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.DELETED:
            current.state = Comment.State.DELETED
            current.save(update_fields=["state"])
            ModerationDecision.objects.create(
                comment=current, decision=current.state, reason=DELETED, created_by=by
            )
            flagging.close_without_decision(current)
            appeals.drop(current)
    comment.refresh_from_db()


def _save(
    comment: Comment, decision: pipeline.Decision, *, ip_address: str | None, quiet: bool
) -> Comment:
    """Saves comment, decision and the e-mail to send in one transaction: all of them or none."""
    try:
        with transaction.atomic():
            pipeline.apply(comment, decision, ask_akismet=not quiet)
            identifiers.keep(comment, ip_address)
            # E-mail only to people: what fills the honeypot would have us write to strangers.
            if comment.state == Comment.State.UNCONFIRMED:
                job_queue.enqueue_confirmation(comment)
            elif (
                comment.state == Comment.State.PENDING
                and not quiet
                and not pending.is_awaited(comment)
            ):
                job_queue.enqueue_received(comment)
    except IntegrityError as mistake:
        if isinstance(mistake.__cause__, ForeignKeyViolation):
            raise SubmissionError(
                {"form": gettext("The article or comment no longer exists.")}
            ) from mistake
        # The same form may have been sent by two requests at once, and the other one won.
        form_id = comment.form_id
        if form_id and (first := _already_sent(form_id, comment.text, comment.parent)):
            return first
        raise
    return comment


def _already_sent(form_id: UUID, text: str, parent: Comment | None) -> Comment | None:
    """The comment sent with this form before.

    Raises:
        Refused: the form was used for other words, which must not get lost.
    """
    first = Comment.objects.filter(form_id=form_id).first()
    if first and (first.text, first.parent) != (with_plain_breaks(text), parent):
        sentence = gettext(
            "A comment was already submitted with this form. Submit again to add "
            "this text as another comment."
        )
        raise SubmissionError({"used": sentence})
    return first
