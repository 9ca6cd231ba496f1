"""The one place where a program decides about a comment: `decide(comment) → state, reasons`.

Five steps: screening rules, comment policy, Akismet, reports by readers, e-mail confirmation.
After them a program may only make a state stricter; what a moderator decided stays
(`moderation.decisions`). `apply` saves the decision with its row in the moderation log.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from django.db.models import Sum

from articles.comments.akismet import pending
from articles.comments.bans import identifiers
from articles.comments.flags.models import Flag
from articles.comments.models import Comment, ModerationDecision
from articles.comments.screening.checks import reports
from articles.comments.screening.engine import ScreeningResult, recorded, screen
from articles.comments.screening.models import Action, Check, ScreeningRule
from articles.comments.screening.submission import Finding, Knowledge, Submission
from articles.comments.submission.comment_policy import settings_of
from articles.comments.submission.trusted_commenters import why_trusted
from iria.publication.models import CommentPolicy, current_publication

State = Comment.State

UNCONFIRMED: Final = "The commenter has not confirmed the e-mail address yet."
CONFIRMED: Final = "The commenter confirmed the e-mail address."
EDITED: Final = "The commenter edited it."
PRE_MODERATED: Final = "Comments on this article are pre-moderated."
BANS: Final = frozenset({Check.WRITER, Check.LIKENESS})
"""The rules that report bans; they alone count for trusted commenters."""
MILD_TO_STRICT: Final = [State.APPROVED, State.PENDING, State.SPAM, State.REJECTED]


class Event(Enum):
    """Why a comment is decided about now."""

    SUBMITTED = auto()
    CONFIRMED = auto()
    UNCONFIRMABLE = auto()
    """No e-mail could ask the guest to confirm the address."""
    EDITED = auto()
    AKISMET_ANSWERED = auto()
    REPORTED = auto()


NEW_TEXT: Final = frozenset({Event.SUBMITTED, Event.CONFIRMED, Event.EDITED})
"""The events at which the text is screened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of an event, apart from the comment itself."""

    policy: CommentPolicy | None = None
    """Of the article; read from the database where it is not given."""
    honeypot: str = ""
    ip_address: str = ""
    """Of a comment that is submitted now; later it is read from the database."""
    must_confirm: bool = False
    """A guest has to confirm the e-mail address first."""
    ask_akismet: bool = True
    akismet: Finding | None = None
    """What Akismet answered, or why it could not be asked."""
    reason: str = ""
    """Why the address cannot be confirmed."""


@dataclass(frozen=True, slots=True)
class Decision:
    state: Comment.State
    reasons: tuple[str, ...]
    """For moderators."""
    findings: tuple[Finding, ...]
    message: str = ""
    """For the commenter, where a rule rejects the comment."""


NO_DETAILS: Final = Details()


def decide(comment: Comment, event: Event, details: Details = NO_DETAILS) -> Decision:
    """What becomes of a comment; nothing is saved."""
    if event in NEW_TEXT:
        result = _rules(comment, event, details)
        result = _policy(comment, result, details)
        result = _awaiting_akismet(comment, result, details)
        return _confirmation(comment, event, details, result)
    if event is Event.AKISMET_ANSWERED and details.akismet:
        return _akismet_answer(comment, details.akismet)
    if event is Event.REPORTED:
        return _reports(comment)
    return Decision(State.PENDING, (details.reason,), recorded(comment))


def apply(
    comment: Comment, decision: Decision, *, fields: tuple[str, ...] = (), ask_akismet: bool = False
) -> ModerationDecision | None:
    """Within a transaction: saves the comment, and a log row where its state changed.

    Args:
        fields: of the comment, to be saved with its state.
        ask_akismet: for new text.
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
        pending.enqueue(comment, row)
    return row


def _rules(comment: Comment, event: Event, details: Details) -> ScreeningResult:
    if event is Event.SUBMITTED:
        return screen(comment, honeypot=details.honeypot, ip_address=details.ip_address)
    result = screen(comment, ip_address=identifiers.ip_address_of(comment))
    # What the honeypot contained was checked when the comment was submitted, and still counts.
    return result.with_earlier(recorded(comment)) if event is Event.CONFIRMED else result


