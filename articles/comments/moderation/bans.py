"""Banning and suspending a commenter from one of their comments, and removing bans."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import ban_matching, decisions
from articles.comments.moderation.ban_matching import identifiers_of
from articles.comments.moderation.models import Ban, EncryptedIPAddress
from articles.comments.screening.word_matching import folded

BAN_REMOVED: Final = "The ban was removed."


class BanError(Exception):
    """The ban was not created; the message says why."""


def ban(
    comment: Comment,
    *,
    kinds: Collection[str],
    by: User,
    reason: str,
    expires_at: datetime | None = None,
    existing_comments: str = Ban.ExistingComments.KEEP,
) -> list[Ban]:
    """Bans the commenter of a comment, or suspends them until `expires_at`; a row for each kind.

    An earlier ban of the same identifier ends and is replaced.

    Args:
        kinds: the identifiers to ban (`Ban.Kind`).
        existing_comments: what happens to comments that the ban would have matched
            (`Ban.ExistingComments`).

    Raises:
        BanError
    """
    identifiers_by_kind = dict(identifiers_of(comment, ban_matching.ip_address_of(comment)))
    _validate(comment, kinds, identifiers_by_kind, expires_at)
    try:
        with transaction.atomic():
            created = [
                _create(
                    comment,
                    kind,
                    identifiers_by_kind[kind],
                    by=by,
                    reason=reason.strip(),
                    expires_at=expires_at,
                    existing_comments=existing_comments,
                )
                for kind in kinds
            ]
            _apply_to_existing(identifiers_by_kind, created, by=by)
    except IntegrityError as error:
        raise BanError(
            "Another moderator has just banned this commenter. Check their ban first."
        ) from error
    return created


def _validate(
    comment: Comment,
    kinds: Collection[str],
    identifiers_by_kind: dict[str, str],
    expires_at: datetime | None,
) -> None:
    if not kinds:
        raise BanError("Choose at least one way to identify the commenter.")
    if expires_at is not None and expires_at <= timezone.now():
        raise BanError("The suspension must end in the future.")
    if _is_newsroom_member(comment, kinds):
        raise BanError("Members of the newsroom cannot be banned here. Ask an administrator.")
    if missing := [Ban.Kind(kind).label for kind in kinds if kind not in identifiers_by_kind]:
        raise BanError(f"Not stored for this comment: {', '.join(missing)}.")


def _create(comment: Comment, kind: str, plain: str, *, by: User, **fields: Any) -> Ban:
    """Creates a ban, and ends an earlier one of the same identifier.

    A ban by e-mail address keeps the account of an earlier one, since a guest may enter any address.
    """
    earlier = Ban.objects.filter(
        kind=kind, value__in=ban_matching.stored_values(kind, plain), ended_at=None
    )
    user = comment.user if kind in {Ban.Kind.ACCOUNT, Ban.Kind.EMAIL} else None
    if kind == Ban.Kind.EMAIL and user is None:
        before = earlier.filter(user__isnull=False).select_related("user").first()
        user = before.user if before else None
    _end(earlier, by=by)
    return Ban.objects.create(
        kind=kind,
        value=ban_matching.stored_value(kind, plain),
        masked_value=ban_matching.masked_value(kind, plain, comment.public_name),
        user=user,
        label=comment.public_name,
        comment=comment,
        created_by=by,
        **fields,
    )


def remove_ban(ban: Ban, *, by: User) -> bool:
    """Ends a ban early; returns False if it has already ended."""
    return bool(_end(Ban.objects.filter(pk=ban.pk, ended_at=None), by=by))


def restore_comments(ban: Ban, *, by: User) -> int:
    """Restores the comments that a ban decided about, and logs each; returns how many.

    Comments that somebody has decided about since then are left as they are.
    """
    restored = 0
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
                reason=BAN_REMOVED,
                quiet=True,
                ignore_claim=True,
            )
        except decisions.DecidedMeanwhile:
            continue
        restored += row is not None
    return restored


def end_expired() -> int:
    """Ends expired bans and erases their identifiers; returns how many. Called daily by the worker."""
    expired = Ban.objects.filter(expires_at__lte=timezone.now(), ended_at=None)
    return expired.update(ended_at=F("expires_at"), value="", masked_value="", user=None)


def _end(bans: "Iterable[Ban]", *, by: User) -> int:
    pks = [each.pk for each in bans]
    active = Ban.objects.filter(pk__in=pks, ended_at=None)
    return active.update(ended_at=timezone.now(), ended_by=by, value="", masked_value="", user=None)


def _is_newsroom_member(comment: Comment, kinds: Collection[str]) -> bool:
    """Whether the ban would match a member of the newsroom, even if a guest only entered the address."""
    if comment.user:
        return comment.user.is_staff
    staff = User.objects.with_email(comment.email).filter(is_staff=True)
    return Ban.Kind.EMAIL in kinds and staff.exists()


def _apply_to_existing(identifiers_by_kind: dict[str, str], bans: list[Ban], *, by: User) -> None:
    policy = Ban.ExistingComments(bans[0].existing_comments)
    if policy == Ban.ExistingComments.KEEP:
        return
    states = [Comment.State.PENDING]
    if policy != Ban.ExistingComments.REJECT_PENDING:
        states += [Comment.State.APPROVED]
    decision = Comment.State.SPAM if policy == Ban.ExistingComments.SPAM else Comment.State.REJECTED
    # Always locked in the same order, so that two moderators cannot cause a deadlock.
    comments = (
        _matching_comments(identifiers_by_kind, bans)
        .filter(state__in=states)
        .select_related("user")
        .order_by("pk")
    )
    for comment in comments:
        decisions.decide(
            comment,
            decision,
            by=by,
            reason=bans[0].reason,
            quiet=True,
            ban=bans[0],
            ignore_claim=True,
        )


def _matching_comments(
    identifiers_by_kind: dict[str, str], bans: list[Ban]
) -> "decisions.Comments":
    """Returns the comments that new bans match. Later this is not possible, because only hashes are stored."""
    matches = Q(pk__in=[])
    for ban in bans:
        plain = identifiers_by_kind[ban.kind]
        if ban.kind == Ban.Kind.ACCOUNT:
            matches |= Q(user=plain)
        elif ban.kind == Ban.Kind.EMAIL:
            matches |= Q(user=None, email__iexact=plain)
            if ban.user_id:
                matches |= Q(user__email__iexact=plain)
        elif ban.kind == Ban.Kind.NAME:
            matches |= Q(user=None, name__in=_matching_names(plain))
        else:
            matches |= Q(pk__in=_ids_from(ban.kind, plain))
    return Comment.objects.filter(matches)


def _matching_names(folded_name: str) -> list[str]:
    """Returns the names of guests that match a banned name in any spelling."""
    names = Comment.objects.filter(user=None).order_by().values_list("name", flat=True).distinct()
    return [name for name in names.iterator(chunk_size=1000) if folded(name) == folded_name]


def _ids_from(kind: str, plain: str) -> list[int]:
    """Returns the ids of comments from an IP address or network; decrypts the stored addresses."""
    normalise = (
        ban_matching.single_ip_address if kind == Ban.Kind.IP_ADDRESS else ban_matching.network
    )
    stored = EncryptedIPAddress.objects.filter(expires_at__gt=timezone.now())
    return [
        each.comment_id
        for each in stored.iterator(chunk_size=1000)
        if normalise(ban_matching.decrypt_ip_address(each)) == plain
    ]
