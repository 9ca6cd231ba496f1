"""Loads the demo editor, who can sign in, and the authors, who cannot."""

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


def load_editor(origins: RowOrigins, password: str) -> tuple[User | None, str]:
    """Loads the demo editor; returns the account, and the password if it was generated.

    An existing account with the e-mail address is used as it is. None if the
    account was deleted after an earlier load.
    """
    values = content.table("publication")["editor"]
    generated = "" if password else secrets.token_urlsafe(12)

    def make() -> User | None:
        if User.objects.filter(email__iexact=values["email"]).exists():
            return None
        user = User.objects.create_user(
            values["email"],
            password or generated,
            display_name=values["display_name"],
            is_staff=True,
        )
        user.groups.add(Group.objects.get(name=values["role"]))
        mark_confirmed(user)
        return user

    new = origins.create_once(EDITOR, make)
    user = User.objects.filter(email__iexact=values["email"]).first()
    return user, generated if new else ""


def load_authors(origins: RowOrigins) -> int:
    return sum(
        origins.create_once(f"author:{values['slug']}", partial(_author, values))
        for values in content.table("publication")["author"]
    )


def load_portraits(origins: RowOrigins) -> int:
    """Loads the portraits of authors that have none."""
    return sum(
        origins.create_once(f"portrait:{slug}", partial(_portrait, slug, number))
        for values in content.table("publication")["author"]
        for slug in [values["slug"]]
        if (number := images.ids(origins).get(f"portrait-{slug}"))
    )


def _portrait(slug: str, image_id: int) -> Portrait | None:
    author = AuthorProfile.objects.filter(slug=slug, portrait=None).first()
    return Portrait.objects.create(author=author, image_id=image_id) if author else None


def _author(values: dict[str, Any]) -> AuthorProfile | None:
    if AuthorProfile.objects.filter(slug=values["slug"]).exists():
        return None
    return AuthorProfile.objects.create(**values)
