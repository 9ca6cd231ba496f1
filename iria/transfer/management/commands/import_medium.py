"""`manage.py import_medium ZIP [--media DIR] [--dry-run] [--report FILE.json]`"""

from pathlib import Path
from typing import Any

from iria.transfer.command import ImportCommand
from iria.transfer.medium import Export


class Command(ImportCommand):
    help = "Imports a Medium export. Importing the same file again changes nothing."
    argument = "ZIP"

    def source(self, options: dict[str, Any]) -> Export:
        return Export(Path(options["source"]))
