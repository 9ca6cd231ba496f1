"""The demo newsroom in its own database; the only imports from the project."""

import asyncio
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib import import_module
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, Final

STATE: Final = TemporaryDirectory(prefix="demo-snapshot-")
PASSWORD: Final = "of-the-demo-editor"

# Before the settings are read. E-mails are written to the state folder, and requests are not limited.
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "iria.settings",
    "IRIA_STATE": STATE.name,
    "IRIA_DEMO_PASSWORD": PASSWORD,
    "SITE_URL": "http://127.0.0.1:8000",
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "DEBUG": "no",
    "API_PER_MINUTE": "1000000",
    "SEARCH_PER_MINUTE": "1000000",
}
for _name in ("MAIL_URL", "NEWSLETTER_MAIL_URL", "AKISMET_KEY", "BOUNCE_DOMAIN", "CACHE_URL"):
    os.environ.pop(_name, None)

import django  # noqa: E402
from django.conf import settings  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from procrastinate.contrib.django import app as job_queue  # noqa: E402

# Names in the project; a new name is added before the old one, so that both versions work.
DECISIONS: Final = ("articles.comments.moderation.decisions", "articles.comments.moderation")
COMMENT: Final = ("articles", "Comment")
RENDITION: Final = ("articles", "Rendition")
PUBLICATION: Final = ("iria", "Publication")
GUESTS_CONFIRM: Final = ("guests_confirm_email", "comments_confirmed")
"""The field of the publication, now and in 0.1.0."""
NOTIFY: Final = ("notify", "tell")
"""The argument that notifies the commenter of a rejection, now and in 0.1.0."""


@dataclass(frozen=True, slots=True)
class Site:
    """The loaded demo."""

    mail_folder: Path

    def client(self) -> Client:
        return Client(raise_request_exception=False, headers={"host": "127.0.0.1:8000"})

    def editor(self) -> Client:
        client = self.client()
        client.force_login(get_user_model().objects.get(is_staff=True))
        return client

    def pictures(self) -> dict[str, str]:
        """The random name of each image file → number and size of the image."""
        rows = apps.get_model(*RENDITION)._default_manager.values_list(
            "name", "image_id", "width", "height"
        )
        return {
            name: f"{image}-{width}x{height}.{name.rpartition('.')[2]}"
            for name, image, width, height in rows
        }

    def mails(self) -> list[EmailMessage]:
        """Every e-mail so far, oldest first."""
        files = sorted(self.mail_folder.rglob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def work(self) -> None:
        """Runs all jobs like the worker, and each periodic job once."""
        _run_jobs()
        now = int(time.time())
        for _, periodic in sorted(PERIODIC.items()):
            periodic.task.defer(timestamp=now)
        _run_jobs()

    def decide_newest_comment(self, *, publish: bool) -> None:
        comment = apps.get_model(*COMMENT)._default_manager.order_by("-pk")[0]
        editor = get_user_model().objects.get(is_staff=True)
        decisions = _first_module(DECISIONS)
        if publish:
            decisions.decide(comment, comment.State.APPROVED, by=editor)
        else:
            parameters = signature(decisions.decide).parameters
            notify = next(name for name in NOTIFY if name in parameters)
            reason = "Please keep to the subject."
            rejected = comment.State.REJECTED
            decisions.decide(comment, rejected, by=editor, reason=reason, **{notify: True})

    def ask_guests_to_confirm(self) -> None:
        """From now on guests have to confirm their address."""
        publication = apps.get_model(*PUBLICATION)._default_manager.get()
        fields = {field.name for field in publication._meta.fields}
        setattr(publication, next(name for name in GUESTS_CONFIRM if name in fields), True)
        publication.save()


def _first_module(names: tuple[str, ...]) -> ModuleType:
    for name in names:
        with suppress(ModuleNotFoundError):
            return import_module(name)
    raise LookupError(f"None of these modules exists: {', '.join(names)}.")


PERIODIC: Final[dict[Any, Any]] = dict(job_queue.periodic_registry.periodic_tasks)


def _run_jobs() -> None:
    """Runs all pending jobs one after another, so that their order is always the same."""

    async def work() -> None:
        async with job_queue.open_async():
            await job_queue.run_worker_async(
                wait=False, concurrency=1, install_signal_handlers=False, listen_notify=False
            )

    # The worker would start periodic jobs by the time.
    job_queue.periodic_registry.periodic_tasks.clear()
    while _make_due():
        connector: Any = job_queue.connector
        with job_queue.replace_connector(connector.get_worker_connector()):
            asyncio.run(work())


def _make_due() -> int:
    """Makes delayed jobs due; e-mails about decisions are delayed until they are final."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = NULL"
            " WHERE status = 'todo' AND coalesce(scheduled_at, now()) < now() + interval '2 minutes'"
        )
        return int(cursor.rowcount)


@contextmanager
def demo_site() -> Iterator[Site]:
    database = settings.DATABASES["default"]
    # A pool would keep connections to the database open at the end.
    database["OPTIONS"].pop("pool", None)
    name = database["NAME"]
    # Many of the requested pages do not exist.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    database.setdefault("TEST", {})["NAME"] = f"demo_snapshot_{name}"
    connection.settings_dict["TEST"]["NAME"] = f"demo_snapshot_{name}"
    call_command("collectstatic", interactive=False, verbosity=0)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("load_demo", verbosity=0)
        site = Site(Path(STATE.name) / "mail")
        site.work()
        yield site
    finally:
        with connection.cursor() as cursor:
            # The threads of the jobs have left connections open.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = current_user"
                " AND pid <> pg_backend_pid()"
            )
        connection.creation.destroy_test_db(name, verbosity=0)
