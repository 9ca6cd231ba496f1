"""An author has as many links as they like, each with words of its own, where there was one website."""

from typing import Any
from urllib.parse import urlsplit

from django.db import migrations, models


def take_websites(apps: Any, schema_editor: Any) -> None:
    for author in apps.get_model("accounts", "AuthorProfile").objects.exclude(website=""):
        host = urlsplit(author.website).netloc.removeprefix("www.")
        author.links = [{"name": (host or author.website)[:60], "address": author.website}]
        author.save(update_fields=["links"])


def give_websites_back(apps: Any, schema_editor: Any) -> None:
    for author in apps.get_model("accounts", "AuthorProfile").objects.exclude(links=[]):
        author.website = author.links[0]["address"][:200]
        author.save(update_fields=["website"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField("authorprofile", "links", models.JSONField(blank=True, default=list)),
        migrations.RunPython(take_websites, give_websites_back),
        migrations.RemoveField("authorprofile", "website"),
    ]
