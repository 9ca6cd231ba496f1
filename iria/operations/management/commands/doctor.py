"""`manage.py doctor`: what is wrong with this installation, and how to fix it."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import suppress
from io import StringIO
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, OutputWrapper
from django.core.management.color import no_style
from django.db import DatabaseError

from accounts.models import User
from iria.core.mail import to_ascii
from iria.operations.doctor.check import Level
from iria.operations.doctor.database import table_sizes
from iria.operations.doctor.run import Result, results

MB = 1024**2


class Command(BaseCommand):
    help = (
        "Checks a running installation and says how to fix what is wrong. Exit status 1 if a check found "
        "an error; see --fail-level."
    )
    # It reports the problems of Django's checks with the others.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--offline", action="store_true", help="Skip the checks that need the network."
        )
        parser.add_argument(
            "--sizes",
            action="store_true",
            help="List the largest tables, and what keeps them small.",
        )
        parser.add_argument(
            "--fail-level",
            choices=list(Level),
            default=Level.ERROR,
            help="The lowest level for which the exit status is 1. Default: error.",
        )

        parser.add_argument(
            "--failed-unit",
            metavar="NAME",
            help="This unit of systemd has failed: send the result to all superusers.",
        )

    def handle(
        self,
        *args: Any,
        offline: bool,
        sizes: bool,
        fail_level: str,
        failed_unit: str,
        **options: Any,
    ) -> None:
        if failed_unit:
            self._send_report(failed_unit, offline=offline)
            return
        levels: set[Level] = set()
        all_results = results(with_slow=not offline)
        for group, of_group in groupby(all_results, key=lambda each: each.group):
            self.stdout.write(self.style.MIGRATE_HEADING(group))
            levels |= self._write(of_group)
        if sizes:
            # The database may be what is wrong.
            with suppress(DatabaseError):
                self._write_sizes()
        if fail_level in levels or Level.ERROR in levels:
            sys.exit(1)

    def _send_report(self, unit: str, *, offline: bool) -> None:
        """Sends an e-mail; while the database is away, to DEFAULT_FROM_EMAIL, since nobody else is known."""
        report = StringIO()
        self.stdout, self.style = OutputWrapper(report), no_style()
        for result in results(with_slow=not offline):
            self._write([result])
        recipients = []
        with suppress(DatabaseError):
            superusers = User.objects.filter(is_superuser=True, is_active=True)
            recipients = [to_ascii(email) for email in superusers.values_list("email", flat=True)]
        EmailMessage(
            f"{unit} failed on {settings.SITE_HOST}",
            f"`journalctl --unit {unit}` says why it failed. `iria-manage doctor` finds:\n\n{report.getvalue()}",
            to=recipients or [settings.DEFAULT_FROM_EMAIL],
        ).send()

    def _write_sizes(self) -> None:
        tables = table_sizes()
        self.stdout.write(self.style.MIGRATE_HEADING("Tables"))
        for table in tables:
            size = f"{table.rows:>12,} rows {table.bytes / MB:>10,.1f} MB"
            self.stdout.write(f"  {table.name:<36}{size}  {table.rule}".rstrip())

    def _write(self, of_group: Iterable[Result]) -> set[Level]:
        levels: set[Level] = set()
        for result in of_group:
            levels |= result.levels
            if result.skipped:
                self.stdout.write(f"  skipped  {result.title} {result.skipped}")
            elif not result.findings:
                self.stdout.write(f"  ok       {result.title}")
            for finding in result.findings:
                style = self.style.ERROR if finding.level is Level.ERROR else self.style.WARNING
                self.stdout.write(f"  {style(f'{finding.level:<8}')} {finding.problem}")
                self.stdout.write(f"           {finding.fix}")
        return levels
