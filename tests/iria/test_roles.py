"""Permissions of the roles, which administrators can change."""

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db.migrations import Migration, RenameModel

from accounts.models import User
from accounts.role_names import ADMINISTRATOR, EDITOR, REPORTER
from iria import roles


def test_an_editor_may_publish_and_a_reporter_may_not(edna: User, rui: User) -> None:
    assert edna.has_perm("articles.publish_article")
    assert rui.has_perm("articles.add_article")
    assert not rui.has_perm("articles.publish_article")


def test_a_moderator_may_not_change_articles(mina: User) -> None:
    assert not mina.has_perm("articles.change_article")


def test_a_removed_permission_is_not_granted_again(edna: User) -> None:
    permission = Permission.objects.get(codename="delete_category")
    Group.objects.get(name=EDITOR).permissions.remove(permission)
    call_command("migrate", verbosity=0)
    assert not Group.objects.get(name=EDITOR).permissions.filter(pk=permission.pk).exists()


def test_the_roles_exist_in_a_new_database(db: None) -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {
        "Administrator",
        EDITOR,
        REPORTER,
        "Moderator",
    }


def test_a_renamed_model_keeps_its_permissions(
    db: None,
) -> None:
    administrators = Group.objects.get(name=ADMINISTRATOR)
    change, delete = (
        Permission.objects.get(codename=f"{action}_avatar") for action in ("change", "delete")
    )
    administrators.permissions.remove(delete)
    for permission in Permission.objects.filter(codename__endswith="_avatar"):
        permission.codename = permission.codename.replace("avatar", "face")
        permission.save()
    renaming = Migration("renaming", "accounts")
    renaming.operations = [RenameModel("Face", "Avatar")]  # type: ignore[misc]
    roles.remember_permissions()
    roles.grant_new_permissions(apps.get_app_config("accounts"), plan=[(renaming, False)])
    assert Permission.objects.get(codename="change_avatar") == change
    assert not Permission.objects.filter(codename__endswith="_face").exists()
    assert change in administrators.permissions.all()
    assert delete not in administrators.permissions.all()
