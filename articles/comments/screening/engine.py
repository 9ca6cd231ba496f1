"""Screening: every active rule is applied; the strictest action decides.

A dry run applies changed rules to the comments of the last days.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import md5
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import MD5, Lower
from django.utils import timezone

from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import ban_matching
from articles.comments.screening.checks import CHECKS, Finding, Knowledge, ScreeningInput
from articles.comments.screening.models import (
    Action,
    AkismetResult,
    ScreenedWord,
    ScreeningRule,
    SpamModelVersion,
)
from articles.comments.screening.spam_model import SpamModel
from articles.comments.submission import comment_policy
from articles.comments.submission.comment_policy import BY_AUTHOR, BY_NEWSROOM

STRICTNESS: Final = list(Action.values)
STATES: Final = {
    Action.ALLOW: Comment.State.APPROVED,
    Action.HOLD: Comment.State.PENDING,
    Action.SPAM: Comment.State.SPAM,
    Action.REJECT: Comment.State.REJECTED,
}
NO_OBJECTION: Final = "No rule objects."
SAME_TEXT_PERIOD: Final = timedelta(days=30)
RECENT: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """The findings about a comment; the strictest one determines its state."""

    findings: tuple[Finding, ...]

    @property
    def state(self) -> Comment.State:
        actions = (each.action for each in self.findings)
        strictest = max(actions, key=STRICTNESS.index, default=Action.ALLOW.value)
        return STATES[Action(strictest)]

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons for the state, for moderators."""
        acting = tuple(each.says for each in self.findings if each.action != Action.ALLOW)
        trusted = tuple(
            each.says for each in self.findings if each.says in {BY_NEWSROOM, BY_AUTHOR}
        )
        return acting or trusted or (NO_OBJECTION,)

    @property
    def message(self) -> str:
        """The message to the commenter if a rule rejects the comment."""
        return next((each.reason for each in self.findings if each.action == Action.REJECT), "")

    def with_earlier(self, earlier: Iterable[Finding]) -> "ScreeningResult":
        """Returns a result with the findings of the submission added."""
        current = {(each.phase, each.action) for each in self.findings}
        missing = (each for each in earlier if (each.phase, each.action) not in current)
        return ScreeningResult((*self.findings, *missing))


def recorded(comment: Comment) -> tuple[Finding, ...]:
    """Returns the findings that were saved with the comment (`Finding.as_json`)."""
    return tuple(
        Finding(each["phase"], each["action"], each["says"]) for each in comment.screening_results
    )


def apply_rules(
    submission: ScreeningInput, rules: Iterable[ScreeningRule], known: Knowledge
) -> ScreeningResult:
    """Applies the active rules; without an objection the comment is approved."""
    return ScreeningResult(
        tuple(
            Finding(rule.phase, rule.action, says, rule.message)
            for rule in rules
            if rule.active and (says := CHECKS[rule.phase](submission, known, rule.threshold))
        )
    )


def screen(comment: Comment, *, honeypot: str = "", ip_address: str = "") -> ScreeningResult:
    """Applies the current rules to a comment, which need not be saved.

    Args:
        ip_address: compared with bans, but not stored here.
    """
    rules = list(ScreeningRule.objects.all())
    banned, similar = ban_matching.describe(ban_matching.matching_bans(comment, ip_address))
    submission = ScreeningInput(
        text=comment.text,
        honeypot=honeypot,
        same_text=_count_same_text(comment),
        **_commenter_counts(comment),
        banned=banned,
        similar=similar,
    )
    return apply_rules(submission, rules, knowledge())


def knowledge() -> Knowledge:
    """Loads the current word lists and spam model."""
    words: dict[str, list[tuple[str, str]]] = {"banned": [], "suspect": []}
    for kind, folded, word in ScreenedWord.objects.values_list("list", "folded", "word"):
        words[kind].append((folded, word))
    return Knowledge(words["banned"], words["suspect"], _current_model())


def _current_model() -> SpamModel | None:
    latest = SpamModelVersion.objects.values_list("pk", "created_at").first()
    return _read_model(*latest) if latest else None


