"""Whoever had a permission of a renamed model keeps it under its new name."""

from django.db import migrations

MODELS = {
    "importedline": "importrow",
    "runevent": "deliveryevent",
    "pace": "throttlestate",
    "look": "externalcheck",
    "decision": "uncertainresolution",
    "mailboxreading": "mailboxstatus",
}
RENAMED = {
    "release_suppression": "remove_suppression",
    **{
        f"{action}_{old}": f"{action}_{new}"
        for old, new in MODELS.items()
        for action in ("add", "change", "delete", "view")
    },
}


def rename(names):
    def run(apps, schema_editor):
        permissions = apps.get_model("auth", "Permission").objects.using(
            schema_editor.connection.alias
        )
        for old, new in names.items():
            permissions.filter(content_type__app_label="newsletter", codename=old).update(
                codename=new
            )

    return run


class Migration(migrations.Migration):
    dependencies = [
        ("newsletter", "0023_plain_names"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(rename(RENAMED), rename({new: old for old, new in RENAMED.items()})),
    ]
