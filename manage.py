#!/usr/bin/env python
"""Django's command line, with one sentence instead of a traceback where it cannot start."""

import errno
import os
import sys

from iria.launcher.command import command_environment
from iria.launcher.output import describe_os_error

EXPECTED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}
"""Errors of the operating system that need no traceback."""


def main() -> None:
    os.umask(0o027)  # as in gunicorn.conf.py
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
    with command_environment():
        execute()


def execute() -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as mistake:
        sys.exit(f"{mistake}")
    except OSError as error:
        if error.errno not in EXPECTED:
            raise
        sys.exit(describe_os_error(error))
    except Exception as error:
        from iria.core.db.outage import is_outage, reason_of

        if not is_outage(error):
            raise
        sys.exit(f"The database that DATABASE_URL names cannot be used: {reason_of(error)}.")


if __name__ == "__main__":
    main()
