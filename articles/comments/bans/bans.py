"""Banning and suspending a commenter from one of their comments, and removing bans."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from articles.comments.bans import identifiers
from articles.comments.bans.matching import marks_of
from articles.comments.bans.models import Ban, EncryptedIPAddress
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.screening.word_matching import folded

LIFTED: Final = "The ban was removed."


class BanError(Exception):
    """The ban was not made; the sentence says why."""


def ban(
    comment: Comment,
    *,
    kinds: Collection[str],
    by: User,
    reason: str,
    expires_at: datetime | None = None,
    existing_comments: str = Ban.ExistingComments.KEEP,
) -> list[Ban]:
    """Bans the commenter of a comment, or suspends them until a moment; a row for each kind.

    Who was banned by the same mark before is banned anew: the earlier row ends, with its author.

    Args:
        kinds: by what the commenter is known from now on (`Ban.Kind`).
        existing_comments: what becomes of the comments the ban would have met (`Ban.Earlier`).

    Raises:
        Refused
    """
    known = dict(marks_of(comment, identifiers.ip_address_of(comment)))
    _validate(comment, kinds, known, expires_at)
    try:
        with transaction.atomic():
            made = [
                _made(
                    comment,
                    kind,
                    known[kind],
                    by=by,
                    reason=reason.strip(),
                    expires_at=expires_at,
                    existing_comments=existing_comments,
                )
                for kind in kinds
            ]
            _deal_with_earlier(known, made, by=by)
    except IntegrityError as mistake:
        sentence = "Another moderator has just banned this commenter. Check their ban first."
        raise BanError(sentence) from mistake
    return made


def _validate(
    comment: Comment, kinds: Collection[str], known: dict[str, str], expires_at: datetime | None
) -> None:
    if not kinds:
        sentence = "Choose at least one way to identify the commenter."
        raise BanError(sentence)
    if expires_at is not None and expires_at <= timezone.now():
        sentence = "The suspension must end in the future."
        raise BanError(sentence)
    if _is_of_the_newsroom(comment, kinds):
        sentence = "Members of the newsroom cannot be banned here. Ask an administrator."
        raise BanError(sentence)
    if missing := [Ban.Kind(kind).label for kind in kinds if kind not in known]:
        sentence = f"Not stored for this comment: {', '.join(missing)}."
        raise BanError(sentence)


def _made(comment: Comment, kind: str, plain: str, *, by: User, **words: Any) -> Ban:
    """One ban active, in the place of an earlier one by the same mark.

    A ban by address is an account's where the address was an account's: a guest may have typed it.
    """
    same = Ban.objects.filter(
        kind=kind, value__in=identifiers.stored_as(kind, plain), ended_at=None
    )
    whose = comment.user if kind in {Ban.Kind.ACCOUNT, Ban.Kind.EMAIL} else None
    if kind == Ban.Kind.EMAIL and whose is None:
        before = same.filter(user__isnull=False).select_related("user").first()
        whose = before.user if before else None
    _end(same, by=by)
    return Ban.objects.create(
        kind=kind,
        value=identifiers.stored_identifiers(kind, plain),
        masked_value=identifiers.masked_value(kind, plain, comment.public_name),
        user=whose,
        label=comment.public_name,
        comment=comment,
        created_by=by,
        **words,
    )


def remove_ban(ban: Ban, *, by: User) -> bool:
    """Ends a ban before its time; False where it had ended already."""
    return bool(_end(Ban.objects.filter(pk=ban.pk, ended_at=None), by=by))


def restore_comments(ban: Ban, *, by: User) -> int:
    """Takes back what a ban decided about comments, each with a row of its own; how many.

    Only where nothing was decided since: somebody looked at those.
    """
    number = 0
    comments = Comment.objects.filter(moderations__ban=ban).select_related("user").order_by("pk")
    for comment in comments.distinct():
        latest, *before = comment.moderations.order_by("-pk")[:2]
        if latest.ban_id != ban.pk or not before:
            continue
        try:
            row = decisions.decide(
                comment,
                Comment.State(before[0].decision),
                by=by,
                seen=comment.change_token,
                reason=LIFTED,
                quiet=True,
                whoever_has_it=True,
            )
        except decisions.DecidedMeanwhile:
            continue
        number += row is not None
    return number


def end_those_over() -> int:
    """What ran out gives up what it held; how many. The worker does this every day."""
    over = Ban.objects.filter(expires_at__lte=timezone.now(), ended_at=None)
    return over.update(ended_at=F("expires_at"), value="", masked_value="", user=None)


def _end(bans: "Iterable[Ban]", *, by: User) -> int:
    pks = [each.pk for each in bans]
    ending = Ban.objects.filter(pk__in=pks, ended_at=None)
    return ending.update(ended_at=timezone.now(), ended_by=by, value="", masked_value="", user=None)


def _is_of_the_newsroom(comment: Comment, kinds: Collection[str]) -> bool:
    """What a guest typed proves nothing, but nobody is to be banned by a colleague's address."""
    if comment.user:
        return comment.user.is_staff
    colleagues = User.objects.filter(is_staff=True, email__iexact=comment.email)
    return Ban.Kind.EMAIL in kinds and colleagues.exists()


def _deal_with_earlier(known: dict[str, str], made: list[Ban], *, by: User) -> None:
    earlier = Ban.ExistingComments(made[0].existing_comments)
    if earlier == Ban.ExistingComments.KEEP:
        return
    states = [Comment.State.PENDING]
    if earlier != Ban.ExistingComments.REJECT_PENDING:
        states += [Comment.State.APPROVED]
    decision = (
        Comment.State.SPAM if earlier == Ban.ExistingComments.SPAM else Comment.State.REJECTED
    )
    # Always in one order: two moderators at once wait for each other, and not both.
    meant = _meant_by(known, made).filter(state__in=states).select_related("user").order_by("pk")
    for each in meant:
        decisions.decide(
            each,
            decision,
            by=by,
            reason=made[0].reason,
            quiet=True,
            ban=made[0],
            whoever_has_it=True,
        )


def _meant_by(known: dict[str, str], made: list[Ban]) -> "decisions.Comments":
    """The comments that these bans would have met; what they compare is known at this moment alone."""
    meant = Q(pk__in=[])
    for ban in made:
        plain = known[ban.kind]
        if ban.kind == Ban.Kind.ACCOUNT:
            meant |= Q(user=plain)
        elif ban.kind == Ban.Kind.EMAIL:
            meant |= Q(user=None, email__iexact=plain)
            if ban.user_id:
                meant |= Q(user__email__iexact=plain)
        elif ban.kind == Ban.Kind.NAME:
            meant |= Q(user=None, name__in=_names_like(plain))
        else:
            meant |= Q(pk__in=_sent_from(ban.kind, plain))
    return Comment.objects.filter(meant)


def _names_like(wanted: str) -> list[str]:
    """The names of guests that the ban of a name meets, however they are written."""
    names = Comment.objects.filter(user=None).order_by().values_list("name", flat=True).distinct()
    return [name for name in names.iterator(chunk_size=1000) if folded(name) == wanted]


def _sent_from(kind: str, plain: str) -> list[int]:
    """The comments of the last thirty days that came from there; their addresses are opened for it."""
    compared = identifiers.single_ip_address if kind == Ban.Kind.IP_ADDRESS else identifiers.network
    kept = EncryptedIPAddress.objects.filter(expires_at__gt=timezone.now())
    return [
        each.comment_id
        for each in kept.iterator(chunk_size=1000)
        if compared(identifiers.opened(each)) == plain
    ]
