"""Who may change an image that readers see, or will see without anybody looking at it again.

Django's permissions say what a role may do at all. What is published or scheduled is stricter: only
who may publish may change it, as for the text of an article (`articles.editorial.permissions`).
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from articles.images.hooks import listed, uses_of
from articles.images.models import Image

type Somebody = User | AbstractBaseUser | AnonymousUser


def may_publish(user: Somebody) -> bool:
    return isinstance(user, User) and user.has_perm("articles.publish_article")


def may_change(user: Somebody, image: Image) -> bool:
    """Whether this person may change the image, as far as its uses allow."""
    return not why_not(user, image)


def why_not(user: Somebody, image: Image) -> str:
    """Why this person may only look at the image, and what to do; empty where they may change it."""
    if may_publish(user):
        return ""
    uses = [use for use in uses_of(image) if use.public or use.scheduled]
    if not uses:
        return ""
    return (
        f"This image is used in {listed(uses)}. Only somebody who may publish can change an image "
        "that is published or scheduled. Ask an editor to change it. In an article of your own you "
        "can write another caption."
    )
