"""Screening: every active rule reports what it finds; the strictest action decides."""

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
SAME_WITHIN: Final = timedelta(days=30)
LATELY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """What was found about a comment; the strictest of it decides the state."""

    findings: tuple[Finding, ...]

    @property
    def state(self) -> Comment.State:
        actions = (each.action for each in self.findings)
        strictest = max(actions, key=STRICTNESS.index, default=Action.ALLOW.value)
        return STATES[Action(strictest)]

    @property
    def reasons(self) -> tuple[str, ...]:
        """For moderators: what decided, else why nothing did."""
        acting = tuple(each.says for each in self.findings if each.action != Action.ALLOW)
        trusted = tuple(
            each.says for each in self.findings if each.says in {BY_NEWSROOM, BY_AUTHOR}
        )
        return acting or trusted or (NO_OBJECTION,)

    @property
    def message(self) -> str:
        """The sentence for the commenter, where a rule rejects the comment."""
        return next((each.reason for each in self.findings if each.action == Action.REJECT), "")

    def with_earlier(self, earlier: Iterable[Finding]) -> "ScreeningResult":
        """Adds what was found when the comment was submitted."""
        now = {(each.phase, each.action) for each in self.findings}
        missing = (each for each in earlier if (each.phase, each.action) not in now)
        return ScreeningResult((*self.findings, *missing))


def recorded(comment: Comment) -> tuple[Finding, ...]:
    """The findings as they were saved with the comment (`Finding.as_json`)."""
    return tuple(
        Finding(each["phase"], each["action"], each["says"]) for each in comment.screening_results
    )


def apply_rules(
    sent: Submission, rules: Iterable[ScreeningRule], known: Knowledge
) -> ScreeningResult:
    """What the active rules find; without any objection the comment is approved."""
    return ScreeningResult(
        tuple(
            Finding(rule.phase, rule.action, says, rule.message)
            for rule in rules
            if rule.active and (says := CHECKS[rule.phase](sent, known, rule.threshold))
        )
    )


def screen(comment: Comment, *, honeypot: str = "", ip_address: str = "") -> ScreeningResult:
    """What today's rules find about a comment, which may not be saved yet.

    Args:
        ip_address: compared with bans, not stored here.
    """
    rules = list(ScreeningRule.objects.all())
    banned, alike = matching.describe(matching.matching_bans(comment, ip_address))
    sent = Submission(
        text=comment.text,
        honeypot=honeypot,
        same_words=_same_words(comment),
        **_known_of_writer(comment),
        banned=banned,
        alike=alike,
    )
    return apply_rules(sent, rules, knowledge())


def knowledge() -> Knowledge:
    """Words and model of today."""
    words: dict[str, list[tuple[str, str]]] = {"banned": [], "suspect": []}
    for kind, folded, word in ScreenedWord.objects.values_list("list", "folded", "word"):
        words[kind].append((folded, word))
    return Knowledge(words["banned"], words["suspect"], _model_of_today())


def _model_of_today() -> SpamModel | None:
    latest = SpamModelVersion.objects.values_list("pk", "created_at").first()
    return _read_model(*latest) if latest else None


@lru_cache(maxsize=1)
def _read_model(pk: int, created_at: datetime) -> SpamModel | None:
    """Tens of thousands of weights: read once by each process, for as long as it is the newest."""
    content = SpamModelVersion.objects.filter(pk=pk).values_list("content", flat=True).first()
    return SpamModel.from_json(content) if content else None


def _known_of_writer(comment: Comment) -> dict[str, Any]:
    """How many of a commenter's comments stand, and how many came just now.

    A guest is known by the address they gave, an account by itself.
    """
    counted: dict[str, Any] = _by_the_same(comment).aggregate(
        approved_before=Count("pk", filter=Q(state=Comment.State.APPROVED)),
        lately=Count("pk", filter=Q(created_at__gt=comment.created_at - LATELY)),
    )
    return counted


def _by_the_same(comment: Comment) -> QuerySet[Comment]:
    """Everything the same commenter wrote before."""
    before = Comment.objects.filter(created_at__lt=comment.created_at)
    if comment.user_id:
        return before.filter(user=comment.user_id)
    if not comment.email:
        return before.none()
    guests = before.filter(user=None).exclude(email="").alias(address=Lower("email"))
    return guests.filter(address=comment.email.lower())


def _same_words(comment: Comment) -> int:
    """How many others had the very same words in the days before; counted up to a hundred."""
    before = comment.created_at
    lately = Comment.objects.filter(created_at__lt=before, created_at__gt=before - SAME_WITHIN)
    same = lately.alias(digest=MD5("text")).filter(
        digest=md5(comment.text.encode(), usedforsecurity=False).hexdigest()
    )
    return same.order_by().values("pk")[:100].count()
