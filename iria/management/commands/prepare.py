"""Everything a database and a state folder need before the site can serve; once is as good as twice."""

from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection

LOCK = 0x49524941
"""The number of the advisory lock under which only one command prepares a database at a time."""


class Command(BaseCommand):
    help = "Migrate, make the cache's table, collect static files and load the demo newsroom once."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if "load_demo" in get_commands():
            call_command("load_demo", verbosity=0)
