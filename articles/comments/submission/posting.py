"""Writing a comment, and taking one's own back."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from psycopg.errors import ForeignKeyViolation

from accounts.models import User
from articles.comments.akismet import pending
from articles.comments.bans import identifiers
from articles.comments.flags import flagging
from articles.comments.models import Comment, Moderation
from articles.comments.moderation import appeals
from articles.comments.screening.engine import Verdict, screen
from articles.comments.submission.comment_policy import Admission, admission, as_admitted
from articles.comments.submission.validation import Refused as Refused
from articles.comments.submission.validation import (
    refuse_closed,
    refuse_hasty,
    refuse_unfit,
    refuse_unstorable_fields,
    with_plain_breaks,
)
from articles.comments.tasks import ask_writer_to_confirm, tell_writer_it_was_received
from articles.editorial.models import Article
from iria.core.mail import in_ascii
from iria.core.text.validators import one_line
from iria.publication.models import current_publication

NOT_CONFIRMED: Final = "Its writer has not confirmed the address yet."


def prepare(
    article: Article,
    *,
    name: str,
    email: str,
    text: str,
    parent: Comment | None = None,
    by: User | None = None,
) -> Comment:
    """The comment as it would stand on the page, not saved: what *Look it over* shows.

    Raises:
        Refused: with what the writer can do about it.
    """
    return _prepared(
        article, admission(article, current_publication()), name, email, text, parent, by
    )


def _prepared(
    article: Article,
    standing: Admission,
    name: str,
    email: str,
    text: str,
    parent: Comment | None,
    by: User | None,
) -> Comment:
    refuse_unstorable_fields(name=name, email=email, text=text)
    refuse_closed(article, parent, standing)
    comment = Comment(
        article=article,
        parent=parent,
        user=by,
        name=by.public_name if by else one_line(name),
        email="" if by else in_ascii(email),
        text=with_plain_breaks(text),
    )
    refuse_unfit(comment)
    return comment


def post(
    article: Article,
    *,
    name: str = "",
    email: str = "",
    text: str,
    parent: Comment | None = None,
    by: User | None = None,
    trap: str = "",
    form_id: UUID | None = None,
    form_age: timedelta | None = None,
    address: str | None = None,
    at: datetime | None = None,
    quiet: bool = False,
) -> Comment:
    """Takes a comment; what becomes of it the rules of the first look decide.

    Sent twice with one form it stays one comment, and the first one comes back.

    Args:
        by: the account that writes; its display name stands beside the comment, `name` and
            `email` are ignored.
        trap: what stood in the field that people do not see.
        form_age: how long the form was open; None where no form was (import, demo).
        address: where it came from, for limits and bans; kept sealed. None counts and keeps nothing.
        at: when it was written, for imports and the demo; now where not given.
        quiet: for imports and the demo: the writer gets no mail.

    Raises:
        Refused: with what the writer can do about it.
    """
    if form_id and (first := _already_sent(form_id, text, parent)):
        return first
    publication = current_publication()
    standing = admission(article, publication)
    comment = _prepared(article, standing, name, email, text, parent, by)
    comment.form_id = form_id
    comment.created_at = at or timezone.now()
    refuse_hasty(article, form_age, address)
    look = screen(comment, trap=trap, address=address or "")
    verdict = as_admitted(look, standing, comment)
    asks = publication.guests_confirm_email and by is None and not quiet
    if not (asks or quiet):
        verdict = pending.until_answered(verdict, comment)
    return _keep(comment, verdict, address=address, quiet=quiet, asks=asks)


def delete_own(comment: Comment, *, by: User | None) -> None:
    """Deletes one's own comment; where others answered it, a sentence stays in its place."""
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.DELETED:
            _record(current, Comment.State.DELETED, "Its writer took it back.", by=by)
            flagging.close_without_decision(current)
            appeals.drop(current)
    comment.refresh_from_db()


def _keep(
    comment: Comment, verdict: Verdict, *, address: str | None, quiet: bool, asks: bool
) -> Comment:
    """Saves comment, decision and the mail to send in one transaction: all of them or none.

    Args:
        asks: whether a guest has to confirm the address, before anybody looks at the comment.
    """
    comment.findings = [each.as_json() for each in verdict.findings]
    reason, told = verdict.told or verdict.words, bool(verdict.told)
    try:
        with transaction.atomic():
            comment.state = verdict.state
            if asks and comment.state in {Comment.State.PENDING, Comment.State.APPROVED}:
                comment.state, reason, told = Comment.State.UNCONFIRMED, NOT_CONFIRMED, False
            comment.save()
            row = _explain(comment, reason, by=None, told=told)
            identifiers.keep(comment, address)
            if not quiet:
                pending.ask(comment, row)
            # Mail only to people: what fills the trap would have us write to strangers.
            if comment.state == Comment.State.UNCONFIRMED:
                ask_writer_to_confirm(comment)
            elif comment.state == Comment.State.PENDING and not (quiet or pending.waits(comment)):
                tell_writer_it_was_received(comment)
    except IntegrityError as mistake:
        if isinstance(mistake.__cause__, ForeignKeyViolation):
            raise Refused(
                {"form": gettext("The article or comment is not there any more.")}
            ) from mistake
        # The same form may have been sent by two requests at once, and the other one won.
        form_id = comment.form_id
        if form_id and (first := _already_sent(form_id, comment.text, comment.parent)):
            return first
        raise
    return comment


def _record(comment: Comment, state: Comment.State, reason: str, *, by: User | None) -> None:
    comment.state = state
    comment.save(update_fields=["state"])
    _explain(comment, reason, by=by)


def _explain(comment: Comment, reason: str, *, by: User | None, told: bool = False) -> Moderation:
    """The row that says why the comment is in its state."""
    return Moderation.objects.create(
        comment=comment, decision=comment.state, reason=reason[:500], told=told, made_by=by
    )


def _already_sent(form_id: UUID, text: str, parent: Comment | None) -> Comment | None:
    """The comment sent with this form before.

    Raises:
        Refused: the form was used for other words, which must not get lost.
    """
    first = Comment.objects.filter(form_id=form_id).first()
    if first and (first.text, first.parent) != (with_plain_breaks(text), parent):
        sentence = gettext(
            "A comment was sent with this form already, and it is kept. "
            "Send again to add these words as another one."
        )
        raise Refused({"used": sentence})
    return first
