"""`manage.py load_demo` loads or removes the demo newsroom."""

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from iria.demo import loading, removal
from iria.launcher.paths import write_atomically
from iria.launcher.preparation import DEMO_EDITOR
from iria.transfer.models import RowOrigins
from iria.transfer.site.folder import Rejected

NAMED = ("articles", "images", "comments", "subscribers")
"""The kinds whose numbers are printed."""

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
        if RowOrigins(loading.COLLECTION).exists():
            if not quiet:
                self.stdout.write("The demo newsroom is loaded already.")
            return
        chosen_password = os.environ.get("IRIA_DEMO_PASSWORD", "")
        password = chosen_password or secrets.token_urlsafe(12)
        try:
            counts = loading.load(password)
        except Rejected as error:
            raise CommandError(
                f"The demo newsroom was not loaded, because this site has other content at its URLs: {error}"
            ) from None
        if chosen_password:
            _note(f"{loading.EDITOR} {password}")
        else:
            self.stdout.write(f"Sign in as {loading.EDITOR} with the password {password}")
        if not quiet:
            numbers = ", ".join(f"{counts[each]} {each}" for each in NAMED)
            self.stdout.write(f"The demo newsroom is loaded: {numbers}.")

    def _remove(self) -> None:
        removed = removal.remove(RowOrigins(loading.COLLECTION))
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
