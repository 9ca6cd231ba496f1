"""Creates the groups of the roles and grants them the permissions in the models' policies.

To change what a role may do, change `permissions=` of `@model_policy` at the model.

A permission is granted once, right after Django has created it. What an administrator changes in a group
later stays as it is: the next `migrate` grants nothing that existed before. On a site that exists, change the
group in the admin too, or grant it in a migration.
"""

from typing import Any, Final

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions, rename_permissions_after_model_rename
from django.contrib.auth.models import Group, Permission
from django.db import connection

from accounts.role_names import ADMINISTRATOR, EDITOR, REPORTER
from iria.core.model_policy import (
    ALL_ACTIONS,
    ALL_ROWS,
    Pruning,
    declare,
    permissions_of,
)

ADMINISTRATOR_APPS: Final = (
    "accounts",
    "articles",
    "iria",
    "newsletter",
    "operations",
    "transfer",
    "taggit",
    "auth",
)
"""The apps of which an administrator has every permission."""

_known_before: set[int] = set()


def remember_permissions(**signal: Any) -> None:
    """Before a migrate: notes which permissions exist already."""
    _known_before.clear()
    tables = connection.introspection.table_names()
    if "auth_permission" in tables and "django_content_type" in tables:
        _known_before.update(Permission.objects.values_list("pk", flat=True))


def grant_new_permissions(app_config: AppConfig, **signal: Any) -> None:
    """After a migrate: creates the groups, and grants them the new permissions of this app."""
    tables = connection.introspection.table_names()
    if "auth_group_permissions" not in tables or "django_content_type" not in tables:
        return
    # Django's receivers do both, but are called later: a renamed model would have both names then.
    rename_permissions_after_model_rename(app_config, **{**signal, "verbosity": 0})
    create_permissions(app_config, verbosity=0)
    label = app_config.label
    new = [
        permission
        for permission in Permission.objects.filter(content_type__app_label=label)
        if permission.pk not in _known_before
    ]
    if label in ADMINISTRATOR_APPS:
        _grant(ADMINISTRATOR, new)
    for role, codenames in permissions_of(label).items():
        _grant(role, [permission for permission in new if permission.codename in codenames])


def _grant(role: str, permissions: list[Permission]) -> None:
    if permissions:
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.add(*permissions)


def declare_policies() -> None:
    declare(
        "taggit.Tag",
        public=ALL_ROWS,
        permissions={EDITOR: ALL_ACTIONS, REPORTER: "view add"},
    )
    declare("taggit.TaggedItem")
    declare("admin.LogEntry", personal_data="admin")
    declare("auth.Group", personal_data="admin")
    declare("auth.Permission")
    declare("contenttypes.ContentType")
    declare("sessions.Session", personal_data="sessions")
    for label in ("account.EmailAddress", "account.EmailConfirmation", "mfa.Authenticator"):
        declare(label, personal_data="accounts")
    # Jobs contain the ids of rows; personal data is in the rows.
    for name in ("PeriodicDefer", "Worker"):
        declare(f"procrastinate.Procrastinate{name}")
    pruning = Pruning(
        "iria.delete_old_jobs", "Deleted when the job is done; 30 days after it failed."
    )
    for name in ("Event", "Job"):
        declare(f"procrastinate.Procrastinate{name}", pruning=pruning)
