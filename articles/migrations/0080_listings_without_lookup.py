"""New entries of lists are found by their primary key."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0079_comment_words_together"),
    ]

    operations = [
        migrations.RunSQL((SQL / "listings_without_lookup.sql").read_text()),
    ]
