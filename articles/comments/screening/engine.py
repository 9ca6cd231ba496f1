"""The first look at a comment: every rule that is on says its word; the strictest decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import md5
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import MD5, Lower

from articles.comments.bans import matching
from articles.comments.models import Comment
from articles.comments.screening.checks import LOOKS
from articles.comments.screening.models import Action, LearntModel, ScreenedWord, ScreeningRule
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
NOTHING: Final = "No rule has anything against it."
SAME_WITHIN: Final = timedelta(days=30)
LATELY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a new comment, and everything that was said of it."""

    state: Comment.State
    findings: tuple[Finding, ...]

    @property
    def words(self) -> str:
        """The reasons for the moderator: of the rules that decided, else why none did."""
        acting = [each.says for each in self.findings if each.action != Action.ALLOW]
        trusted = [each.says for each in self.findings if each.says in {BY_NEWSROOM, BY_AUTHOR}]
        return " ".join(acting or trusted) or NOTHING

    @property
    def told(self) -> str:
        """The sentence for the writer of a rejected comment."""
        return next((each.reason for each in self.findings if each.action == Action.REJECT), "")

    def and_before(self, findings: Iterable[Mapping[str, str]]) -> "Verdict":
        """With what was found when the comment came (`Finding.as_json`); the stricter decides."""
        now = {(each.phase, each.action) for each in self.findings}
        before = [
            Finding(each["phase"], each["action"], each["says"])
            for each in findings
            if (each["phase"], each["action"]) not in now
        ]
        return of_findings((*self.findings, *before))


def of_kept(findings: Iterable[Mapping[str, str]]) -> Verdict:
    """What follows from findings as they are kept (`Finding.as_json`)."""
    return of_findings(
        tuple(Finding(each["phase"], each["action"], each["says"]) for each in findings)
    )


def apply_rules(sent: Submission, rules: Iterable[ScreeningRule], known: Knowledge) -> Verdict:
    """What the rules say of a comment; without any rule that objects it stands at once."""
    findings = tuple(
        Finding(rule.phase, rule.action, says, rule.reason)
        for rule in rules
        if rule.active and (says := LOOKS[rule.phase](sent, known, rule.threshold))
    )
    return of_findings(findings)


def of_findings(findings: tuple[Finding, ...]) -> Verdict:
    """The strictest of what was found decides."""
    strictest = max(
        (each.action for each in findings), key=STRICTNESS.index, default=Action.ALLOW.value
    )
    return Verdict(STATES[Action(strictest)], findings)


def screen(comment: Comment, *, trap: str, address: str = "") -> Verdict:
    """What becomes of a comment that is not kept yet, by the rules of today.

    Args:
        address: the network address it came from; compared with bans, and not kept here.
    """
    rules = list(ScreeningRule.objects.all())
    banned, alike = matching.in_words(matching.matching_bans(comment, address))
    sent = Submission(
        text=comment.text,
        trap=trap,
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
    latest = LearntModel.objects.values_list("pk", "made_at").first()
    return _read_model(*latest) if latest else None


@lru_cache(maxsize=1)
def _read_model(pk: int, made_at: datetime) -> SpamModel | None:
    """Tens of thousands of weights: read once by each process, for as long as it is the newest."""
    content = LearntModel.objects.filter(pk=pk).values_list("content", flat=True).first()
    return SpamModel.from_json(content) if content else None


def _known_of_writer(comment: Comment) -> dict[str, Any]:
    """How many of a writer's comments stand, and how many came just now.

    A guest is known by the address they gave, an account by itself.
    """
    counted: dict[str, Any] = _by_the_same(comment).aggregate(
        approved_before=Count("pk", filter=Q(state=Comment.State.APPROVED)),
        lately=Count("pk", filter=Q(created_at__gt=comment.created_at - LATELY)),
    )
    return counted


def _by_the_same(comment: Comment) -> QuerySet[Comment]:
    """Everything the same writer wrote before."""
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
