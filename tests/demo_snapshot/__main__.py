"""Stores the responses and e-mails of the demo site in files, so that two versions can be compared.

    python -m tests.demo_snapshot DIR
    python -m tests.demo_snapshot --compare BEFORE AFTER [--ignore REGEX …]

The script creates a database on the server of DATABASE_URL. Random values and times are replaced
(`normalise`), but both sets have to be written on the same day, because the search ranks by age.
Everything is requested by its URL or a command, so that the script works with versions whose
modules, templates and URL names differ: copy the folder into the other tree if it has none. Only
`site` imports from the project.
"""

import argparse
import sys
from pathlib import Path

from tests.demo_snapshot.compare import report


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.demo_snapshot", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="folder for the set")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("BEFORE", "AFTER"))
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="REGEX", help="removed from both sets"
    )
    options = parser.parse_args()
    if options.compare:
        before, after = options.compare
        return report(before, after, ignored=options.ignore)
    if options.folder is None:
        parser.error("Name the folder to write to, or two sets to compare.")
    if options.folder.exists() and any(options.folder.iterdir()):
        parser.error(f"{options.folder} is not empty.")
    # Only now: this starts Django.
    from tests.demo_snapshot.journeys import JOURNEYS, previews
    from tests.demo_snapshot.site import demo_site
    from tests.demo_snapshot.visits import Visitor, walk

    with demo_site() as site:
        visitor = Visitor(site, options.folder)
        visitor.note_mails("mail/loaded", site.mails())
        walk(visitor)
        previews(visitor)
        for name, journey in JOURNEYS.items():
            known = len(site.mails())
            journey(visitor)
            site.work()
            visitor.note_mails(f"mail/{name}", site.mails()[known:])
    print(f"{visitor.count} files in {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
