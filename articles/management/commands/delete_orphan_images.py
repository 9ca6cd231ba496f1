"""`manage.py delete_orphan_images`: files of images that belong to no row."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles.images import renditions


class Command(BaseCommand):
    help = (
        "Deletes files of originals and renditions that are older than a day and belong to no "
        "image, for example after a killed process. The worker also does this every night."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only list the files")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            for name in renditions.orphaned_files():
                self.stdout.write(name)
            return
        count = renditions.delete_files(renditions.orphaned_files())
        self.stdout.write(f"{count} file{'' if count == 1 else 's'} deleted.")
