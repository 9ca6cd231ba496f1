"""Asks Akismet, and decides again with the answer."""

from typing import Final

from django.db import transaction

from articles.comments import job_queue
from articles.comments.akismet import client, pending
from articles.comments.akismet.models import AkismetResult
from articles.comments.bans import identifiers
from articles.comments.models import Comment, ModerationDecision
from articles.comments.screening import pipeline
from articles.comments.screening.checks import TAKEN_FOR_SPAM
from articles.comments.screening.models import Action, Check, ScreeningRule
from articles.comments.screening.pipeline import Details, Event
from articles.comments.screening.submission import Finding
from iria.core.http.safe_client import RequestFailed

NOT_ASKED: Final = "Akismet could not be asked: {why}"
OFF: Final = "the rule was turned off."
FROM_NOWHERE: Final = "the IP address of the comment is not known."


def ask_about(comment_id: int) -> None:
    """Asks, and decides again. Where nothing comes of it the comment is left to the moderators.

    Raises:
        RequestFailed: try again later; until then the comment says that it could not be asked.
    """
    comment = Comment.objects.select_related("article", "user").filter(pk=comment_id).first()
    if comment is None or not client.concerns(comment):
        return
    rule, address = client.rule(), identifiers.ip_address_of(comment)
    if rule is None or not address:
        _not_asked(comment, rule, OFF if rule is None else FROM_NOWHERE)
        return
    try:
        spam = client.is_spam(comment, address)
    except RequestFailed as trouble:
        _not_asked(comment, rule, str(trouble))
        raise
    action = rule.action if spam else Action.ALLOW.value
    _record(
        comment, Finding(Check.AKISMET, action, TAKEN_FOR_SPAM if spam else pending.NO_SPAM), spam
    )


def report_decision(moderation_id: int) -> None:
    """Tells Akismet of a decision that says the contrary of its answer, once.

    Raises:
        RequestFailed: try again later.
    """
    rows = ModerationDecision.objects.by_people().filter(pk=moderation_id, ban=None)
    row = rows.select_related("comment__article", "comment__user").first()
    rule = client.rule()
    if (
        row is None
        or rule is None
        or not rule.reports_corrections
        or row.comment.state != row.decision
    ):
        return
    opinion = AkismetResult.objects.filter(comment=row.comment_id, spam__isnull=False).first()
    spam = row.decision == Comment.State.SPAM
    correction = "spam" if spam else "ham"
    if opinion is None or opinion.spam == spam or opinion.correction == correction:
        return
    if address := identifiers.ip_address_of(row.comment):
        client.report(row.comment, address, spam=spam)
        AkismetResult.objects.filter(pk=opinion.pk).update(correction=correction)


def _not_asked(comment: Comment, rule: ScreeningRule | None, why: str) -> None:
    action = Action.ALLOW if rule and rule.action == Action.ALLOW else Action.HOLD
    _record(comment, Finding(Check.AKISMET, action, NOT_ASKED.format(why=why)), None)


def _record(asked: Comment, answer: Finding, spam: bool | None) -> None:
    """Saves the answer and decides again.

    Text that was edited meanwhile is asked about by a job of its own.
    """
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=asked.pk)
        if current.edited_at != asked.edited_at or not client.concerns(current):
            return
        was_awaited = pending.is_awaited(current)
        AkismetResult.objects.update_or_create(comment=current, defaults={"spam": spam})
        decision = pipeline.decide(current, Event.AKISMET_ANSWERED, Details(akismet=answer))
        row = pipeline.apply(current, decision)
        if row is None and was_awaited and current.state == Comment.State.PENDING:
            job_queue.enqueue_received(current)
