"""The words of new comments are written once for each statement."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0078_credit_pending"),
    ]

    operations = [
        migrations.RunSQL((SQL / "comment_words_together.sql").read_text()),
    ]
