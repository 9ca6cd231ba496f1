"""Screening: every active rule is applied; the strictest action decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import md5
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import MD5, Lower

from articles.comments.bans import matching
from articles.comments.models import Comment
from articles.comments.screening.checks import CHECKS
from articles.comments.screening.models import Action, ScreenedWord, ScreeningRule, SpamModelVersion
from articles.comments.screening.submission import Finding, Knowledge, Submission
from articles.comments.spam.model import SpamModel
from articles.comments.submission.trusted_commenters import BY_AUTHOR, BY_NEWSROOM

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
    submission: Submission, rules: Iterable[ScreeningRule], known: Knowledge
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
    banned, similar = matching.describe(matching.matching_bans(comment, ip_address))
    submission = Submission(
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
