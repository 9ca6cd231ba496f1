"""Gives the article types that every newsroom begins with their names in the languages of the interface."""

from django.db import migrations

NAMES = {
    "News": {"ar": "خبر", "de": "Nachricht", "es": "Noticia", "fr": "Actualité", "pt": "Notícia"},
    "Analysis": {
        "ar": "تحليل",
        "de": "Analyse",
        "es": "Análisis",
        "fr": "Analyse",
        "pt": "Análise",
    },
    "Report": {"ar": "تقرير", "de": "Bericht", "es": "Informe", "fr": "Rapport", "pt": "Relatório"},
    "Opinion": {"ar": "رأي", "de": "Meinung", "es": "Opinión", "fr": "Opinion", "pt": "Opinião"},
    "Backgrounder": {
        "ar": "خلفية",
        "de": "Hintergrund",
        "es": "Contexto",
        "fr": "Contexte",
        "pt": "Contexto",
    },
    "Interview": {
        "ar": "مقابلة",
        "de": "Interview",
        "es": "Entrevista",
        "fr": "Entretien",
        "pt": "Entrevista",
    },
    "Podcast": {
        "ar": "بودكاست",
        "de": "Podcast",
        "es": "Pódcast",
        "fr": "Podcast",
        "pt": "Podcast",
    },
    "Video": {"ar": "فيديو", "de": "Video", "es": "Vídeo", "fr": "Vidéo", "pt": "Vídeo"},
}


def translate(apps, schema_editor):
    article_types = apps.get_model("articles", "ArticleType").objects
    for name, names in NAMES.items():
        translations = {language: {"name": text} for language, text in names.items()}
        article_types.filter(name=name, translations={}).update(translations=translations)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0075_names_of_article_types"),
    ]

    operations = [
        migrations.RunPython(translate, migrations.RunPython.noop),
    ]
