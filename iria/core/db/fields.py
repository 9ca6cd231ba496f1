"""Model fields that several apps use."""

from typing import Any

from django.conf import settings
from django.db import models


class ActorField[Set, Get](models.ForeignKey[Set, Get]):
    """The account that did something; null if nobody did, or after the account was deleted.

    Declare it with `null=True`, which its type follows from.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"to": settings.AUTH_USER_MODEL, "on_delete": models.SET_NULL, **options}
        )

    def deconstruct(self) -> Any:
        """Migrations have a plain foreign key."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, options

    def get_internal_type(self) -> str:
        return "ForeignKey"
