"""`manage.py import_feed URL-or-FILE [FILE…] [--media DIR] [--dry-run] [--report FILE.json]`"""

import tempfile
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.core.management.base import CommandParser

from iria.core.http import safe_client
from iria.core.http.safe_client import RequestFailed
from iria.transfer import formats
from iria.transfer.command import ImportCommand
from iria.transfer.feeds import SYSTEM, Feed
from iria.transfer.records import Unreadable

MAX_PAGES: Final = 2000
MAX_BYTES: Final = 100 * 1024**2
TIMEOUT_SECONDS: Final = 60


class Command(ImportCommand):
    help = (
        "Imports RSS, Atom or JSON Feed from a file or a public URL. "
        "Importing the same feed again changes nothing."
    )
    argument = "URL-or-FILE"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.files: list[IO[bytes]] = []

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "pages", nargs="*", type=Path, metavar="FILE", help="further pages of the same feed"
        )

    def source(self, options: dict[str, Any]) -> Feed:
        """Returns the feed with its further pages, if they are given or may be fetched."""
        source: str = options["source"]
        is_url = source.startswith(("http://", "https://"))
        file, url = (self._fetched(source), source) if is_url else (Path(source), "")
        formats.require(file, SYSTEM)
        feed = Feed(file, url, tuple((each, "") for each in options["pages"]))
        seen = {url}
        while (following := feed.next_page() if file.is_file() else "") and following not in seen:
            if not options["fetch"]:
                if not options["pages"]:
                    self.stderr.write(
                        "The feed has older texts on further pages. Get them with --fetch."
                    )
                break
            if len(seen) > MAX_PAGES:
                raise Unreadable(f"The feed has more than {MAX_PAGES:,} pages.")
            seen.add(following)
            feed.pages += ((self._fetched(following), following),)
        return feed

    def _fetched(self, url: str) -> Path:
        try:
            content = safe_client.get_file(
                url,
                agent=f"IRIA/1.0 ({settings.SITE_URL})",
                most=MAX_BYTES,
                seconds=TIMEOUT_SECONDS,
            )
        except RequestFailed as error:
            raise Unreadable(f"The feed could not be fetched: {url}. {error}") from error
        # A file, because it is read several times; it is deleted with the object.
        file = tempfile.NamedTemporaryFile(suffix=".feed")  # noqa: SIM115
        self.files.append(file)
        file.write(content)
        file.flush()
        return Path(file.name)
