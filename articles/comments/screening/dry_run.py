"""A dry run of changed rules on the comments of the last days."""

from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from articles.comments.akismet.models import AkismetResult
from articles.comments.bans import matching
from articles.comments.models import Comment, ModerationDecision
from articles.comments.screening.engine import (
    RECENT,
    SAME_TEXT_PERIOD,
    STRICTNESS,
    ScreeningResult,
    apply_rules,
    knowledge,
)
from articles.comments.screening.models import Action, ScreeningRule
from articles.comments.screening.submission import Submission
from articles.comments.submission import trusted_commenters

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
    looked_at: int = 0
    cut: bool = False
    """Whether there were more comments than are tested."""
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    objected_before: int = 0
    """Comments that the changed rules, before the change, hold, reject or mark as spam."""
    objected_after: int = 0
    objected_though_approved: int = 0
    """Comments among `objected_after` that a moderator approved."""
    passed_though_refused: int = 0
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
    since, result.cut = _start(timezone.now() - timedelta(days=days))
    trusted_ids = trusted_commenters.trusted_ids_since(since)
    for comment, human, submission in _submissions(since):
        if comment.pk in trusted_ids:
            continue  # Only bans apply to trusted commenters.
        before = apply_rules(submission, current, known)
        after = apply_rules(submission, proposed, known)
        result.looked_at += 1
        result.before[before.state] += 1
        result.after[after.state] += 1
        outcome_before = _outcome(before, changed_by_check)
        outcome_after = _outcome(after, changed_by_check)
        result.objected_before += outcome_before.objects
        result.objected_after += outcome_after.objects
        if outcome_after.objects and human == Comment.State.APPROVED:
            result.objected_though_approved += 1
        if _newly_approved(before, after) and human in REFUSED:
            result.passed_though_refused += 1
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


def _submissions(since: datetime) -> Iterator[tuple[Comment, str, Submission]]:
    """Yields every comment with what was known when it was submitted, in one pass over the table."""
    human_decisions = _human_decisions(since)
    rows = (
        Comment.objects.filter(created_at__gte=since - SAME_TEXT_PERIOD)
        .select_related("article", "user")
        .defer("article__body")
        .order_by("created_at", "pk")
    )
    approved = _approved_counts(since - SAME_TEXT_PERIOD)
    akismet_spam = _akismet_spam(since)
    window: deque[tuple[datetime, int]] = deque()
    same: Counter[int] = Counter()
    bans = matching.active_bans()
    recent_times: dict[str, deque[datetime]] = defaultdict(deque)
    for comment in rows.iterator(chunk_size=500):
        while window and window[0][0] <= comment.created_at - SAME_TEXT_PERIOD:
            same[window.popleft()[1]] -= 1
        text, commenter = hash(comment.text), _commenter_key(comment.user_id, comment.email)
        times = recent_times[commenter]
        while times and times[0] <= comment.created_at - RECENT:
            times.popleft()
        if comment.created_at >= since:
            banned, similar = matching.describe(matching.select_matching(bans, comment))
            yield (
                comment,
                human_decisions.get(comment.pk, ""),
                Submission(
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
