#!/usr/bin/env python
"""Django's command line, with one sentence instead of a traceback for a wrong setting."""

import os
import sys


def main() -> None:
    os.umask(0o027)  # as in iria/wsgi.py
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
    from iria.running.command import surroundings

    with surroundings():
        execute()


def execute() -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as mistake:
        print(f"{mistake}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
