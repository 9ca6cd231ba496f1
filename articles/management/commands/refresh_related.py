"""`manage.py refresh_related`"""

from typing import Any

from django.core.management.base import BaseCommand

from articles.related import recomputation


class Command(BaseCommand):
    help = "Recomputes the related articles of every published article."

    def handle(self, *args: Any, **options: Any) -> None:
        count = recomputation.refresh_all()
        self.stdout.write(
            f"Related articles of {count} article{'' if count == 1 else 's'} recomputed."
        )
