"""The command line: `manage.py` in a clone, `iria` where the wheel is installed.

It is Django's, with one sentence instead of a traceback where it cannot start, and with the commands of
the launcher and of the web server.
"""

import errno
import os
import sys

from iria.launcher import __main__ as launcher
from iria.launcher import paths
from iria.launcher.command import command_environment
from iria.launcher.output import describe_os_error

EXPECTED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}
"""Errors of the operating system that need no traceback."""
LAUNCHER_COMMANDS = {"run", "reset-demo", "upgrade-database"}


def main() -> None:
    name, *rest = sys.argv[1:] or [""]
    if name in LAUNCHER_COMMANDS:
        sys.exit(launcher.main([name, *rest]))
    if name == "web":
        serve(rest)
    os.umask(0o027)  # as in gunicorn.conf.py
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
    with command_environment():
        execute()


def serve(options: list[str]) -> None:
    """Replaces this process with gunicorn; `options` override those of gunicorn.conf.py."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
    # Without the values of `.env`: they would take precedence over its new values after a reload.
    environment = dict(os.environ)
    try:
        settings.INSTALLED_APPS  # noqa: B018 - reads the settings
    except ImproperlyConfigured as error:
        # gunicorn would print a traceback of each worker.
        sys.exit(f"{error}")
    configuration = f"--config={paths.DATA / 'gunicorn.conf.py'}"
    workers = f"--workers={settings.WEB_CONCURRENCY}"
    is_json = settings.LOG_FORMAT == "json"
    logger = ["--logger-class=iria.gunicorn_worker.JsonLogger"] if is_json else []
    gunicorn = [sys.executable, "-m", "gunicorn", "iria.wsgi"]
    command = [*gunicorn, configuration, workers, *logger, *options]
    os.execve(sys.executable, command, environment)  # noqa: S606 - the same Python


def execute() -> None:
    from django.core import exceptions, management

    try:
        management.execute_from_command_line(sys.argv)
    except exceptions.ImproperlyConfigured as error:
        sys.exit(f"{error}")
    except OSError as error:
        if error.errno not in EXPECTED:
            raise
        sys.exit(describe_os_error(error))
    except Exception as error:
        from iria.core.db.outage import explanation, is_outage

        if not is_outage(error):
            raise
        sys.exit(explanation(error))


if __name__ == "__main__":
    main()
