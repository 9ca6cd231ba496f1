"""Images that were imported without a credit."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0077_search_entries_in_bulk"),
    ]

    operations = [
        migrations.AddField(
            model_name="image",
            name="credit_pending",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Imported without a credit. Pages show “Credit unknown” until it has one. PostgreSQL accepts it for new images only, and clears it for good once there is a credit.",
            ),
        ),
        migrations.RunSQL((SQL / "credit_pending.sql").read_text()),
    ]
