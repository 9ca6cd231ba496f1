"""Imports subscribers on the command line, like *Newsletter → Imports* in the admin."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsletter.imports import runner, uploads
from newsletter.imports.csv_reader import ColumnMapping
from newsletter.models import Newsletter, SubscriberImport


class Command(BaseCommand):
    help = "Imports subscribers from a CSV file, all or nothing. The last line is a JSON object with the results. With --dry-run nobody is subscribed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--newsletter",
            action="append",
            required=True,
            metavar="SLUG",
            help="slug of a newsletter; can be repeated",
        )
        parser.add_argument(
            "--consent", required=True, help="proof of consent, stored with each subscriber"
        )
        parser.add_argument(
            "--email",
            type=int,
            metavar="N",
            help="number of the column with e-mail addresses, counted from 1",
        )
        parser.add_argument("--name", type=int, metavar="N", help="number of the column with names")
        parser.add_argument(
            "--language", type=int, metavar="N", help="number of the column with languages"
        )
        parser.add_argument(
            "--state",
            type=int,
            metavar="N",
            help="number of the column with the subscription status",
        )
        parser.add_argument(
            "--gone",
            type=int,
            metavar="N",
            help="number of the column that says who has unsubscribed",
        )
        parser.add_argument("--no-header", action="store_true", help="the file has no header row")
        parser.add_argument("--dry-run", action="store_true", help="check only (dry run)")
        parser.add_argument(
            "--report", metavar="FILE.csv", help="write skipped and changed rows to this file"
        )

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        newsletters = [newsletter_named(slug) for slug in dict.fromkeys(options["newsletter"])]
        try:
            content = Path(file).read_bytes()
            subscriber_import = uploads.upload(
                content,
                name=Path(file).name,
                newsletters=newsletters,
                consent=options["consent"],
                by=None,
            )
        except OSError as error:
            raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
        except uploads.NotPossible as error:
            raise CommandError(str(error)) from error
        if service := uploads.service_of_rows(uploads.first_rows_of(subscriber_import)):
            self.stdout.write(f"An export of {service.name}. {service.note}".strip())
        _run(subscriber_import, _columns(subscriber_import, options), dry_run=options["dry_run"])
        if options["report"]:
            Path(options["report"]).write_text("".join(runner.as_table(subscriber_import)), "utf-8")
        for line in subscriber_import.rows.all()[:20]:
            self.stdout.write(f"line {line.line}: {line.get_outcome_display()}: {line.reason}")
        self.stdout.write(
            json.dumps({"rows": subscriber_import.rows_read, **subscriber_import.counts})
        )


def _run(subscriber_import: SubscriberImport, columns: ColumnMapping, *, dry_run: bool) -> None:
    """Checks or imports in this process, independently of the worker."""
    SubscriberImport.objects.filter(pk=subscriber_import.pk).update(
        state=SubscriberImport.State.CHECKING, columns=columns.as_json()
    )
    runner.dry_run(subscriber_import.pk)
    if not dry_run:
        SubscriberImport.objects.filter(pk=subscriber_import.pk).update(
            state=SubscriberImport.State.IMPORTING
        )
        runner.run_import(subscriber_import.pk)
    subscriber_import.refresh_from_db()


def newsletter_named(slug: str) -> Newsletter:
    """Raises CommandError."""
    newsletter = Newsletter.objects.filter(slug=slug).first()
    if newsletter is None:
        slugs = ", ".join(Newsletter.objects.values_list("slug", flat=True))
        raise CommandError(f"There is no newsletter “{slug}”. Choose one of: {slugs}.")
    return newsletter


def _columns(subscriber_import: SubscriberImport, options: dict[str, Any]) -> ColumnMapping:
    detected = ColumnMapping.of(subscriber_import.columns)

    def index(option: str, default: int | None) -> int | None:
        number = options[option]
        if number is not None and number < 1:
            raise CommandError(f"Columns are counted from 1, so --{option} {number} is not valid.")
        return default if number is None else number - 1

    email = index("email", detected.email)
    return ColumnMapping(
        email or 0,
        index("name", detected.name),
        index("language", detected.language),
        index("state", detected.state),
        index("gone", detected.gone),
        detected.has_header and not options["no_header"],
    )
