"""A worker process that tests can kill."""

import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.db import connection

from newsletter.models import Issue

WORK = "import django; django.setup(); from newsletter.delivery import worker; print('ready', flush=True)\nwhile worker.deliver_batch({issue}): pass"


def start_worker(draft: Issue) -> "subprocess.Popen[bytes]":
    """Starts a process that delivers the issue from the test database."""
    server = settings.MAILERS["newsletter"]["OPTIONS"]
    database = connection.settings_dict
    environment: dict[str, Any] = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "iria.settings",
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database),
        "MAIL_URL": f"smtp://{server['host']}:{server['port']}",
        "NEWSLETTER_MAIL_URL": "",
    }
    return subprocess.Popen(
        [sys.executable, "-c", WORK.format(issue=draft.pk)],
        env=environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
    )
