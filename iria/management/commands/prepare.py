"""`manage.py prepare` prepares a database and a state folder for the site; idempotent."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from articles.editorial.models import Article
from iria.launcher.paths import write_atomically

LOCK = 0x49524941
"""The key of the advisory lock: only one command at a time prepares a database."""


class Command(BaseCommand):
    help = "Migrates the database, collects static files and loads the demo newsroom once."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        try:
            load_demo_once()
        except CommandError as error:
            self.stderr.write(str(error))


def load_demo_once() -> None:
    """Load the demo newsroom into a database without articles, once.

    A database with articles, or one from which the demo was removed, is not changed.
    """
    marker = settings.STATE / "demo-loaded"
    database_id = _database_id()
    if marker.exists() and marker.read_text() == database_id:
        return
    if apps.is_installed("iria.lab") and not Article.objects.exists():
        call_command("load_demo", verbosity=0)
    write_atomically(marker, database_id)


def _database_id() -> str:
    """Identifies this database, also if another one had the same name and server before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier || '/' || current_database() FROM pg_control_system()"
        )
        return str(cursor.fetchone()[0])
