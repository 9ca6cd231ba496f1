"""Brings the catalogues up to date and names what is left to translate.

Arguments are languages without a catalogue, which get one.
"""

import os
import sys

import django

from tests.catalogue import keeping


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
    django.setup()
    from tests.catalogue.collecting import collect

    found, missing = collect(), 0
    for language, file in keeping.catalogues(sys.argv[1:]):
        catalogue = keeping.brought_up_to_date(language, file, found)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(keeping.as_po(catalogue))
        file.with_suffix(".mo").write_bytes(keeping.as_mo(catalogue))
        for sentence in keeping.untranslated(catalogue):
            print(f"{language}: {sentence}")
            missing += 1
    print(f"{len(found.places)} messages, {missing} left to translate.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
