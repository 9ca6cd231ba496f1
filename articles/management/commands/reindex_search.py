"""`manage.py reindex_search`"""

from typing import Any

from django.core.management.base import BaseCommand

from articles.search import indexer


class Command(BaseCommand):
    help = "Rebuilds the search index from the published articles."

    def handle(self, *args: Any, **options: Any) -> None:
        count = indexer.reindex()
        self.stdout.write(f"{count} article{'' if count == 1 else 's'} indexed.")
