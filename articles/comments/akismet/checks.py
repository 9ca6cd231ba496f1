"""What follows from the answer: the rules decide once more, as if it had been known from the first."""

from typing import Final

from django.db import transaction

from articles.comments.akismet import client
from articles.comments.akismet.models import AkismetOpinion
from articles.comments.akismet.pending import waits
from articles.comments.bans import identifiers
from articles.comments.models import Comment, Moderation
from articles.comments.screening.checks import TAKEN_FOR_SPAM
from articles.comments.screening.engine import Verdict, of_kept
from articles.comments.screening.models import Action, Check, ScreeningRule
from articles.comments.screening.submission import Finding
from articles.comments.tasks import tell_writer_it_was_received
from iria.core.http.safe_client import RequestFailed

NO_SPAM: Final = "Akismet takes it for no spam."
NOT_ASKED: Final = "Akismet could not be asked: {why}"
OFF: Final = "it was switched off meanwhile."
FROM_NOWHERE: Final = "it is not known where the comment came from."
MILD_TO_STRICT: Final = [Comment.State.APPROVED, Comment.State.PENDING, Comment.State.SPAM]


def ask_about(comment_id: int) -> None:
    """Asks, and decides again. Where nothing comes of it the comment is left to the moderators.

    Raises:
        Unanswered: try again later; until then the comment says that it could not be asked.
    """
    comment = Comment.objects.select_related("article", "user").filter(pk=comment_id).first()
    if comment is None or not client.concerns(comment):
        return
    rule, address = client.rule(), identifiers.address_of(comment)
    if rule is None or not address:
        _not_asked(comment, rule, OFF if rule is None else FROM_NOWHERE)
        return
    try:
        spam = client.is_spam(comment, address)
    except RequestFailed as trouble:
        _not_asked(comment, rule, str(trouble))
        raise
    action = rule.action if spam else Action.ALLOW.value
    _weigh(comment, Finding(Check.AKISMET, action, TAKEN_FOR_SPAM if spam else NO_SPAM), spam)


def tell_decision(moderation_id: int) -> None:
    """Tells Akismet of a decision that says the contrary of its answer, once.

    Raises:
        Unanswered: try again later.
    """
    rows = Moderation.objects.by_people().filter(pk=moderation_id, ban=None)
    row = rows.select_related("comment__article", "comment__user").first()
    rule = client.rule()
    if row is None or rule is None or not rule.reports_back or row.comment.state != row.decision:
        return
    opinion = AkismetOpinion.objects.filter(comment=row.comment_id, spam__isnull=False).first()
    spam = row.decision == Comment.State.SPAM
    told = "spam" if spam else "ham"
    if opinion is None or opinion.spam == spam or opinion.told == told:
        return
    if address := identifiers.address_of(row.comment):
        client.tell(row.comment, address, spam=spam)
        AkismetOpinion.objects.filter(pk=opinion.pk).update(told=told)


def _not_asked(comment: Comment, rule: ScreeningRule | None, why: str) -> None:
    action = Action.ALLOW if rule and rule.action == Action.ALLOW else Action.HOLD
    _weigh(comment, Finding(Check.AKISMET, action, NOT_ASKED.format(why=why)), None)


def _weigh(asked: Comment, finding: Finding, spam: bool | None) -> None:
    """Puts the answer among what the rules said, and lets the strictest decide.

    A machine takes nothing back from a person: once somebody has decided, the answer is only noted.
    Words that were changed meanwhile are asked about by a job of their own.
    """
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=asked.pk)
        if current.edited_at != asked.edited_at or not client.concerns(current):
            return
        waited = waits(current)
        others = [each for each in current.findings if each["phase"] != Check.AKISMET]
        current.findings = [*others, finding.as_json()]
        verdict = of_kept(current.findings)
        opinion, _ = AkismetOpinion.objects.update_or_create(
            comment=current, defaults={"spam": spam}
        )
        changes = _may_change(current, verdict, opinion)
        if changes:
            current.state = verdict.state
        current.save(update_fields=["findings", "state"])
        if changes:
            reason = (
                finding.says if finding.action != Action.ALLOW else f"{NO_SPAM} {verdict.words}"
            )
            Moderation.objects.create(comment=current, decision=current.state, reason=reason[:500])
        elif waited and current.state == Comment.State.PENDING:
            tell_writer_it_was_received(current)


def _may_change(current: Comment, verdict: Verdict, opinion: AkismetOpinion) -> bool:
    """Stricter than a machine had it; milder only where nothing but the answer was waited for."""
    latest = current.moderations.first()
    if latest is None or latest.made_by_id is not None or latest.undoes_id is not None:
        return False
    order = MILD_TO_STRICT.index
    now, then = order(Comment.State(current.state)), order(verdict.state)
    return then > now or (then < now and opinion.holding_id == latest.pk)
