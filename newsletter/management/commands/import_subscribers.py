"""Takes in a file of subscribers without the desk; the same as *Newsletter → Imports* does."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsletter.imports import runner, uploads
from newsletter.imports.column_mapping import ColumnMapping
from newsletter.models import Newsletter, SubscriberImport


class Command(BaseCommand):
    help = (
        "Takes in a CSV file of subscribers, all of it or nothing. Last line: a JSON object with what came of "
        "its rows. With --dry-run nobody is subscribed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--newsletter", action="append", required=True, metavar="SLUG", help="may be repeated"
        )
        parser.add_argument(
            "--consent", required=True, help="how these people agreed, kept with each"
        )
        parser.add_argument(
            "--email", type=int, metavar="N", help="the column of addresses, from 1"
        )
        parser.add_argument("--name", type=int, metavar="N", help="the column of names")
        parser.add_argument("--language", type=int, metavar="N", help="the column of languages")
        parser.add_argument(
            "--state", type=int, metavar="N", help="the column that says who is subscribed"
        )
        parser.add_argument(
            "--gone", type=int, metavar="N", help="the column that says who has left"
        )
        parser.add_argument("--no-header", action="store_true", help="the first row is a person")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come of it")
        parser.add_argument("--report", metavar="FILE.csv", help="the rows not taken in, by line")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        newsletters = [_newsletter(slug) for slug in dict.fromkeys(options["newsletter"])]
        try:
            content = Path(file).read_bytes()
            made = uploads.upload(
                content,
                name=Path(file).name,
                newsletters=newsletters,
                consent=options["consent"],
                by=None,
            )
        except OSError as trouble:
            sentence = f"{file} cannot be read: {trouble.strerror}."
            raise CommandError(sentence) from trouble
        except uploads.NotPossible as refusal:
            raise CommandError(str(refusal)) from refusal
        _go_through(made, _columns(made, options), dry_run=options["dry_run"])
        if options["report"]:
            Path(options["report"]).write_text("".join(runner.as_table(made)), "utf-8")
        for line in made.lines.all()[:20]:
            self.stdout.write(f"line {line.line}: {line.get_fate_display()}: {line.reason}")
        self.stdout.write(json.dumps({"rows": made.rows_read, **made.counts}))


def _go_through(made: SubscriberImport, columns: ColumnMapping, *, dry_run: bool) -> None:
    """Here and now, whatever the worker does."""
    SubscriberImport.objects.filter(pk=made.pk).update(
        state=SubscriberImport.State.LOOKING, columns=columns.kept()
    )
    runner.dry_run(made.pk)
    if not dry_run:
        SubscriberImport.objects.filter(pk=made.pk).update(state=SubscriberImport.State.IMPORTING)
        runner.run_import(made.pk)
    made.refresh_from_db()


def _newsletter(slug: str) -> Newsletter:
    found = Newsletter.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Newsletter.objects.values_list("slug", flat=True))
        sentence = f"There is no newsletter “{slug}”; there are: {known}."
        raise CommandError(sentence)
    return found


def _columns(made: SubscriberImport, options: dict[str, Any]) -> ColumnMapping:
    guessed = ColumnMapping.of(made.columns)

    def place(what: str, guess: int | None) -> int | None:
        said = options[what]
        if said is not None and said < 1:
            sentence = f"Columns are counted from 1, so --{what} {said} is none."
            raise CommandError(sentence)
        return guess if said is None else said - 1

    email = place("email", guessed.email)
    return ColumnMapping(
        email or 0,
        place("name", guessed.name),
        place("language", guessed.language),
        place("state", guessed.state),
        place("gone", guessed.gone),
        guessed.has_header and not options["no_header"],
    )
