"""All automatic decisions about comments: `decide(comment) → state, reasons`.

Five steps: screening rules, comment policy, Akismet, reports by readers, e-mail confirmation.
An automatic decision can only make a state stricter, and never overrides a moderator
(`moderation.decisions`). `apply` saves the decision with its row in the moderation log.
The worker asks Akismet later, and decides again with its answer.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from django.db import transaction
from django.db.models import Count, Sum
from procrastinate import RetryStrategy

from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import ban_matching
from articles.comments.moderation.models import Flag
from articles.comments.screening import akismet
from articles.comments.screening import akismet as akismet_client
from articles.comments.screening.checks import (
    AKISMET_SPAM,
    Finding,
    Knowledge,
    ScreeningInput,
    reports,
)
from articles.comments.screening.engine import ScreeningResult, recorded, screen
from articles.comments.screening.models import Action, AkismetResult, Check, ScreeningRule
from articles.comments.submission.comment_policy import ArticlePolicy, policy_of, why_trusted
from iria.core.http.safe_client import RequestFailed
from iria.core.jobs import enqueue, job
from iria.publication.models import CommentPolicy, current_publication

State = Comment.State

UNCONFIRMED: Final = "The commenter has not confirmed the e-mail address yet."
CONFIRMED: Final = "The commenter confirmed the e-mail address."
EDITED: Final = "The commenter edited it."
PRE_MODERATED: Final = "Comments on this article are pre-moderated."
BAN_CHECKS: Final = frozenset({Check.WRITER, Check.LIKENESS})
"""The checks for bans; only these apply to trusted commenters."""
MILD_TO_STRICT: Final = [State.APPROVED, State.PENDING, State.SPAM, State.REJECTED]


class Event(Enum):
    """What causes the decision."""

    SUBMITTED = auto()
    CONFIRMED = auto()
    UNCONFIRMABLE = auto()
    """The confirmation e-mail could not be sent."""
    EDITED = auto()
    AKISMET_ANSWERED = auto()
    REPORTED = auto()


NEW_TEXT: Final = frozenset({Event.SUBMITTED, Event.CONFIRMED, Event.EDITED})
"""The events after which the text is screened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The details of an event."""

    policy: ArticlePolicy | None = None
    """The policy of the article; by default read from the database."""
    honeypot: str = ""
    ip_address: str = ""
    """The IP address of a new comment; later it is read from the database."""
    must_confirm: bool = False
    """Whether a guest has to confirm the e-mail address first."""
    akismet: Finding | None = None
    """The result of Akismet, or why the check failed."""
    reason: str = ""
    """Why the address cannot be confirmed."""


@dataclass(frozen=True, slots=True)
class Decision:
    state: Comment.State
    reasons: tuple[str, ...]
    """For moderators."""
    findings: tuple[Finding, ...]
    message: str = ""
    """For the commenter if a rule rejects the comment."""


NO_DETAILS: Final = Details()


def decide(comment: Comment, event: Event, details: Details = NO_DETAILS) -> Decision:
    """Returns the decision about a comment, without saving it."""
    if event in NEW_TEXT:
        result = _rules(comment, event, details)
        result = _policy(comment, result, details)
        result = _pending_akismet(comment, result, details)
        return _confirmation(comment, event, details, result)
    if event is Event.AKISMET_ANSWERED and details.akismet:
        return _akismet_result(comment, details.akismet)
    if event is Event.REPORTED:
        return _reports(comment)
    return Decision(State.PENDING, (details.reason,), recorded(comment))


def apply(
    comment: Comment, decision: Decision, *, fields: tuple[str, ...] = (), ask_akismet: bool = False
) -> ModerationDecision | None:
    """Saves the comment, and a log row if its state changed; needs a transaction.

    Args:
        fields: more fields of the comment to save.
        ask_akismet: whether to check new text with Akismet.
    """
    is_new = comment.pk is None
    changed = is_new or comment.state != decision.state
    comment.state = decision.state
    comment.screening_results = [each.as_json() for each in decision.findings]
    comment.save(update_fields=None if is_new else ["state", "screening_results", *fields])
    row = None
    if changed:
        row = ModerationDecision.objects.create(
            comment=comment,
            decision=comment.state,
            reason=(decision.message or " ".join(decision.reasons))[:500],
            commenter_notified=bool(decision.message),
        )
    if ask_akismet:
        akismet_client.enqueue(comment, row)
    return row


def _rules(comment: Comment, event: Event, details: Details) -> ScreeningResult:
    if event is Event.SUBMITTED:
        return screen(comment, honeypot=details.honeypot, ip_address=details.ip_address)
    result = screen(comment, ip_address=ban_matching.ip_address_of(comment))
    # The honeypot was checked at the submission, and that finding still counts.
    return result.with_earlier(recorded(comment)) if event is Event.CONFIRMED else result


def _policy(comment: Comment, result: ScreeningResult, details: Details) -> ScreeningResult:
    """Approves trusted commenters; with pre-moderation makes all others pending."""
    if reason := why_trusted(comment.user, comment.article_id):
        return _only_bans(result, reason)
    policy = details.policy or policy_of(comment.article, current_publication())
    if policy.mode != CommentPolicy.HELD or result.state != State.APPROVED:
        return result
    return ScreeningResult((*result.findings, Finding(Check.EVERYONE, Action.HOLD, PRE_MODERATED)))


def _only_bans(result: ScreeningResult, reason: str) -> ScreeningResult:
    """Lets only bans decide; the other findings are kept as notes."""
    findings = tuple(
        each if each.phase in BAN_CHECKS else Finding(each.phase, Action.ALLOW, each.says)
        for each in result.findings
    )
    if ScreeningResult(findings).state != State.APPROVED:
        return ScreeningResult(findings)
    return ScreeningResult((*findings, Finding(Check.WRITER, Action.ALLOW, reason)))


def _pending_akismet(
    comment: Comment, result: ScreeningResult, details: Details
) -> ScreeningResult:
    """Makes a comment without objections pending until the result of Akismet."""
    if details.must_confirm or result.state != State.APPROVED:
        return result
    finding = akismet_client.finding_for(comment)
    return ScreeningResult((*result.findings, finding)) if finding else result


def _confirmation(
    comment: Comment, event: Event, details: Details, result: ScreeningResult
) -> Decision:
    """Leaves the comment of a guest unconfirmed; lets an edit only make the state stricter."""
    screened = Decision(result.state, result.reasons, result.findings, result.message)
    if event is Event.SUBMITTED:
        if details.must_confirm and result.state in {State.PENDING, State.APPROVED}:
            return Decision(State.UNCONFIRMED, (UNCONFIRMED,), result.findings)
        return screened
    if event is Event.CONFIRMED:
        return Decision(result.state, (CONFIRMED, *result.reasons), result.findings, result.message)
    current = State(comment.state)
    if current == State.UNCONFIRMED:
        return Decision(current, (), recorded(comment))  # Screened after the confirmation.
    if not _is_stricter(result.state, current):
        return Decision(current, (), result.findings)
    return Decision(result.state, (EDITED, *result.reasons), result.findings, result.message)


def _akismet_result(comment: Comment, finding: Finding) -> Decision:
    """Decides with the result of Akismet, which can approve only what was pending for it."""
    others = (each for each in recorded(comment) if each.phase != Check.AKISMET)
    result = ScreeningResult((*others, finding))
    current, latest = State(comment.state), comment.moderations.first()
    may_change = latest is not None and (
        latest.created_by_id is None
        and latest.undoes_id is None
        and (_is_stricter(result.state, current) or akismet_client.awaits_result(comment, latest))
    )
    if may_change and result.state != current:
        allowed = finding.action == Action.ALLOW
        reasons = (akismet_client.NO_SPAM, *result.reasons) if allowed else (finding.says,)
        return Decision(result.state, reasons, result.findings)
    return Decision(current, (), result.findings)


def _reports(comment: Comment) -> Decision:
    """Makes a comment pending after enough reports, unless a moderator dismissed earlier ones."""
    unchanged = Decision(State(comment.state), (), recorded(comment))
    rule = ScreeningRule.objects.filter(phase=Check.REPORTS, active=True).first()
    if rule is None or rule.action == Action.ALLOW:
        return unchanged
    if comment.flags.filter(outcome=Flag.Outcome.DISMISSED).exists():
        return unchanged
    flags = comment.flags.pending().aggregate(weight=Sum("weight", default=0.0), number=Count("pk"))
    submission = ScreeningInput(
        text=comment.text, reported=flags["weight"], reports=flags["number"]
    )
    reason = reports(submission, Knowledge(), rule.threshold)
    return Decision(State.PENDING, (reason,), recorded(comment)) if reason else unchanged


def _is_stricter(state: Comment.State, other: Comment.State) -> bool:
    return MILD_TO_STRICT.index(state) > MILD_TO_STRICT.index(other)


NOT_ASKED: Final = "Akismet could not be asked: {why}"
RULE_OFF: Final = "the rule was turned off."
NO_IP_ADDRESS: Final = "the IP address of the comment is not known."


RETRY: Final = RetryStrategy(max_attempts=6, exponential_wait=6, retry_exceptions={RequestFailed})


@job("comments.akismet", retry=RETRY)
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
        comment, Finding(Check.AKISMET, action, AKISMET_SPAM if spam else akismet.NO_SPAM), spam
    )


@job("comments.akismet_told", retry=RETRY)
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
        decision = decide(current, Event.AKISMET_ANSWERED, Details(akismet=finding))
        row = apply(current, decision)
        if row is None and was_pending and current.state == Comment.State.PENDING:
            enqueue("comments.received", comment_id=current.pk)
