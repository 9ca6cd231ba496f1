"""The groups of a newsroom. Their permissions are written by `iria.roles` when Django makes them."""

from django.db import migrations

ROLES = ["Administrator", "Editor", "Reporter", "Moderator"]


def make_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("iria", "0002_cache_table"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
