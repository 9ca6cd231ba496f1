"""Updates the catalogues and prints the messages without a translation.

Arguments are languages that get a new catalogue.
"""

import os
import sys

import django

from tests.catalogue import keeping


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
    django.setup()
    from tests.catalogue.collecting import collect

    collection, missing = collect(), 0
    for language, file in keeping.catalogues(sys.argv[1:]):
        catalogue = keeping.updated(language, file, collection)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(keeping.as_po(catalogue))
        file.with_suffix(".mo").write_bytes(keeping.as_mo(catalogue))
        for message in keeping.untranslated(catalogue):
            print(f"{language}: {message}")
            missing += 1
    print(f"{len(collection.places)} messages, {missing} left to translate.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
