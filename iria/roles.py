"""What each role may do, across the houses.

A permission is given to its roles once, right after Django has made it. What an administrator
changes in a group later stays as it is: the next `migrate` gives nothing that existed before.
"""

from typing import Any, Final

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connection

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, REPORTER

ALL: Final = "view add change delete"

EVERYTHING_OF: Final = ("accounts", "articles", "iria", "newsletter", "taggit", "auth")
"""The houses whose every permission an administrator has."""

MAY: Final[dict[str, dict[str, str]]] = {
    EDITOR: {
        "articles.agency": ALL,
        "articles.appeal": "view",
        "articles.article": f"{ALL} publish change_others",
        "articles.articlecategory": ALL,
        "articles.ban": "view",
        "articles.byline": ALL,
        "articles.category": ALL,
        "articles.collection": ALL,
        "articles.commentversion": "view",
        "articles.comment": "view change feature",
        "articles.flag": "view",
        "articles.listedreason": ALL,
        "articles.correction": ALL,
        "articles.embedprovider": "view",
        "articles.kind": ALL,
        "articles.image": f"{ALL} change_many replace withdraw",
        "articles.moderation": "view",
        "articles.page": ALL,
        "articles.photographer": ALL,
        "articles.pictureevent": "view",
        "articles.pinnedquery": ALL,
        "articles.pinnedresult": ALL,
        "articles.placement": ALL,
        "articles.portrait": ALL,
        "articles.revision": "view",
        "articles.statechange": "view",
        "articles.redirect": "view",
        "articles.relatedpick": ALL,
        "articles.searchcount": "view",
        "articles.series": ALL,
        "articles.seriespart": ALL,
        "articles.synonyms": ALL,
        "taggit.tag": ALL,
        "accounts.authorprofile": ALL,
        "newsletter.issue": f"{ALL} send",
        "newsletter.issueitem": ALL,
        "newsletter.digest": "view",
        "newsletter.digestrule": ALL,
        "newsletter.newsletter": "view",
        "newsletter.bounce": "view",
        "newsletter.delivery": "view",
        "newsletter.attempt": "view",
        "newsletter.decision": "view",
        "newsletter.runevent": "view",
        "newsletter.sendinglimit": "view",
        "newsletter.suppression": "view release",
        "newsletter.subscriber": "view",
    },
    REPORTER: {
        "articles.article": "view add change",
        "articles.articlecategory": ALL,
        "articles.byline": ALL,
        "articles.agency": "view",
        "articles.collection": "view add change",
        "articles.image": "view add change",
        "articles.photographer": "view add",
        "articles.category": "view",
        "articles.kind": "view",
        "articles.revision": "view",
        "articles.relatedpick": ALL,
        "accounts.authorprofile": "view",
        "taggit.tag": "view add",
    },
    MODERATOR: {
        "articles.article": "view",
        "articles.commentversion": "view",
        "articles.appeal": "view",
        "articles.ban": "view add change",
        "articles.comment": "view change feature",
        "articles.listedreason": ALL,
        "articles.flag": "view",
        "articles.moderation": "view",
        "articles.learntmodel": "view",
        "articles.screenedword": ALL,
        "articles.screeningrule": "view change",
    },
}
"""Model → actions; every other action of a model is none of the role's business."""

_known_before: set[tuple[str, str]] = set()


def remember_permissions(**signal: Any) -> None:
    """Before a migrate: which permissions exist already."""
    _known_before.clear()
    tables = connection.introspection.table_names()
    if "auth_permission" in tables and "django_content_type" in tables:
        _known_before.update(Permission.objects.values_list("content_type__app_label", "codename"))


def grant_new_permissions(app_config: AppConfig, **signal: Any) -> None:
    """After a migrate: makes the groups, and gives them what is new in this app."""
    tables = connection.introspection.table_names()
    if "auth_group_permissions" not in tables or "django_content_type" not in tables:
        return
    create_permissions(app_config, verbosity=0)
    label = app_config.label
    new = [
        permission
        for permission in Permission.objects.filter(content_type__app_label=label)
        if (label, permission.codename) not in _known_before
    ]
    if label in EVERYTHING_OF:
        _give(ADMINISTRATOR, new)
    for role, models in MAY.items():
        wanted = {
            f"{action}_{model.removeprefix(f'{label}.')}"
            for model, actions in models.items()
            if model.startswith(f"{label}.")
            for action in actions.split()
        }
        _give(role, [permission for permission in new if permission.codename in wanted])


def _give(role: str, permissions: list[Permission]) -> None:
    if permissions:
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.add(*permissions)
