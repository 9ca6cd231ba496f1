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
    LATELY,
    SAME_WITHIN,
    STRICTNESS,
    ScreeningResult,
    apply_rules,
    knowledge,
)
from articles.comments.screening.models import Action, ScreeningRule
from articles.comments.screening.submission import Submission
from articles.comments.submission import trusted_commenters

MOST_LISTED: Final = 200
MOST_LOOKED_AT: Final = 10_000
"""Of the newest; more would keep a server busy for longer than a person waits."""
REFUSED: Final = frozenset({Comment.State.REJECTED, Comment.State.SPAM})


@dataclass(frozen=True, slots=True)
class Changed:
    """A comment of which the changed rules would have said something else than those of today."""

    comment: Comment
    before: Comment.State
    after: Comment.State
    says: str
    """What the changed rules say; empty where they say nothing any more."""
    human: str
    """What a moderator decided about it; empty where none did."""


@dataclass(slots=True)
class DryRun:
    """The counts by state under the rules of today and under the changed ones.

    Where every comment is held first, no rule changes a state; so it is also counted what the
    changed rules themselves object to.
    """

    days: int
    looked_at: int = 0
    cut: bool = False
    """Whether there were more than are looked at; the newest were."""
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    objected_before: int = 0
    """Comments that the rules in question hold, reject or set aside as they are today."""
    objected_after: int = 0
    objected_though_approved: int = 0
    """Of those after the change, how many a moderator let stand."""
    passed_though_refused: int = 0
    """Let through by the changed rules only, though a moderator rejected it."""
    changed: list[Changed] = field(default_factory=list)


def dry_run(changed: Iterable[ScreeningRule], *, days: int) -> DryRun:
    """The comments of the last days under the current and under the changed rules.

    What is not kept – how a form was filled in, from which network – is not replayed: the trap
    says nothing here. Bans are those of today.
    """
    today = list(ScreeningRule.objects.all())
    instead = {rule.phase: rule for rule in changed}
    tomorrow = [instead.get(rule.phase, rule) for rule in today]
    known = knowledge()
    result = DryRun(days)
    since, result.cut = _beginning(timezone.now() - timedelta(days=days))
    trusted_ids = trusted_commenters.trusted_ids_since(since)
    for comment, human, sent in _as_they_came(since):
        if comment.pk in trusted_ids:
            continue  # No rule decides about it, only a ban.
        before = apply_rules(sent, today, known)
        after = apply_rules(sent, tomorrow, known)
        result.looked_at += 1
        result.before[before.state] += 1
        result.after[after.state] += 1
        said_before, said_after = _said(before, instead), _said(after, instead)
        result.objected_before += said_before.objects
        result.objected_after += said_after.objects
        if said_after.objects and human == Comment.State.APPROVED:
            result.objected_though_approved += 1
        if _passes(before, after) and human in REFUSED:
            result.passed_though_refused += 1
        differs = before.state != after.state or said_before != said_after
        if differs and len(result.changed) < MOST_LISTED:
            words = said_after.words
            result.changed.append(Changed(comment, before.state, after.state, words, human))
    return result


@dataclass(frozen=True, slots=True)
class _Said:
    """What the rules in question say of a comment, and the strictest they ask for."""

    words: str
    action: str

    @property
    def objects(self) -> bool:
        return self.action not in {"", Action.ALLOW}


def _said(result: ScreeningResult, phases: Container[str]) -> _Said:
    findings = [each for each in result.findings if each.phase in phases]
    strictest = max((each.action for each in findings), key=STRICTNESS.index, default="")
    return _Said(" ".join(each.says for each in findings), strictest)


def _passes(before: ScreeningResult, after: ScreeningResult) -> bool:
    return after.state == Comment.State.APPROVED != before.state


def _as_they_came(since: datetime) -> Iterator[tuple[Comment, str, Submission]]:
    """Every comment since then with what was known when it came, in one reading of the table."""
    human_decisions = _by_people(since)
    rows = (
        Comment.objects.filter(created_at__gte=since - SAME_WITHIN)
        .select_related("article", "user")
        .defer("article__body")
        .order_by("created_at", "pk")
    )
    approved = _approved_until(since - SAME_WITHIN)
    taken_for_spam = _taken_for_spam(since)
    lately: deque[tuple[datetime, int]] = deque()
    same: Counter[int] = Counter()
    bans = matching.active_bans()
    just_now: dict[str, deque[datetime]] = defaultdict(deque)
    for comment in rows.iterator(chunk_size=500):
        while lately and lately[0][0] <= comment.created_at - SAME_WITHIN:
            same[lately.popleft()[1]] -= 1
        words, writer = hash(comment.text), _writer(comment.user_id, comment.email)
        times = just_now[writer]
        while times and times[0] <= comment.created_at - LATELY:
            times.popleft()
        if comment.created_at >= since:
            banned, alike = matching.describe(matching.select_matching(bans, comment))
            yield (
                comment,
                human_decisions.get(comment.pk, ""),
                Submission(
                    text=comment.text,
                    approved_before=approved[writer] if writer else 0,
                    same_words=same[words],
                    lately=len(times) if writer else 0,
                    banned=banned,
                    alike=alike,
                    akismet=comment.pk in taken_for_spam,
                ),
            )
        lately.append((comment.created_at, words))
        times.append(comment.created_at)
        same[words] += 1
        if comment.state == Comment.State.APPROVED:
            approved[writer] += 1


def _beginning(since: datetime) -> tuple[datetime, bool]:
    """That moment, or the later one since which there are as many comments as are looked at."""
    newest = Comment.objects.filter(created_at__gte=since).order_by("-created_at")
    times = newest.values_list("created_at", flat=True)[MOST_LOOKED_AT : MOST_LOOKED_AT + 1]
    return next(((moment, True) for moment in times), (since, False))


def _by_people(since: datetime) -> dict[int, str]:
    """Comment → what a moderator decided last about it."""
    rows = ModerationDecision.objects.by_people().filter(comment__created_at__gte=since)
    return dict(rows.order_by("created_at", "pk").values_list("comment", "decision"))


def _taken_for_spam(since: datetime) -> set[int]:
    """Comments that Akismet was asked about and called spam; of others it is not asked now."""
    said = AkismetResult.objects.filter(spam=True, comment__created_at__gte=since)
    return set(said.values_list("comment", flat=True))


def _approved_until(moment: datetime) -> Counter[str]:
    """How many comments of each commenter stand from before that moment."""
    earlier = Comment.objects.filter(created_at__lt=moment, state=Comment.State.APPROVED).order_by()
    found: Counter[str] = Counter()
    for user, email in earlier.values_list("user", "email").iterator(chunk_size=2000):
        found[_writer(user, email)] += 1
    return found


def _writer(user: int | None, email: str) -> str:
    return f"account {user}" if user else email.lower()
