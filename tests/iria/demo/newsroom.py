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
BESIDE: Final = {"procrastinate", "sessions", "contenttypes"}
"""Labels whose rows are no part of a newsroom."""

REMEMBERED: Final[set[Any]] = {CacheVersion, SearchLanguage, SearchLexeme, SearchWord}

type Rows = dict[str, list[tuple[Any, ...]]]


def every_row() -> Rows:
    """What stands in the tables of all houses; that something changed stays written down, and
    what was seen once, words and languages, stays known to the search (`articles.search.models`)."""
    found: Rows = {}
    listings.add_up()  # Counts are rows of plus and minus one until the worker adds them up.
    for model in apps.get_models():
        if model._meta.app_label not in BESIDE and model not in REMEMBERED:
            rows = model._default_manager.order_by("pk").values_list()
            found[model._meta.label] = list(rows)
    return found


def load() -> str:
    said = StringIO()
    call_command("load_demo", stdout=said)
    return said.getvalue()


def remove() -> str:
    said = StringIO()
    call_command("load_demo", "--remove", stdout=said)
    return said.getvalue()


def story(slug: str) -> Article:
    return Article.objects.get(slug=slug)
