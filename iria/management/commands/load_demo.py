"""The demo newsroom: loaded once, taken away as a whole."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from iria.core.db.row_origins import RowOrigins
from iria.demo import content, removing
from iria.demo.loading import everything
from iria.launcher.paths import write_atomically
from iria.launcher.preparation import DEMO_EDITOR

LOCK = 0x64656D6F
"""The number of the advisory lock under which one command at a time loads or removes the demo."""


class Command(BaseCommand):
    help = (
        "Load a demo newsroom: articles, images, comments, a newsletter. "
        "A second time changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--remove",
            action="store_true",
            help="take exactly the demo newsroom away, and nothing an editor made",
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
        def say(sentence: str) -> None:
            if not quiet:
                self.stdout.write(sentence)

        given = os.environ.get("IRIA_DEMO_PASSWORD", "")
        loaded = everything.load(given, say=say)
        address = content.table("publication")["editor"]["email"]
        if given and loaded.made_editor:
            _note(f"{address} {given}")
        for remark in loaded.remarks:
            self.stdout.write(remark)
        counted = ", ".join(f"{number} {what}" for what, number in loaded.new.items() if number)
        say(f"New: {counted}." if counted else "The demo newsroom is loaded already.")
        if loaded.password:
            self.stdout.write(f"Sign in as {address} with the password {loaded.password}")

    def _remove(self) -> None:
        removed = removing.remove(RowOrigins(everything.COLLECTION))
        if _note_file().exists():
            _note(_note_file().read_text().split()[-1])
        for what in removed.kept:
            self.stdout.write(f"Kept: {what}.")
        self.stdout.write(f"The demo newsroom is gone ({removed.count} rows).")


def _note_file() -> Path:
    """Where `make run` keeps the password and looks up how to sign in."""
    return settings.STATE / DEMO_EDITOR


def _note(words: str) -> None:
    write_atomically(_note_file(), words + "\n")
