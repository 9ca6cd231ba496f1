"""The newsletter that the form at the foot of every page subscribes to."""

from django.db import migrations


def make_first(apps, schema_editor):
    newsletter = apps.get_model("newsletter", "Newsletter")
    newsletter.objects.get_or_create(
        slug="news",
        defaults={
            "name": "News",
            "description": "New articles and analyses, chosen by the editors.",
        },
    )


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0001_initial")]
    operations = [migrations.RunPython(make_first, migrations.RunPython.noop)]
