"""`manage.py reindex_search`"""

from typing import Any

from django.core.management.base import BaseCommand

from articles.search.index import indexer


class Command(BaseCommand):
    help = "Writes the search index anew from the published articles."

    def handle(self, *args: Any, **options: Any) -> None:
        count = indexer.reindex()
        self.stdout.write(f"{count} articles are in the search index.")
