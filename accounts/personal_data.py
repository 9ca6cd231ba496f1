"""Export of all personal data of an account (GDPR, articles 15 and 20), and deletion of accounts."""

import json
from io import BytesIO
from smtplib import SMTPException
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Field, Model
from django.utils.translation import gettext

from accounts import sessions
from accounts.models import AuthorProfile, User
from iria.core.hooks import Person, PersonalDataHandler, personal_data
from iria.core.mail import to_ascii
from iria.publication.mail import send

EXPORTED_COLUMNS: Final = frozenset(
    {
        "account.EmailAddress.user",
        "accounts.AuthorProfile.user",
        "accounts.Device.user",
        "accounts.Avatar.user",
        "accounts.Session.user",
        "accounts.User_groups.user",
        "mfa.Authenticator.user",
    }
)


def person(user: User) -> Person:
    return Person(account=user.pk, email=user.email)


def gather(user: User) -> dict[str, dict[str, Any]]:
    """App → its data about the account, as values for JSON."""
    data = {name: handler.export(person(user)) for name, handler in personal_data.items()}
    return {**data, "admin": {"rows that name you as the person who acted": rows_naming(user)}}


def rows_naming(user: User) -> dict[str, int]:
    """Every other foreign key to the account, and in how many rows, so that none is left out by mistake."""
    exported = {column for handler in personal_data for column in handler.exported_columns}
    counts = {}
    for column, field in foreign_keys_to_accounts():
        if column not in exported:
            rows = field.model._base_manager.filter(**{field.name: user.pk}).count()
            if rows:
                counts[column] = rows
    return counts


def foreign_keys_to_accounts() -> "list[tuple[str, Field[Any, Any]]]":
    """Every foreign key to an account in the database, many-to-many tables included, by name."""
    columns: list[tuple[str, Field[Any, Any]]] = []
    for relation in User._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and hasattr(relation, "field"):
            field: Field[Any, Any] = relation.field
            if not field.many_to_many:
                model: type[Model] = field.model
                columns.append((f"{model._meta.label}.{field.name}", field))
    return sorted(columns, key=lambda column: column[0])


def archive(user: User) -> bytes:
    """A ZIP with a JSON file per app, and the profile picture."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as file:
        file.writestr("read-me.txt", _read_me())
        for name, data in gather(user).items():
            content = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            file.writestr(f"{name}.json", content)
        if avatar := getattr(user, "avatar", None):
            file.writestr("picture.png", bytes(avatar.png))
    return buffer.getvalue()


def _read_me() -> str:
    return gettext(
        "All data stored about your account, in a format that people and programs can read. "
        "Each file is named after the part of the site it comes from."
    )


def export(who: Person) -> dict[str, Any]:
    user = User.objects.get(pk=who.account)
    return {
        "e-mail address": user.email,
        "name": user.display_name,
        "biography": user.biography,
        "public profile": user.has_public_profile,
        "created": user.date_joined,
        "last sign-in": user.last_login,
        "admin access": user.is_staff,
        "groups": list(user.groups.values_list("name", flat=True)),
        "e-mail addresses": list(
            EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
        ),
        "sessions": [
            {"browser": row.browser, "since": row.started_at, "seen": row.last_seen_at}
            for row in sessions.sessions_of(user)
        ],
        "known browsers": list(user.devices.values("browser", "first_seen", "last_seen")),
        "two-factor authentication": _authenticators(user),
        "author": list(
            AuthorProfile.objects.filter(user=user).values(
                "name", "slug", "role", "biography", "links"
            )
        ),
    }


def _authenticators(user: User) -> list[dict[str, Any]]:
    """Without the secrets, since the file could fall into other hands."""
    return [
        {"kind": row.type, "name": str(row), "made": row.created_at, "used": row.last_used_at}
        for row in Authenticator.objects.filter(user=user).order_by("pk")
    ]


def erase(who: Person, keep_text: bool) -> None:
    """Our rows are deleted with the account; the admin log contains its name."""
    content_type = ContentType.objects.get_for_model(User)
    rows = LogEntry.objects.filter(content_type=content_type, object_id=str(who.account))
    rows.update(object_repr="deleted account", change_message="")


HANDLER: Final = PersonalDataHandler(export=export, erase=erase, exported_columns=EXPORTED_COLUMNS)


class CannotDelete(Exception):
    """The account cannot be deleted; the message is for its owner."""


def delete_account(user: User, *, keep_text: bool) -> None:
    """Deletes the account as its owner requests it, and confirms that by e-mail.

    Args:
        keep_text: whether comments stay, without a name.

    Raises:
        CannotDelete: the account has admin access, or is named in the admin log, whose rows would be
            deleted with it.
    """
    if user.is_staff:
        raise CannotDelete(
            gettext(
                "Your account has admin access. Ask an administrator to remove it; then you can "
                "delete the account."
            )
        )
    if LogEntry.objects.filter(user=user).exists():
        raise CannotDelete(
            gettext(
                "Your account is named in the admin log, which is kept. Ask an administrator to "
                "deactivate the account instead."
            )
        )
    erase_and_delete(user, keep_text=keep_text)
    _send_confirmation(user.email)


def erase_and_delete(user: User, *, keep_text: bool) -> None:
    """Deletes the account permanently, in one transaction.

    Each app first erases what refers to the account by its id or e-mail address only; then the row of the
    account is deleted, with its sessions, known browsers, authenticators, e-mail addresses and avatar.
    Columns that name who did something in the admin are set to null.
    """
    with transaction.atomic():
        locked = User.objects.select_for_update().filter(pk=user.pk).first()
        if locked is not None:
            for handler in personal_data:
                handler.erase(person(locked), keep_text)
            locked.delete()


def _send_confirmation(email: str) -> None:
    try:
        send("account/email/deleted", to_ascii(email), {})
    except (SMTPException, OSError):
        # Without the account there is nothing to retry.
        return
