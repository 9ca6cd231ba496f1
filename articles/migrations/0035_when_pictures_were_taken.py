"""The day a picture was taken is asked by how it begins: a year, a month, a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0034_reporters")]

    operations = [
        migrations.AddIndex(
            model_name="image",
            index=models.Index(
                fields=["taken"], name="image_taken", opclasses=["varchar_pattern_ops"]
            ),
        ),
    ]
