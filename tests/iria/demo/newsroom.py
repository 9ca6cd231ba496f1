"""Loads and removes the demo newsroom, and compares the rows."""

from io import StringIO
from typing import Any, Final

from django.apps import apps
from django.core.management import call_command

from articles.editorial import listings
from articles.editorial.models import Article
from articles.search.models import SearchLanguage, SearchLexeme, SearchWord
from iria.core.http.cache_versions import CacheVersion

PASSWORD: Final = "of-the-demo-editor"
OTHER_APPS: Final = {"procrastinate", "sessions", "contenttypes"}
"""Apps whose rows are not part of a newsroom."""

REMEMBERED: Final[set[Any]] = {CacheVersion, SearchLanguage, SearchLexeme, SearchWord}
"""Models whose rows stay after a removal: changes, and words of the search (`articles.search.models`)."""

type Rows = dict[str, list[tuple[Any, ...]]]


def every_row() -> Rows:
    """The rows of each model, without those that stay after a removal."""
    rows: Rows = {}
    listings.add_up()  # Counts are rows of plus and minus one until the worker adds them up.
    for model in apps.get_models():
        if model._meta.app_label not in OTHER_APPS and model not in REMEMBERED:
            rows[model._meta.label] = list(model._default_manager.order_by("pk").values_list())
    return rows


def load() -> str:
    output = StringIO()
    call_command("load_demo", stdout=output)
    return output.getvalue()


def remove() -> str:
    output = StringIO()
    call_command("load_demo", "--remove", stdout=output)
    return output.getvalue()


def story(slug: str) -> Article:
    return Article.objects.get(slug=slug)
