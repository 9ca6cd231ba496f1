"""Who was suppressed before suppressions were rows gets one."""

import hashlib

from django.db import migrations


def write_rows(apps, schema_editor):
    Subscriber = apps.get_model("newsletter", "Subscriber")
    Suppression = apps.get_model("newsletter", "Suppression")
    for one in Subscriber.objects.filter(state="suppressed").iterator():
        # As `newsletter.models.querysets.address_hash` made it on the day of this migration.
        email = one.email.strip().lower()
        digest = hashlib.sha256(f"iria.suppression:{email}".encode()).hexdigest()
        Suppression.objects.create(
            address_hash=digest,
            subscriber=one,
            reason="by_hand",
            words=one.suppressed_because,
            since=one.suppressed_at,
        )


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0005_suppressions_and_bounces")]

    operations = [migrations.RunPython(write_rows, migrations.RunPython.noop)]
