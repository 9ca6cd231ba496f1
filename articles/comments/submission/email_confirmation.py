"""A guest's comment that waits until its address is confirmed."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from articles.comments.akismet import pending
from articles.comments.bans import identifiers
from articles.comments.models import Comment, Moderation
from articles.comments.notifications import follows
from articles.comments.screening.engine import screen
from articles.comments.submission.comment_policy import admission, as_admitted
from iria.publication.models import current_publication

KEPT_FOR: Final = timedelta(days=7)
TRIED_FOR: Final = timedelta(hours=12)
NOT_REACHED: Final = "Its address is not confirmed: no mail could be sent to it."


def confirm(comment: Comment) -> bool:
    """Puts the comment before the rules; True the first time, since a link can be opened twice."""
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.UNCONFIRMED:
            # A moderator may have it already; whose address it is, is known now all the same.
            unproven = Comment.objects.filter(pk=current.pk, address_confirmed_at=None)
            unproven.update(address_confirmed_at=timezone.now())
            comment.refresh_from_db()
            return False
        standing = admission(current.article, current_publication())
        # Where it came from and what stood in the trap was seen when it came, and still counts.
        look = screen(current, trap="", address=identifiers.address_of(current))
        verdict = as_admitted(look.and_before(current.findings), standing, current)
        verdict = pending.until_answered(verdict, current)
        current.state = verdict.state
        current.findings = [each.as_json() for each in verdict.findings]
        current.address_confirmed_at = timezone.now()
        current.save(update_fields=["state", "findings", "address_confirmed_at"])
        row = Moderation.objects.create(
            comment=current,
            decision=current.state,
            reason=(verdict.told or f"Its writer confirmed the address. {verdict.words}")[:500],
            told=bool(verdict.told),
        )
        pending.ask(current, row)
        follows.confirm_with(current)
    comment.refresh_from_db()
    return True


def hold_unasked(comment: Comment, because: str) -> None:
    """Puts a comment before a moderator whose writer cannot be asked; else nobody would ever see it."""
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.UNCONFIRMED:
            return
        current.state = Comment.State.PENDING
        current.save(update_fields=["state"])
        Moderation.objects.create(comment=current, decision=current.state, reason=because)


def hold_unreached() -> int:
    """Puts before a moderator what no mail could ask about for half a day; how many."""
    before = timezone.now() - TRIED_FOR
    waiting = Comment.objects.filter(state=Comment.State.UNCONFIRMED, asked_at=None)
    unreached = list(waiting.filter(created_at__lt=before)[:1000])
    for comment in unreached:
        hold_unasked(comment, NOT_REACHED)
    return len(unreached)


def forget_unconfirmed() -> int:
    """Removes what nobody confirmed within a week of being asked, with the address; how many.

    Only where a mail left us: a mail server that was away for a week costs nobody their words.
    """
    old = Comment.objects.filter(
        state=Comment.State.UNCONFIRMED, asked_at__lt=timezone.now() - KEPT_FOR
    )
    removed = 0
    for pk in old.values_list("pk", flat=True)[:1000]:
        # One by one and looked at again: somebody may be confirming it at this moment.
        removed += bool(Comment.objects.filter(pk=pk, state=Comment.State.UNCONFIRMED).delete()[0])
    return removed