def _policy(comment: Comment, result: ScreeningResult, details: Details) -> ScreeningResult:
    """Trusted commenters are published at once; with pre-moderation nobody else is."""
    if reason := why_trusted(comment.user, comment.article_id):
        return _unless_banned(result, reason)
    policy = details.policy or settings_of(comment.article, current_publication()).policy
    if policy != CommentPolicy.HELD or result.state != State.APPROVED:
        return result
    return ScreeningResult((*result.findings, Finding(Check.EVERYONE, Action.HOLD, PRE_MODERATED)))


def _unless_banned(result: ScreeningResult, reason: str) -> ScreeningResult:
    """Only a ban still decides; what the other rules found is kept as a note."""
    findings = tuple(
        each if each.phase in BANS else Finding(each.phase, Action.ALLOW, each.says)
        for each in result.findings
    )
    if ScreeningResult(findings).state != State.APPROVED:
        return ScreeningResult(findings)
    return ScreeningResult((*findings, Finding(Check.WRITER, Action.ALLOW, reason)))


def _awaiting_akismet(
    comment: Comment, result: ScreeningResult, details: Details
) -> ScreeningResult:
    """A comment that nothing objects to is pending until Akismet has answered."""
    if not details.ask_akismet or details.must_confirm or result.state != State.APPROVED:
        return result
    finding = pending.finding_for(comment)
    return ScreeningResult((*result.findings, finding)) if finding else result


def _confirmation(
    comment: Comment, event: Event, details: Details, result: ScreeningResult
) -> Decision:
    """A guest's comment that is not refused anyway stays unconfirmed; an edit makes none milder."""
    found = Decision(result.state, result.reasons, result.findings, result.message)
    if event is Event.SUBMITTED:
        if details.must_confirm and result.state in {State.PENDING, State.APPROVED}:
            return Decision(State.UNCONFIRMED, (UNCONFIRMED,), result.findings)
        return found
    if event is Event.CONFIRMED:
        return Decision(result.state, (CONFIRMED, *result.reasons), result.findings, result.message)
    current = State(comment.state)
    if current == State.UNCONFIRMED:
        return Decision(current, (), recorded(comment))  # Screened once it is confirmed.
    if not _is_stricter(result.state, current):
        return Decision(current, (), result.findings)
    return Decision(result.state, (EDITED, *result.reasons), result.findings, result.message)


def _akismet_answer(comment: Comment, answer: Finding) -> Decision:
    """Stricter than a program had it; milder only where only the answer was awaited."""
    others = (each for each in recorded(comment) if each.phase != Check.AKISMET)
    result = ScreeningResult((*others, answer))
    current, latest = State(comment.state), comment.moderations.first()
    may_change = latest is not None and (
        latest.created_by_id is None
        and latest.undoes_id is None
        and (_is_stricter(result.state, current) or pending.awaits_result(comment, latest))
    )
    if may_change and result.state != current:
        allowed = answer.action == Action.ALLOW
        reasons = (pending.NO_SPAM, *result.reasons) if allowed else (answer.says,)
        return Decision(result.state, reasons, result.findings)
    return Decision(current, (), result.findings)


def _reports(comment: Comment) -> Decision:
    """Pending after enough reports, once: what a moderator approved after reports stays approved."""
    unchanged = Decision(State(comment.state), (), recorded(comment))
    rule = ScreeningRule.objects.filter(phase=Check.REPORTS, active=True).first()
    if rule is None or rule.action == Action.ALLOW:
        return unchanged
    if comment.flags.filter(outcome=Flag.Outcome.DISMISSED).exists():
        return unchanged
    weight = comment.flags.pending().aggregate(all=Sum("weight"))["all"] or 0.0
    sent = Submission(text=comment.text, reported=weight)
    reason = reports(sent, Knowledge(), rule.threshold)
    return Decision(State.PENDING, (reason,), recorded(comment)) if reason else unchanged


def _is_stricter(state: Comment.State, than: Comment.State) -> bool:
    return MILD_TO_STRICT.index(state) > MILD_TO_STRICT.index(than)
