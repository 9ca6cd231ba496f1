"""Writing a comment, and taking one's own back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from psycopg.errors import ForeignKeyViolation

from accounts.models import User
from accounts.names import belongs_to_newsroom
from articles.comments.banning import addresses
from articles.comments.deciding import appealing
from articles.comments.flagging import reporting
from articles.comments.models import NAME_MAX_LENGTH, TEXT_MAX_LENGTH, Comment, Moderation
from articles.comments.screening import limits
from articles.comments.screening.looking import Verdict, first_look
from articles.comments.tasks import tell_writer_it_was_received
from articles.editorial.models import Article
from iria.kit.text import one_line, refuse_unstorable


class Refused(Exception):
    """The comment was not taken; each sentence is for its writer, under the field it is about."""

    def __init__(self, sentences: dict[str, str], *, busy: bool = False) -> None:
        super().__init__(" ".join(sentences.values()))
        self.sentences = sentences
        self.busy = busy


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
    _refuse_unstorable(name=name, email=email, text=text)
    _refuse_closed(article, parent)
    comment = Comment(
        article=article,
        parent=parent,
        user=by,
        name=by.public_name if by else one_line(name),
        email="" if by else email.strip(),
        text=_with_plain_breaks(text),
    )
    _refuse_unfit(comment)
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
    comment = prepare(article, name=name, email=email, text=text, parent=parent, by=by)
    comment.form_id = form_id
    comment.created_at = at or timezone.now()
    _refuse_hasty(article, form_age, address)
    verdict = first_look(comment, trap=trap, address=address or "")
    return _keep(comment, verdict, address=address, quiet=quiet)


def take_back(comment: Comment, *, by: User | None) -> None:
    """Deletes one's own comment; where others answered it, a sentence stays in its place."""
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.DELETED:
            _record(current, Comment.State.DELETED, "Its writer took it back.", by=by)
            reporting.drop(current)
            appealing.drop(current)
    comment.refresh_from_db()


def _keep(comment: Comment, verdict: Verdict, *, address: str | None, quiet: bool) -> Comment:
    """Saves comment, decision and the mail to send in one transaction: all of them or none."""
    comment.findings = [each.as_json() for each in verdict.findings]
    reason, told = verdict.told or verdict.words, bool(verdict.told)
    try:
        with transaction.atomic():
            comment.state = verdict.state
            comment.save()
            _explain(comment, reason, by=None, told=told)
            addresses.keep(comment, address)
            # Mail only to people: what fills the trap would have us write to strangers.
            if verdict.state == Comment.State.HELD and not quiet:
                tell_writer_it_was_received(comment)
    except IntegrityError as mistake:
        if isinstance(mistake.__cause__, ForeignKeyViolation):
            raise Refused(
                {"form": gettext("The article or comment is not there any more.")}
            ) from mistake
        if comment.form_id is None:
            raise
        # The same form was being sent by two requests at once, and the other one won.
        return Comment.objects.get(form_id=comment.form_id)
    return comment


def _record(comment: Comment, state: Comment.State, reason: str, *, by: User | None) -> None:
    comment.state = state
    comment.save(update_fields=["state"])
    _explain(comment, reason, by=by)


def _explain(comment: Comment, reason: str, *, by: User | None, told: bool = False) -> None:
    """The row that says why the comment is in its state."""
    Moderation.objects.create(
        comment=comment, decision=comment.state, reason=reason[:500], told=told, made_by=by
    )


def _already_sent(form_id: UUID, text: str, parent: Comment | None) -> Comment | None:
    """The comment sent with this form before.

    Raises:
        Refused: the form was used for other words, which must not get lost.
    """
    first = Comment.objects.filter(form_id=form_id).first()
    if first and (first.text, first.parent) != (_with_plain_breaks(text), parent):
        sentence = gettext(
            "A comment was sent with this form already, and it is kept. "
            "Send again to add these words as another one."
        )
        raise Refused({"used": sentence})
    return first


def _refuse_unstorable(**fields: str) -> None:
    problems = {}
    for field, value in fields.items():
        try:
            refuse_unstorable(value)
        except ValidationError as mistake:
            problems[field] = mistake.messages[0]
    if problems:
        raise Refused(problems)


def _refuse_closed(article: Article, parent: Comment | None) -> None:
    if not article.is_published:
        sentence = gettext("This article is not on the site, so it takes no comments.")
        raise Refused({"form": sentence})
    if not article.comments_open:
        raise Refused({"form": gettext("Comments on this article are closed.")})
    if parent is None:
        return
    if parent.article_id != article.pk:
        raise Refused({"form": gettext("The comment you answer stands below another article.")})
    if not parent.is_visible:
        sentence = gettext(
            "The comment you answer is no longer there. You can send yours on its own."
        )
        raise Refused({"parent": sentence})


def _refuse_hasty(article: Article, form_age: timedelta | None, address: str | None) -> None:
    if form_age is not None and limits.is_too_quick(form_age):
        sentence = gettext("That was very quick; please wait a moment and send it again.")
        raise Refused({"form": sentence})
    if address is not None and limits.too_many(article, address):
        sentence = gettext(
            "Many comments came in just now; please wait ten minutes and send it again."
        )
        raise Refused({"form": sentence}, busy=True)


def _refuse_unfit(comment: Comment) -> None:
    problems: dict[str, str] = {}
    try:
        comment.clean_fields(exclude=["article", "parent", "user", "form_id"])
    except ValidationError as mistake:
        problems = {field: found[0] for field, found in mistake.message_dict.items()}
    if comment.user is None:
        problems |= _problems_of_guest(comment, address_is_sound="email" not in problems)
    if not comment.text:
        problems["text"] = gettext("Please write a comment.")
    elif len(comment.text) > TEXT_MAX_LENGTH:
        problems["text"] = gettext(
            "The comment has %(count)s characters; at most %(most)s can be kept, please shorten it."
        ) % {"count": f"{len(comment.text):,}", "most": f"{TEXT_MAX_LENGTH:,}"}
    if problems:
        raise Refused(problems)


def _problems_of_guest(comment: Comment, *, address_is_sound: bool) -> dict[str, str]:
    problems = {}
    if not comment.name:
        problems["name"] = gettext("Please write your name.")
    elif len(comment.name) > NAME_MAX_LENGTH:
        problems["name"] = gettext("A name may have %(most)d characters; please shorten yours.") % {
            "most": NAME_MAX_LENGTH
        }
    elif belongs_to_newsroom(comment.name):
        problems["name"] = gettext(
            "A member of the newsroom has this name. If it is you, please sign in; "
            "if not, add something that tells you apart."
        )
    if not comment.email:
        problems["email"] = gettext("Please write your e-mail address; it is never shown.")
    elif not address_is_sound:
        problems["email"] = gettext(
            "No mail can be sent to this address; it should be like name@example.org."
        )
    return problems


def _with_plain_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
