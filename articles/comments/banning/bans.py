"""Banning and suspending a writer from a comment of theirs, and ending it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from articles.comments import moderation
from articles.comments.banning import addresses, networks
from articles.comments.banning.matching import marks_of
from articles.comments.banning.models import Ban, SealedAddress
from articles.comments.models import Comment


class Refused(Exception):
    """The ban was not made; the sentence says why."""


def ban(
    comment: Comment,
    *,
    kinds: Collection[str],
    by: User,
    why: str,
    until: datetime | None = None,
    earlier: str = Ban.Earlier.LEAVE,
) -> list[Ban]:
    """Bans the writer of a comment, or suspends them until a moment; a row for each kind.

    Who was banned by the same mark before is banned anew: the earlier row ends, with its author.

    Args:
        kinds: by what the writer is known from now on (`Ban.Kind`).
        earlier: what becomes of the comments the ban would have met (`Ban.Earlier`).

    Raises:
        Refused
    """
    if not kinds:
        sentence = "Choose by what the writer is to be known."
        raise Refused(sentence)
    if until is not None and until <= timezone.now():
        sentence = "The end of a suspension lies in the future."
        raise Refused(sentence)
    if _is_of_the_newsroom(comment):
        sentence = "A member of the newsroom cannot be banned from here; ask an administrator."
        raise Refused(sentence)
    known = dict(marks_of(comment, addresses.address_of(comment)))
    if missing := [Ban.Kind(kind).label for kind in kinds if kind not in known]:
        sentence = f"Of this comment no {' and no '.join(missing).lower()} is kept."
        raise Refused(sentence)
    with transaction.atomic():
        made = []
        for kind in kinds:
            _end(Ban.objects.filter(kind=kind, value=known[kind], ended_at=None), by=by)
            made.append(
                Ban.objects.create(
                    kind=kind,
                    value=known[kind],
                    user=comment.user if kind == Ban.Kind.ACCOUNT else None,
                    label=comment.public_name,
                    until=until,
                    why=why.strip(),
                    earlier=earlier,
                    comment=comment,
                    made_by=by,
                )
            )
        _deal_with_earlier(comment, made, by=by)
    return made


def lift(ban: Ban, *, by: User) -> bool:
    """Ends a ban before its time; False where it had ended already."""
    return bool(_end(Ban.objects.filter(pk=ban.pk, ended_at=None), by=by))


def end_those_over() -> int:
    """What ran out gives up what it held; how many. The worker does this every day."""
    over = Ban.objects.filter(until__lte=timezone.now(), ended_at=None)
    return over.update(ended_at=F("until"), value="", user=None)


def _end(bans: "Iterable[Ban]", *, by: User) -> int:
    pks = [each.pk for each in bans]
    ending = Ban.objects.filter(pk__in=pks, ended_at=None)
    return ending.update(ended_at=timezone.now(), ended_by=by, value="", user=None)


def _is_of_the_newsroom(comment: Comment) -> bool:
    email = comment.user.email if comment.user else comment.email
    return User.objects.filter(is_staff=True, email__iexact=email).exists()


def _deal_with_earlier(comment: Comment, made: list[Ban], *, by: User) -> None:
    earlier = Ban.Earlier(made[0].earlier)
    if earlier == Ban.Earlier.LEAVE:
        return
    states = [Comment.State.HELD]
    if earlier != Ban.Earlier.HELD:
        states += [Comment.State.APPROVED]
    decision = Comment.State.SPAM if earlier == Ban.Earlier.SPAM else Comment.State.REJECTED
    for each in _meant_by(made).filter(state__in=states).select_related("user"):
        moderation.decide(
            each, decision, by=by, reason=made[0].why, quiet=True, ban=made[0], whoever_has_it=True
        )


def _meant_by(made: list[Ban]) -> "moderation.Comments":
    """The comments that these bans would have met."""
    meant = Q(pk__in=[])
    for ban in made:
        if ban.kind == Ban.Kind.ACCOUNT:
            meant |= Q(user=ban.value)
        elif ban.kind == Ban.Kind.EMAIL:
            meant |= Q(user=None, email__iexact=ban.value) | Q(user__email__iexact=ban.value)
        elif ban.kind == Ban.Kind.NAME:
            meant |= Q(user=None, name=ban.label)
        else:
            meant |= Q(pk__in=_sent_from(ban))
    return Comment.objects.filter(meant)


def _sent_from(ban: Ban) -> list[int]:
    """The comments of the last thirty days that came from there; their addresses are opened for it."""
    compared = networks.one_address if ban.kind == Ban.Kind.ADDRESS else networks.network
    kept = SealedAddress.objects.filter(kept_until__gt=timezone.now())
    return [
        each.comment_id
        for each in kept.iterator(chunk_size=1000)
        if compared(addresses.opened(each)) == ban.value
    ]
