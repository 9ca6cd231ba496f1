"""Everything a database and a state folder need before the site can serve; once is as good as twice."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from articles.editorial.models import Article
from iria.launcher.paths import write_atomically

LOCK = 0x49524941
"""The number of the advisory lock under which only one command prepares a database at a time."""


class Command(BaseCommand):
    help = "Migrate, collect static files and load the demo newsroom once."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        load_demo_once()


def load_demo_once() -> None:
    """Load the demo newsroom into a database that holds no articles and never held it.

    A database of somebody's own, or one the demo was taken out of, stays as it is. A note says
    that loading began, so that one that was killed half way is taken up again.
    """
    loaded, begun = settings.STATE / "demo-loaded", settings.STATE / "demo-begun"
    here = _name_of_the_database()
    if loaded.exists() and loaded.read_text() == here:
        return
    unfinished = begun.exists() and begun.read_text() == here
    if unfinished or not Article.objects.exists():
        write_atomically(begun, here)
        call_command("load_demo", verbosity=0)
    write_atomically(loaded, here)
    begun.unlink(missing_ok=True)


def _name_of_the_database() -> str:
    """What tells this database from every other, also from one that had its place before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier || '/' || current_database() FROM pg_control_system()"
        )
        return str(cursor.fetchone()[0])
