from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("iria", "0017_import_runs"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="importeditem",
            index=models.Index(fields=["created_in", "kind"], name="imported_in"),
        ),
    ]
