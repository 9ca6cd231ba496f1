"""The first kinds of article, and PostgreSQL's extensions for finding words."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

KINDS = ["News", "Analysis", "Report", "Opinion", "Backgrounder", "Interview"]


def add_kinds(apps, schema_editor):
    kind = apps.get_model("articles", "Kind")
    for position, name in enumerate(KINDS):
        kind.objects.get_or_create(slug=name.lower(), defaults={"name": name, "position": position})


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]
    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunPython(add_kinds, migrations.RunPython.noop),
    ]