@lru_cache(maxsize=1)
def _read_model(pk: int, created_at: datetime) -> SpamModel | None:
    """Loads tens of thousands of weights, once per process and version."""
    content = SpamModelVersion.objects.filter(pk=pk).values_list("content", flat=True).first()
    return SpamModel.from_json(content) if content else None


def _commenter_counts(comment: Comment) -> dict[str, Any]:
    """Counts the approved and the recent comments of a commenter.

    A guest is identified by the e-mail address.
    """
    counts: dict[str, Any] = _earlier_comments(comment).aggregate(
        approved_before=Count("pk", filter=Q(state=Comment.State.APPROVED)),
        recent=Count("pk", filter=Q(created_at__gt=comment.created_at - RECENT)),
    )
    return counts


def _earlier_comments(comment: Comment) -> QuerySet[Comment]:
    """Returns the earlier comments of the same commenter."""
    before = Comment.objects.filter(created_at__lt=comment.created_at)
    if comment.user_id:
        return before.filter(user=comment.user_id)
    if not comment.email:
        return before.none()
    guests = before.filter(user=None).exclude(email="").alias(lower_email=Lower("email"))
    return guests.filter(lower_email=comment.email.lower())


def _count_same_text(comment: Comment) -> int:
    """Counts the earlier comments with the same text, up to a hundred."""
    before = comment.created_at
    recent = Comment.objects.filter(created_at__lt=before, created_at__gt=before - SAME_TEXT_PERIOD)
    same = recent.alias(digest=MD5("text")).filter(
        digest=md5(comment.text.encode(), usedforsecurity=False).hexdigest()
    )
    return same.order_by().values("pk")[:100].count()


MAX_LISTED: Final = 200
MAX_TESTED: Final = 10_000
"""The newest comments; more would take longer than a person waits."""
REFUSED: Final = frozenset({Comment.State.REJECTED, Comment.State.SPAM})


@dataclass(frozen=True, slots=True)
class ChangedComment:
    """A comment for which the changed rules give another result than the current ones."""

    comment: Comment
    before: Comment.State
    after: Comment.State
    says: str
    """The messages of the changed rules, if any."""
    human: str
    """The last decision of a moderator, if any."""


@dataclass(slots=True)
class DryRun:
    """The counts by state under the current and under the changed rules.

    With pre-moderation no rule changes a state, so the comments that the changed rules themselves
    object to are counted too.
    """

    days: int
    tested: int = 0
    is_truncated: bool = False
    """Whether there were more comments than are tested."""
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    objected_before: int = 0
    """Comments that the changed rules, before the change, hold, reject or mark as spam."""
    objected_after: int = 0
    objected_to_approved: int = 0
    """Comments among `objected_after` that a moderator approved."""
    passed_rejected: int = 0
    """Comments approved only under the changed rules that a moderator rejected."""
    changed: list[ChangedComment] = field(default_factory=list)


