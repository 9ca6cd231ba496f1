"""`manage.py load_demo` loads or removes the demo newsroom."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from iria.core.db.row_origins import RowOrigins
from iria.demo import content, removal
from iria.demo.loading import all_content
from iria.launcher.paths import write_atomically
from iria.launcher.preparation import DEMO_EDITOR

LOCK = 0x64656D6F
"""The key of the advisory lock: only one command at a time loads or removes the demo."""


class Command(BaseCommand):
    help = (
        "Loads the demo newsroom: articles, images, comments and a newsletter. "
        "If it is loaded already, nothing changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--remove",
            action="store_true",
            help="remove the demo newsroom; what editors created or changed stays",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                if options["remove"]:
                    self._remove()
                else:
                    self._load(quiet=options["verbosity"] == 0)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def _load(self, *, quiet: bool) -> None:
        def report_progress(message: str) -> None:
            if not quiet:
                self.stdout.write(message)

        given = os.environ.get("IRIA_DEMO_PASSWORD", "")
        loaded = all_content.load(given, report_progress=report_progress)
        email = content.table("publication")["editor"]["email"]
        if given and loaded.made_editor:
            _note(f"{email} {given}")
        for remark in loaded.remarks:
            self.stdout.write(remark)
        counted = ", ".join(f"{number} {what}" for what, number in loaded.new.items() if number)
        report_progress(f"New: {counted}." if counted else "The demo newsroom is loaded already.")
        if loaded.password:
            self.stdout.write(f"Sign in as {email} with the password {loaded.password}")

    def _remove(self) -> None:
        removed = removal.remove(RowOrigins(all_content.COLLECTION))
        if _note_file().exists():
            _note(_note_file().read_text().split()[-1])
        for what in removed.kept:
            self.stdout.write(f"Kept: {what}.")
        self.stdout.write(f"The demo newsroom was removed ({removed.count} rows).")


def _note_file() -> Path:
    """The file in which `make run` stores the e-mail address and password."""
    return settings.STATE / DEMO_EDITOR


def _note(text: str) -> None:
    write_atomically(_note_file(), text + "\n")
