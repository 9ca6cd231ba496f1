"""What the demo site answers and mails, one file a response, so that two versions can be compared.

    python -m tests.demo_snapshot DIR
    python -m tests.demo_snapshot --compare BEFORE AFTER [--ignore REGEX …]

DATABASE_URL names a server on which a database of its own may be made. What differs by chance or
with the clock is replaced (`normalise`); make both sets on the same day all the same, because
search weighs how old an article is. Everything is asked for by its URL or by a command, so that
the same script serves versions in which modules, templates and URL names are called differently:
copy the folder into the other tree if it is not there. What it imports is in `site` alone.
"""

import argparse
import sys
from pathlib import Path

from tests.demo_snapshot.compare import report


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.demo_snapshot", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="where the set is written")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("BEFORE", "AFTER"))
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="REGEX", help="left out of both sides"
    )
    given = parser.parse_args()
    if given.compare:
        before, after = given.compare
        return report(before, after, ignored=given.ignore)
    if given.folder is None:
        parser.error("Name the folder to write to, or two sets to compare.")
    if given.folder.exists() and any(given.folder.iterdir()):
        parser.error(f"{given.folder} is not empty.")
    # Only now: this starts Django.
    from tests.demo_snapshot.journeys import JOURNEYS, previews
    from tests.demo_snapshot.site import demo_site
    from tests.demo_snapshot.visits import Visitor, walk

    with demo_site() as site:
        visitor = Visitor(site, given.folder)
        visitor.note_mails("mail/loaded", site.mails())
        walk(visitor)
        previews(visitor)
        for name, journey in JOURNEYS.items():
            known = len(site.mails())
            journey(visitor)
            site.work()
            visitor.note_mails(f"mail/{name}", site.mails()[known:])
    print(f"{visitor.count} files in {given.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
