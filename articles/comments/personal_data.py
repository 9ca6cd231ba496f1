"""Export and erasure of comments, reports and follows."""

from typing import Any, Final

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext

from articles.comments.models import Comment, CommentRevision, ModerationDecision, Recommendation
from articles.comments.moderation import ban_matching
from articles.comments.moderation.models import Appeal, Ban, EncryptedIPAddress, Flag
from articles.comments.notifications.models import Follow, Follower
from articles.comments.submission import posting
from iria.core.hooks import Person, PersonalDataHandler
from iria.core.http.urls import absolute_url

EXPORTED_COLUMNS: Final = frozenset(
    {
        "articles.Ban.user",
        "articles.Comment.user",
        "articles.Flag.user",
        "articles.Follower.user",
        "articles.Recommendation.user",
    }
)
ERASED_TEXT: Final = "–"
"""The text of an erased comment that has replies; no page shows it."""


def _by_person(person: Person) -> Q:
    """Comments of the account, and of a guest whose confirmed e-mail address is the same.

    A comment with an unconfirmed address may be by anybody.
    """
    confirmed = Q(user=None, email__iexact=person.email, email_confirmed_at__isnull=False)
    return Q(user=person.account) | confirmed


def _by_guest(person: Person) -> Q:
    """Rows of guests with the e-mail address of this person."""
    return Q(user=None, email__iexact=person.email)


def export(person: Person) -> dict[str, Any]:
    comments = Comment.objects.filter(_by_person(person)).select_related("article", "appeal")
    reports = Flag.objects.filter(user=person.account).select_related("comment")
    return {
        "comments": [
            _comment(each)
            for each in comments.defer("article__body").prefetch_related("moderations", "versions")
        ],
        "comments that gave your address and nobody confirmed": Comment.objects.filter(
            _by_guest(person)
        )
        .filter(email_confirmed_at=None)
        .count(),
        "reports": [_report(each) for each in reports],
        "recommended": [
            {"comment": absolute_url(each.comment.get_absolute_url()), "since": each.created_at}
            for each in Recommendation.objects.filter(user=person.account).select_related("comment")
        ],
        "followed": [
            {
                "what": each.get_kind_display(),
                "below": each.article.headline if each.article else "",
                "how often": each.get_frequency_display(),
                "asked": each.created_at,
                "confirmed": each.confirmed_at,
                "left": each.unfollowed_at,
            }
            for each in Follow.objects.filter(follower__in=_followers(person)).with_details()
        ],
        "bans": list(
            Ban.objects.filter(user=person.account).values("created_at", "expires_at", "reason")
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
        # A guest may enter the address of somebody else, who must not get the IP address.
        "came from the IP address": ban_matching.ip_address_of(each) if each.user_id else None,
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


def _followers(person: Person) -> Any:
    return Follower.objects.filter(Q(user=person.account) | _by_guest(person))


def erase(person: Person, keep_text: bool) -> None:
    """Erases name and address from comments and reports; without `keep_text` also the comments.

    Always erased is what only moderators can read: revisions, appeals, IP addresses. Of comments with
    the unconfirmed address of this person only the address is erased.
    """
    own = list(Comment.objects.filter(_by_person(person)).values_list("pk", flat=True))
    CommentRevision.objects.filter(comment__in=own).delete()
    EncryptedIPAddress.objects.filter(comment__in=own).delete()
    Appeal.objects.filter(comment__in=own).update(text="")
    # Before the comments are deleted, because that sets `Ban.comment` to null.
    bans = Ban.objects.filter(comment__in=own)
    bans.update(label=gettext("Deleted user"))
    bans.exclude(kind=Ban.Kind.NETWORK).update(masked_value="")
    if not keep_text:
        _delete_comments(person)
    _erase_names_in_admin_log(own)
    name = gettext("Deleted user")
    Comment.objects.filter(pk__in=own).update(user=None, name=name, email="", screening_results=[])
    Flag.objects.filter(user=person.account).update(
        user=None, email="", text="", sender_hash="", reporter_hash=""
    )
    # Of the others only the address is erased, because somebody else may have written them.
    Comment.objects.filter(_by_guest(person)).update(email="")
    Flag.objects.filter(_by_guest(person)).update(email="", reporter_hash="")
    _followers(person).delete()
    Recommendation.objects.filter(user=person.account).delete()


def _erase_names_in_admin_log(comments: list[int]) -> None:
    """The admin log contains the names of rows."""
    content_type = ContentType.objects.get_for_model(Comment)
    rows = LogEntry.objects.filter(
        content_type=content_type, object_id__in=list(map(str, comments))
    )
    rows.update(object_repr="a comment")


def _delete_comments(person: Person) -> None:
    """Deletes comments, the newest first, so that those with replies only by the same person are deleted.

    A comment with a reply by somebody else stays as a placeholder, without its text.
    """
    for comment in (
        Comment.objects.filter(_by_person(person)).order_by("-pk").select_for_update(of=("self",))
    ):
        if not comment.replies.exists():
            comment.delete()
            continue
        comment.moderations.update(reason="")
        posting.delete_own(comment, by=None)
        comment.flags.all().delete()
        comment.text = ERASED_TEXT
        comment.save(update_fields=["text"])


HANDLER: Final = PersonalDataHandler(export=export, erase=erase, exported_columns=EXPORTED_COLUMNS)
