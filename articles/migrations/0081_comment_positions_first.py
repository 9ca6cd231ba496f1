"""Positions of new comments are found before the first one is written."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0080_listings_without_lookup"),
    ]

    operations = [
        migrations.RunSQL((SQL / "comment_positions_first.sql").read_text()),
    ]
