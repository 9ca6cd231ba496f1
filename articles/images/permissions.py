"""Who may change an image that is published or scheduled.

Django's permissions say what a role may do at all. A published or scheduled image can only be
changed by users who may publish, like an article (`articles.editorial.permissions`).
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from articles.images.hooks import listed, uses_of
from articles.images.models import Image

type AnyUser = User | AbstractBaseUser | AnonymousUser


def may_publish(user: AnyUser) -> bool:
    return isinstance(user, User) and user.has_perm("articles.publish_article")


def may_change(user: AnyUser, image: Image) -> bool:
    """Whether this user may change the image, given its usage."""
    return not why_readonly(user, image)


def why_readonly(user: AnyUser, image: Image) -> str:
    """Why this user cannot change the image and what to do; empty if they can."""
    if may_publish(user):
        return ""
    uses = [use for use in uses_of(image) if use.public or use.scheduled]
    if not uses:
        return ""
    return (
        f"This image is used in {listed(uses)}. Only users who may publish can change a published "
        "or scheduled image. Ask an editor to change it. In your own article you can write another "
        "caption."
    )
