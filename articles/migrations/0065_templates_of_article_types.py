"""Gives the existing article types the template that their slug suggests; the others look like news."""

from django.db import migrations

TEMPLATES = {
    "analysis": [
        "analyses",
        "analysis",
        "background",
        "backgrounder",
        "essay",
        "explainer",
        "feature",
        "long-read",
    ],
    "opinion": ["column", "comment", "commentary", "editorial", "op-ed", "opinion", "opinions"],
    "report": [
        "briefing",
        "paper",
        "policy-brief",
        "policy-paper",
        "report",
        "reports",
        "study",
        "white-paper",
        "working-paper",
    ],
    "podcast": ["audio", "podcast", "podcasts"],
    "video": ["video", "videos"],
}


def set_templates(apps, schema_editor):
    article_types = apps.get_model("articles", "ArticleType").objects.all()
    for template, slugs in TEMPLATES.items():
        article_types.filter(slug__in=slugs).update(template=template)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0064_article_type_templates"),
    ]

    operations = [migrations.RunPython(set_templates, migrations.RunPython.noop)]
