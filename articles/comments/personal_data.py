"""Export and erasure of comments, reports and follows."""

from typing import Any, Final

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext

from articles.comments.bans import identifiers
from articles.comments.bans.models import Ban, EncryptedIPAddress
from articles.comments.flags.models import Flag
from articles.comments.models import Comment, CommentRevision, ModerationDecision
from articles.comments.moderation.models import Appeal
from articles.comments.notifications.models import Follow, Follower
from articles.comments.submission import posting
from iria.core.hooks import Person, PersonalDataHandler
from iria.core.http.urls import absolute_url

TOLD: Final = frozenset(
    {
        "articles.Ban.user",
        "articles.Comment.user",
        "articles.Flag.user",
        "articles.Follower.user",
    }
)
GONE: Final = "–"
"""Stands in the row of a comment that others answered, in the place of its words; no page shows it."""


def _theirs(who: Person) -> Q:
    """As an account, and as a guest with the same address where that was confirmed.

    Anybody may have typed the address with a comment: whose words those are, nobody knows.
    """
    confirmed = Q(user=None, email__iexact=who.email, email_confirmed_at__isnull=False)
    return Q(user=who.account) | confirmed


def _typed(who: Person) -> Q:
    """By a guest whom nobody knows, with the address of this person."""
    return Q(user=None, email__iexact=who.email)


def export(who: Person) -> dict[str, Any]:
    comments = Comment.objects.filter(_theirs(who)).select_related("article", "appeal")
    return {
        "comments": [
            _comment(each) for each in comments.prefetch_related("moderations", "versions")
        ],
        "comments that gave your address and nobody confirmed": Comment.objects.filter(_typed(who))
        .filter(email_confirmed_at=None)
        .count(),
        "reports": [_report(each) for each in Flag.objects.filter(user=who.account)],
        "followed": [
            {
                "what": each.get_kind_display(),
                "below": each.article.headline if each.article else "",
                "how often": each.get_frequency_display(),
                "asked": each.created_at,
                "confirmed": each.confirmed_at,
                "left": each.unfollowed_at,
            }
            for each in Follow.objects.filter(follower__in=_followers(who)).with_details()
        ],
        "bans": list(
            Ban.objects.filter(user=who.account).values("created_at", "expires_at", "reason")
        ),
    }


def _comment(each: Comment) -> dict[str, Any]:
    return {
        "below": each.article.headline,
        "at": absolute_url(each.get_absolute_url()),
        "written": each.created_at,
        "name": each.name,
        "e-mail address": each.email,
        "text": each.text,
        "earlier texts": [{"until": v.replaced_at, "text": v.text} for v in each.versions.all()],
        "state": each.get_state_display(),
        "decisions": [_decision(row) for row in each.moderations.all()],
        "appeal": each.appeal.text if hasattr(each, "appeal") else None,
        # Anybody may give any address as a guest: where that came from is not told to its owner.
        "came from the IP address": identifiers.ip_address_of(each) if each.user_id else None,
    }


def _decision(row: ModerationDecision) -> dict[str, Any]:
    reason = row.reason if row.commenter_notified else ""
    return {"decided": row.get_decision_display(), "on": row.created_at, "reason": reason}


def _report(each: Flag) -> dict[str, Any]:
    return {
        "of the comment at": absolute_url(each.comment.get_absolute_url()),
        "reason": each.get_reason_display(),
        "words": each.text,
        "e-mail address": each.email,
        "made": each.created_at,
        "outcome": each.get_outcome_display(),
    }


def _followers(who: Person) -> Any:
    return Follower.objects.filter(Q(user=who.account) | _typed(who))


def erase(who: Person, keep_words: bool) -> None:
    """Takes name and address from their comments and reports; without `keep_words` also the comments.

    What only moderators could read goes in either case: earlier texts, askings, IP addresses. From what
    a guest wrote with the address and nobody confirmed, the address goes alone.
    """
    mine = list(Comment.objects.filter(_theirs(who)).values_list("pk", flat=True))
    CommentRevision.objects.filter(comment__in=mine).delete()
    EncryptedIPAddress.objects.filter(comment__in=mine).delete()
    Appeal.objects.filter(comment__in=mine).update(text="")
    # Before the comments go: a ban no longer knows then from which of them it was made.
    made_from = Ban.objects.filter(comment__in=mine)
    made_from.update(label=gettext("Deleted user"))
    made_from.exclude(kind=Ban.Kind.NETWORK).update(masked_value="")
    if not keep_words:
        _remove(who)
    _erase_names_in_the_log(mine)
    name = gettext("Deleted user")
    Comment.objects.filter(pk__in=mine).update(user=None, name=name, email="", screening_results=[])
    Flag.objects.filter(user=who.account).update(
        user=None, email="", text="", sender_hash="", reporter_hash=""
    )
    # Of the others only the address is erased: nobody knows who wrote them.
    Comment.objects.filter(_typed(who)).update(email="")
    Flag.objects.filter(_typed(who)).update(email="", reporter_hash="")
    _followers(who).delete()


def _erase_names_in_the_log(comments: list[int]) -> None:
    """The admin log contains the names of rows."""
    kind = ContentType.objects.get_for_model(Comment)
    rows = LogEntry.objects.filter(content_type=kind, object_id__in=list(map(str, comments)))
    rows.update(object_repr="a comment")


def _remove(who: Person) -> None:
    """The youngest first, so that what answered nothing but their own goes as a whole.

    Where somebody else answered, the row stays as the place the answer belongs to, without its words.
    """
    for comment in (
        Comment.objects.filter(_theirs(who)).order_by("-pk").select_for_update(of=("self",))
    ):
        if not comment.replies.exists():
            comment.delete()
            continue
        comment.moderations.update(reason="")
        posting.delete_own(comment, by=None)
        comment.flags.all().delete()
        comment.text = GONE
        comment.save(update_fields=["text"])


HOLDING: Final = PersonalDataHandler(export=export, erase=erase, exported_columns=TOLD)
