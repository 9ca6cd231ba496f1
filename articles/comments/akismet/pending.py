"""Comments whose answer from Akismet is still to come."""

from typing import Final

from articles.comments import job_queue
from articles.comments.akismet import client
from articles.comments.akismet.models import AkismetResult
from articles.comments.models import Comment, ModerationDecision
from articles.comments.screening.models import Action, Check
from articles.comments.screening.submission import Finding

AWAITED: Final = "Akismet is being asked whether it is spam."
NO_SPAM: Final = "Akismet does not consider it spam."


def finding_for(comment: Comment) -> Finding | None:
    """Keeps a comment pending until the answer; None where Akismet decides nothing."""
    rule = client.rule() if client.concerns_writer(comment) else None
    if rule is None or rule.action == Action.ALLOW:
        return None
    return Finding(Check.AKISMET, Action.HOLD, AWAITED)


def ask(comment: Comment, row: ModerationDecision | None) -> None:
    """Within the transaction that saves new text: queues the question.

    Args:
        row: the decision about the new text, if there is one.
    """
    if not client.concerns(comment) or client.rule() is None:
        return
    asked: dict[str, object] = {"spam": None, "correction": ""}
    if row is not None:
        asked["pending_decision"] = row if is_awaited(comment) else None
    AkismetResult.objects.update_or_create(comment=comment, defaults=asked)
    job_queue.enqueue_akismet(comment)


def is_awaited(comment: Comment) -> bool:
    """Whether the comment is pending only because the answer is still to come."""
    return any(each["says"] == AWAITED for each in comment.screening_results)


def awaits_result(comment: Comment, row: ModerationDecision) -> bool:
    """Whether a decision keeps the comment pending only until Akismet has answered."""
    return AkismetResult.objects.filter(comment=comment, pending_decision=row).exists()
