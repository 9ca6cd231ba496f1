"""Processes bounces, complaints and unsubscribe requests: one JSON object per message."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsletter.bounces import mailbox
from newsletter.bounces.mailbox import Incoming, Unreadable
from newsletter.bounces.parser import read
from newsletter.bounces.processing import process_message


class Command(BaseCommand):
    help = "Reads bounces, complaints and unsubscribe requests from files, a Maildir, the mailbox in BOUNCE_MAILBOX_URL or standard input (-), and processes them. Prints one JSON object per message. With --dry-run nothing is changed, and messages stay unread."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FILE")
        parser.add_argument(
            "--maildir", metavar="DIR", help="read the unread messages of a Maildir"
        )
        parser.add_argument(
            "--imap", action="store_true", help="read the unread messages of BOUNCE_MAILBOX_URL"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only (dry run)")

    def handle(self, *args: Any, files: list[str], dry_run: bool, **options: Any) -> None:
        if not files and not options["maildir"] and not options["imap"]:
            raise CommandError("Name files, --maildir DIR, --imap, or - for standard input.")
        for name in files:
            self._one(name, dry_run=dry_run)
        if options["maildir"]:
            self._all(mailbox.read_maildir(Path(options["maildir"])), dry_run=dry_run)
        if options["imap"]:
            if not settings.BOUNCE_MAILBOX_URL:
                raise CommandError(
                    "Set BOUNCE_MAILBOX_URL, for example imaps://user:password@mail.example.org/INBOX."
                )
            self._all(mailbox.read_url(settings.BOUNCE_MAILBOX_URL), dry_run=dry_run)

    def _one(self, name: str, *, dry_run: bool) -> None:
        try:
            incoming = (
                mailbox.read_stream(sys.stdin.buffer) if name == "-" else mailbox.read_file(name)
            )
        except Unreadable as error:
            self._say({"file": name, "error": str(error)})
            return
        self._report(incoming, dry_run=dry_run)

    def _all(self, messages: Iterator[Incoming], *, dry_run: bool) -> None:
        try:
            for incoming in messages:
                self._report(incoming, dry_run=dry_run)
        except Unreadable as error:
            raise CommandError(str(error)) from error

    def _report(self, incoming: Incoming, *, dry_run: bool) -> None:
        result = None if dry_run else process_message(incoming.raw)
        report = result.report if result else read(incoming.raw)
        output: dict[str, Any] = {
            "file": incoming.name,
            "kind": report.kind,
            "addresses": report.emails,
            "reasons": [failure.reason for failure in report.failures],
            "codes": [failure.status for failure in report.failures],
        }
        if report.feedback:
            output["feedback"] = report.feedback
        if any(failure.delayed for failure in report.failures):
            output["delayed"] = True
        if result:
            output["done"] = list(result.results)
            incoming.mark_read()
        self._say(output)

    def _say(self, output: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(output))
