"""Between a comment that came and the answer about it."""

from typing import Final

from articles.comments.akismet import client, job_queue
from articles.comments.akismet.models import AkismetOpinion
from articles.comments.models import Comment, Moderation
from articles.comments.screening.engine import Verdict
from articles.comments.screening.models import Action, Check
from articles.comments.screening.submission import Finding

BEING_ASKED: Final = "Akismet is being asked whether it is spam."


def until_answered(verdict: Verdict, comment: Comment) -> Verdict:
    """What no rule objects to waits for the answer, where anything could follow from it."""
    if verdict.state != Comment.State.APPROVED:
        return verdict
    rule = client.rule() if client.concerns_writer(comment) else None
    if rule is None or rule.action == Action.ALLOW:
        return verdict
    finding = Finding(Check.AKISMET, Action.HOLD, BEING_ASKED)
    return Verdict(Comment.State.PENDING, (*verdict.findings, finding))


def ask(comment: Comment, row: Moderation | None) -> None:
    """Within the transaction that keeps new words: has the worker ask about them.

    Args:
        row: the decision that came with them, if one did.
    """
    if not client.concerns(comment) or client.rule() is None:
        return
    asked: dict[str, object] = {"spam": None, "told": ""}
    if row is not None:
        asked["holding"] = row if waits(comment) else None
    AkismetOpinion.objects.update_or_create(comment=comment, defaults=asked)
    job_queue.ask_about(comment)


def waits(comment: Comment) -> bool:
    """Whether it is held for nothing but the answer, which is still to come."""
    return any(each["says"] == BEING_ASKED for each in comment.findings)
