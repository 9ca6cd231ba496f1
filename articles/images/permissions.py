"""Who may change an image or a file that is published or scheduled.

Django's permissions say what a role may do at all. A published or scheduled one can only be
changed by users who may publish, like an article (`articles.editorial.permissions`).
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from articles.images.hooks import before_readers, listed
from articles.images.models import Image
from articles.images.models.library_row import LibraryRow

type AnyUser = User | AbstractBaseUser | AnonymousUser


def may_publish(user: AnyUser) -> bool:
    return isinstance(user, User) and user.has_perm("articles.publish_article")


def why_readonly(user: AnyUser, row: LibraryRow) -> str:
    """Why this user cannot change the image or file and what to do; empty if they can."""
    if may_publish(user):
        return ""
    uses = before_readers(row)
    if not uses:
        return ""
    kind = row._meta.verbose_name
    reason = (
        f"This {kind} is used in {listed(uses)}. Only users who may publish can change a published "
        f"or scheduled {kind}. Ask an editor to change it."
    )
    if isinstance(row, Image):
        reason += " In your own article you can write another caption."
    return reason
