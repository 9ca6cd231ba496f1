"""Comments that are waiting for the result of Akismet."""

from typing import Final

from articles.comments import job_queue
from articles.comments.akismet import client
from articles.comments.akismet.models import AkismetResult
from articles.comments.models import Comment, ModerationDecision
from articles.comments.screening.models import Action, Check
from articles.comments.screening.submission import Finding

PENDING_MESSAGE: Final = "Akismet is being asked whether it is spam."
NO_SPAM: Final = "Akismet does not consider it spam."


def finding_for(comment: Comment) -> Finding | None:
    """Returns a finding that keeps a comment pending until the result; None if Akismet has no say."""
    rule = client.rule() if client.is_commenter_checked(comment) else None
    if rule is None or rule.action == Action.ALLOW:
        return None
    return Finding(Check.AKISMET, Action.HOLD, PENDING_MESSAGE)


def enqueue(comment: Comment, row: ModerationDecision | None) -> None:
    """Queues the check of new text; called in the transaction that saves it.

    Args:
        row: the decision about the new text, if there is one.
    """
    if not client.can_be_checked(comment) or client.rule() is None:
        return
    values: dict[str, object] = {"spam": None, "correction": ""}
    if row is not None:
        values["pending_decision"] = row if is_pending(comment) else None
    AkismetResult.objects.update_or_create(comment=comment, defaults=values)
    job_queue.enqueue_akismet(comment)


def is_pending(comment: Comment) -> bool:
    """Whether the comment is pending only because the result is missing."""
    return any(each["says"] == PENDING_MESSAGE for each in comment.screening_results)


def awaits_result(comment: Comment, row: ModerationDecision) -> bool:
    """Whether a decision keeps the comment pending only until the result."""
    return AkismetResult.objects.filter(comment=comment, pending_decision=row).exists()
