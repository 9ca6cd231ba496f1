"""The demo editor, who can sign in, and the authors, who cannot."""

import secrets
from functools import partial
from typing import Any

from django.contrib.auth.models import Group

from accounts.email_addresses import mark_confirmed
from accounts.models import AuthorProfile, User
from articles.editorial.models import Portrait
from iria.core.db.row_origins import RowOrigins
from iria.demo import content
from iria.demo.loading import images

EDITOR = "editor"


def load_editor(marks: RowOrigins, password: str) -> tuple[User | None, str]:
    """The demo editor, and the password where it was made up just now.

    Where somebody's own account has the address already, it is used as it is. None where the
    account was loaded once and has been deleted since.
    """
    words = content.table("publication")["editor"]
    made_up = "" if password else secrets.token_urlsafe(12)

    def make() -> User | None:
        if User.objects.filter(email__iexact=words["email"]).exists():
            return None
        user = User.objects.create_user(
            words["email"],
            password or made_up,
            display_name=words["display_name"],
            is_staff=True,
        )
        user.groups.add(Group.objects.get(name=words["role"]))
        mark_confirmed(user)
        return user

    new = marks.create_once(EDITOR, make)
    user = User.objects.filter(email__iexact=words["email"]).first()
    return user, made_up if new else ""


def load_authors(marks: RowOrigins) -> int:
    return sum(
        marks.create_once(f"author:{words['slug']}", partial(_author, words))
        for words in content.table("publication")["author"]
    )


def load_portraits(marks: RowOrigins) -> int:
    """Everybody's picture, unless an editor has given them one."""
    return sum(
        marks.create_once(f"portrait:{slug}", partial(_portrait, slug, number))
        for words in content.table("publication")["author"]
        for slug in [words["slug"]]
        if (number := images.ids(marks).get(f"portrait-{slug}"))
    )


def _portrait(slug: str, image_id: int) -> Portrait | None:
    author = AuthorProfile.objects.filter(slug=slug, portrait=None).first()
    return Portrait.objects.create(author=author, image_id=image_id) if author else None


def _author(words: dict[str, Any]) -> AuthorProfile | None:
    if AuthorProfile.objects.filter(slug=words["slug"]).exists():
        return None
    return AuthorProfile.objects.create(**words)
