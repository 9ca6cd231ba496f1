"""Where an image or a file is used, as all packages report it, and who may change it then.

Django's permissions say what a role may do at all. A published or scheduled one can only be
changed by users who may publish, like an article (`articles.editorial.permissions`).
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from articles.images.models import Image
from articles.images.models.description import LibraryRow
from iria.core.hooks import ImageUsage


def uses_of(row: LibraryRow) -> list[ImageUsage]:
    return [use for usage_of in row.usages for use in usage_of(row.pk)]


def public_or_scheduled_uses_of(row: LibraryRow) -> list[ImageUsage]:
    """Where it is published or scheduled."""
    return [use for use in uses_of(row) if use.public or use.scheduled]


def public_uses_of(image: Image) -> list[ImageUsage]:
    """Where it is published now."""
    return [use for use in uses_of(image) if use.public]


def listed(uses: list[ImageUsage], most: int = 3) -> str:
    """The uses as text; after a few of them, how many more."""
    names = [use.label for use in uses[:most]]
    if len(uses) > most:
        names.append(f"{len(uses) - most} more")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


type AnyUser = User | AbstractBaseUser | AnonymousUser


def may_publish(user: AnyUser) -> bool:
    return isinstance(user, User) and user.has_perm("articles.publish_article")


def why_readonly(user: AnyUser, row: LibraryRow) -> str:
    """Why this user cannot change the image or file and what to do; empty if they can."""
    if may_publish(user):
        return ""
    uses = public_or_scheduled_uses_of(row)
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