def dry_run(changed: Iterable[ScreeningRule], *, days: int) -> DryRun:
    """Applies the current and the changed rules to the comments of the last days.

    What is not stored is not tested: the honeypot and the IP address. Bans are the current ones.
    """
    current = list(ScreeningRule.objects.all())
    changed_by_check = {rule.phase: rule for rule in changed}
    proposed = [changed_by_check.get(rule.phase, rule) for rule in current]
    known = knowledge()
    result = DryRun(days)
    since, result.is_truncated = _start(timezone.now() - timedelta(days=days))
    trusted_ids = comment_policy.trusted_ids_since(since)
    for comment, human, submission in _submissions(since):
        if comment.pk in trusted_ids:
            continue  # Only bans apply to trusted commenters.
        before = apply_rules(submission, current, known)
        after = apply_rules(submission, proposed, known)
        result.tested += 1
        result.before[before.state] += 1
        result.after[after.state] += 1
        outcome_before = _outcome(before, changed_by_check)
        outcome_after = _outcome(after, changed_by_check)
        result.objected_before += outcome_before.objects
        result.objected_after += outcome_after.objects
        if outcome_after.objects and human == Comment.State.APPROVED:
            result.objected_to_approved += 1
        if _newly_approved(before, after) and human in REFUSED:
            result.passed_rejected += 1
        differs = before.state != after.state or outcome_before != outcome_after
        if differs and len(result.changed) < MAX_LISTED:
            says = outcome_after.says
            result.changed.append(ChangedComment(comment, before.state, after.state, says, human))
    return result


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The messages of the changed rules about a comment, and their strictest action."""

    says: str
    action: str

    @property
    def objects(self) -> bool:
        return self.action not in {"", Action.ALLOW}


def _outcome(result: ScreeningResult, phases: Container[str]) -> _Outcome:
    findings = [each for each in result.findings if each.phase in phases]
    strictest = max((each.action for each in findings), key=STRICTNESS.index, default="")
    return _Outcome(" ".join(each.says for each in findings), strictest)


def _newly_approved(before: ScreeningResult, after: ScreeningResult) -> bool:
    return after.state == Comment.State.APPROVED != before.state


def _submissions(since: datetime) -> Iterator[tuple[Comment, str, ScreeningInput]]:
    """Yields every comment with what was known when it was submitted, in one pass over the table."""
    human_decisions = _human_decisions(since)
    rows = Comment.objects.filter(created_at__gte=since - SAME_TEXT_PERIOD)
    rows = rows.select_related("article", "user").defer("article__body")
    approved = _approved_counts(since - SAME_TEXT_PERIOD)
    akismet_spam = _akismet_spam(since)
    window: deque[tuple[datetime, int]] = deque()
    same: Counter[int] = Counter()
    bans = ban_matching.active_bans()
    recent_times: dict[str, deque[datetime]] = defaultdict(deque)
    for comment in rows.order_by("created_at", "pk").iterator(chunk_size=500):
        while window and window[0][0] <= comment.created_at - SAME_TEXT_PERIOD:
            same[window.popleft()[1]] -= 1
        text, commenter = hash(comment.text), _commenter_key(comment.user_id, comment.email)
        times = recent_times[commenter]
        while times and times[0] <= comment.created_at - RECENT:
            times.popleft()
        if comment.created_at >= since:
            banned, similar = ban_matching.describe(ban_matching.select_matching(bans, comment))
            yield (
                comment,
                human_decisions.get(comment.pk, ""),
                ScreeningInput(
                    text=comment.text,
                    approved_before=approved[commenter] if commenter else 0,
                    same_text=same[text],
                    recent=len(times) if commenter else 0,
                    banned=banned,
                    similar=similar,
                    akismet=comment.pk in akismet_spam,
                ),
            )
        window.append((comment.created_at, text))
        times.append(comment.created_at)
        same[text] += 1
        if comment.state == Comment.State.APPROVED:
            approved[commenter] += 1


def _start(since: datetime) -> tuple[datetime, bool]:
    """Returns the start of the test, and whether it is later because there are too many comments."""
    newest = Comment.objects.filter(created_at__gte=since).order_by("-created_at")
    times = newest.values_list("created_at", flat=True)[MAX_TESTED : MAX_TESTED + 1]
    return next(((time, True) for time in times), (since, False))


def _human_decisions(since: datetime) -> dict[int, str]:
    """Returns the last decision of a moderator by comment."""
    rows = ModerationDecision.objects.by_people().filter(comment__created_at__gte=since)
    return dict(rows.order_by("created_at", "pk").values_list("comment", "decision"))


def _akismet_spam(since: datetime) -> set[int]:
    """Returns the ids of comments that Akismet considered spam. It is not asked about others now."""
    results = AkismetResult.objects.filter(spam=True, comment__created_at__gte=since)
    return set(results.values_list("comment", flat=True))


def _approved_counts(before: datetime) -> Counter[str]:
    """Returns the number of approved comments of each commenter before a time."""
    earlier = Comment.objects.filter(created_at__lt=before, state=Comment.State.APPROVED).order_by()
    counts: Counter[str] = Counter()
    for user, email in earlier.values_list("user", "email").iterator(chunk_size=2000):
        counts[_commenter_key(user, email)] += 1
    return counts


def _commenter_key(user: int | None, email: str) -> str:
    return f"account {user}" if user else email.lower()
