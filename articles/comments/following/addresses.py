"""The whole addresses in mails about what somebody follows."""

from django.urls import reverse

from articles.comments.following.models import Follow, Follower
from iria.kit.addresses import absolute


def to_confirm(follow: Follow) -> str:
    return absolute(reverse("comment_follow_confirm", args=[follow.token]))


def to_leave(one: Follow | Follower) -> str:
    """Leaves one thing; for a follower, whatever comes once a day."""
    return absolute(reverse("comment_follow_leave", args=[one.token]))


def preferences(follower: Follower) -> str:
    return absolute(reverse("newsletter_preferences", args=[follower.token]))
