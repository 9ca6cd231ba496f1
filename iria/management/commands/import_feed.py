"""`manage.py import_feed URL-or-FILE [--media DIR] [--dry-run] [--report FILE.json]`"""

import tempfile
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from iria.core.http import safe_client
from iria.core.http.safe_client import RequestFailed
from iria.transfer.command import ImportCommand
from iria.transfer.feeds.parser import Feed
from iria.transfer.records import Unreadable

MOST: Final = 100 * 1024**2
SECONDS: Final = 60


class Command(ImportCommand):
    help = (
        "Imports RSS, Atom or JSON Feed from a file or a public URL. "
        "Importing the same feed again changes nothing."
    )
    argument = "URL-or-FILE"

    def source(self, options: dict[str, Any]) -> Feed:
        source: str = options["source"]
        if not source.startswith(("http://", "https://")):
            return Feed(Path(source))
        try:
            content = safe_client.get_file(
                source, agent=f"IRIA/1.0 ({settings.SITE_URL})", most=MOST, seconds=SECONDS
            )
        except RequestFailed as error:
            message = f"The feed could not be fetched. {error}"
            raise Unreadable(message) from error
        # As a file, because it is read several times; deleted with the object.
        self.fetched = tempfile.NamedTemporaryFile(suffix=".feed")  # noqa: SIM115
        self.fetched.write(content)
        self.fetched.flush()
        return Feed(Path(self.fetched.name), source)
