"""Migrations of models that moved to another app, where their tables and permissions stay as they are."""

from collections.abc import Iterable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class CreateUnlessThere(migrations.CreateModel):
    """Creates the table of a model, unless an earlier release created it for the app that had the model."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        table = states[-1].apps.get_model(app_label, self.name)._meta.db_table
        if table not in schema_editor.connection.introspection.table_names():
            super().database_forwards(app_label, schema_editor, *states)


def create(
    name: str, options: dict[str, Any], /, **fields: "models.Field[Any, Any]"
) -> CreateUnlessThere:
    """Options as in `Meta`, fields by keyword."""
    return CreateUnlessThere(name, [*fields.items()], options)


def move_content_types(old: str, new: str, names: Iterable[str]) -> migrations.RunPython:
    """Lets permissions, groups and the log follow models from one app to another."""

    def move(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        content_types = apps.get_model("contenttypes", "ContentType")._default_manager
        models = {name.lower() for name in names}
        there = content_types.filter(app_label=new).values("model")
        # Django's migrations have no content types on a new site yet.
        content_types.filter(app_label=old, model__in=models).exclude(model__in=there).update(
            app_label=new
        )

    return migrations.RunPython(move, migrations.RunPython.noop)
