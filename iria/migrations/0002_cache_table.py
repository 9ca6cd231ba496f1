"""The cache's table, so that a bare `migrate` leaves a database that can serve."""

from django.core.management import call_command
from django.db import migrations


def make_table(apps, schema_editor):
    call_command("createcachetable", "iria_cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("iria", "0001_initial")]
    operations = [migrations.RunPython(make_table, migrations.RunPython.noop)]
