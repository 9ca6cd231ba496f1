"""`manage.py reindex_search`"""

from typing import Any

from django.core.management.base import BaseCommand

from articles.search import indexing


class Command(BaseCommand):
    help = "Writes the search index anew from the published articles."

    def handle(self, *args: Any, **options: Any) -> None:
        count = indexing.reindex()
        self.stdout.write(f"{count} articles are in the search index.")
