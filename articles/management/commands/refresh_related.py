"""`manage.py refresh_related`"""

from typing import Any

from django.core.management.base import BaseCommand

from articles.related import recomputation


class Command(BaseCommand):
    help = "Computes anew what to read next below every published article."

    def handle(self, *args: Any, **options: Any) -> None:
        count = recomputation.refresh_all()
        self.stdout.write(f"{count} articles were compared.")
