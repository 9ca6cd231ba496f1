from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("newsletter", "0025_welcome_email"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("welcome", "due")),
                fields=["confirmed_at"],
                name="consent_welcome_due",
            ),
        ),
    ]
