"""What somebody wrote and reported here: told to them, and forgotten when they go."""

from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext

from articles.comments.flagging.models import Flag
from articles.comments.models import Comment, Moderation
from iria.kit.addresses import absolute
from iria.kit.registry import Holding, Person

TOLD: Final = frozenset({"articles.Comment.user", "articles.Flag.user"})
GONE: Final = "–"
"""Stands in the row of a comment that others answered, in the place of its words; no page shows it."""


def _written_by(who: Person) -> Q:
    """As an account, and as a guest with the same address, which is proven to be theirs."""
    return Q(user=who.account) | Q(user=None, email__iexact=who.email)


def tell(who: Person) -> dict[str, Any]:
    comments = Comment.objects.filter(_written_by(who)).select_related("article")
    flags = Flag.objects.filter(_written_by(who)).select_related("comment__article")
    return {
        "comments": [
            {
                "below": each.article.headline,
                "at": absolute(each.get_absolute_url()),
                "written": each.created_at,
                "name": each.public_name if each.user_id is None else "",
                "e-mail address": each.email,
                "text": each.text,
                "state": each.get_state_display(),
                "decisions": [_decided(row) for row in each.moderations.all()],
            }
            for each in comments.prefetch_related("moderations")
        ],
        "reports": [
            {
                "of a comment below": each.comment.article.headline,
                "reason": each.get_reason_display(),
                "words": each.words,
                "e-mail address": each.email,
                "made": each.made_at,
                "outcome": each.get_outcome_display(),
            }
            for each in flags
        ],
    }


def _decided(row: Moderation) -> dict[str, Any]:
    return {
        "decided": row.get_decision_display(),
        "on": row.made_at,
        "reason": row.reason if row.told else "",
    }


def forget(who: Person, keep_words: bool) -> None:
    """Takes name and address from their comments and reports; without `keep_words` also the comments."""
    if not keep_words:
        _remove(who)
    name = gettext("A reader who left")
    mine = Comment.objects.filter(_written_by(who))
    mine.update(user=None, name=name, email="", findings=[])
    Flag.objects.filter(_written_by(who)).update(
        user=None, email="", words="", sender="", reporter=""
    )


def _remove(who: Person) -> None:
    """The youngest first, so that what answered nothing but their own goes as a whole.

    Where somebody else answered, the row stays as the place the answer belongs to, without its words.
    """
    mine = Comment.objects.filter(_written_by(who)).order_by("-pk").select_for_update()
    for comment in mine:
        if not comment.replies.exists():
            comment.delete()
            continue
        comment.flags.all().delete()
        comment.text, comment.state = GONE, Comment.State.DELETED
        comment.save(update_fields=["text", "state"])
        comment.moderations.update(reason="")
        Moderation.objects.create(comment=comment, decision=Comment.State.DELETED)


HOLDING: Final = Holding(tell=tell, forget=forget, told=TOLD)
