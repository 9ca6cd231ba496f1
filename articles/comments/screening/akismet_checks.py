"""Checks comments with Akismet, and decides again with the result."""

from typing import Final

from django.db import transaction

from articles.comments import job_queue
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import ban_matching
from articles.comments.screening import akismet, pipeline
from articles.comments.screening.checks import TAKEN_FOR_SPAM, Finding
from articles.comments.screening.models import Action, AkismetResult, Check, ScreeningRule
from articles.comments.screening.pipeline import Details, Event
from iria.core.http.safe_client import RequestFailed

NOT_ASKED: Final = "Akismet could not be asked: {why}"
RULE_OFF: Final = "the rule was turned off."
NO_IP_ADDRESS: Final = "the IP address of the comment is not known."


def ask_about(comment_id: int) -> None:
    """Checks a comment and decides again. Without a result the comment stays pending.

    Raises:
        RequestFailed: try again later; until then the failure is noted with the comment.
    """
    comment = Comment.objects.select_related("article", "user").filter(pk=comment_id).first()
    if comment is None or not akismet.can_be_checked(comment):
        return
    rule, ip_address = akismet.active_rule(), ban_matching.ip_address_of(comment)
    if rule is None or not ip_address:
        _record_failure(comment, rule, RULE_OFF if rule is None else NO_IP_ADDRESS)
        return
    try:
        spam = akismet.is_spam(comment, ip_address)
    except RequestFailed as error:
        _record_failure(comment, rule, str(error))
        raise
    action = rule.action if spam else Action.ALLOW.value
    _record(
        comment, Finding(Check.AKISMET, action, TAKEN_FOR_SPAM if spam else akismet.NO_SPAM), spam
    )


def report_decision(moderation_id: int) -> None:
    """Reports a decision to Akismet that contradicts its result, once.

    Raises:
        RequestFailed: try again later.
    """
    rows = ModerationDecision.objects.by_people().filter(pk=moderation_id, ban=None)
    row = rows.select_related("comment__article", "comment__user").first()
    rule = akismet.active_rule()
    if (
        row is None
        or rule is None
        or not rule.reports_corrections
        or row.comment.state != row.decision
    ):
        return
    result = AkismetResult.objects.filter(comment=row.comment_id, spam__isnull=False).first()
    spam = row.decision == Comment.State.SPAM
    correction = "spam" if spam else "ham"
    if result is None or result.spam == spam or result.correction == correction:
        return
    if ip_address := ban_matching.ip_address_of(row.comment):
        akismet.report(row.comment, ip_address, spam=spam)
        AkismetResult.objects.filter(pk=result.pk).update(correction=correction)


def _record_failure(comment: Comment, rule: ScreeningRule | None, reason: str) -> None:
    action = Action.ALLOW if rule and rule.action == Action.ALLOW else Action.HOLD
    _record(comment, Finding(Check.AKISMET, action, NOT_ASKED.format(why=reason)), None)


def _record(checked: Comment, finding: Finding, spam: bool | None) -> None:
    """Saves the result and decides again.

    If the text was edited meanwhile, nothing is saved: another job checks the new text.
    """
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=checked.pk)
        if current.edited_at != checked.edited_at or not akismet.can_be_checked(current):
            return
        was_pending = akismet.is_pending(current)
        AkismetResult.objects.update_or_create(comment=current, defaults={"spam": spam})
        decision = pipeline.decide(current, Event.AKISMET_ANSWERED, Details(akismet=finding))
        row = pipeline.apply(current, decision)
        if row is None and was_pending and current.state == Comment.State.PENDING:
            job_queue.enqueue_received(current)
