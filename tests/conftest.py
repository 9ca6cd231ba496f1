"""Shared fixtures. Edna is an editor, Rui a reporter, Mina a moderator, Ola a reader."""

import asyncio
import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings as site
from django.contrib.auth.models import Group
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from psycopg._preparing import PrepareManager
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from accounts.models import User
from accounts.role_names import ADMINISTRATOR, EDITOR, MODERATOR, REPORTER
from articles.editorial.models import ArticleType
from articles.files import ingest as files_ingest
from articles.images.library import decoder_client
from articles.search import engine, suggestions
from iria.core import jobs as iria_jobs
from iria.core import security
from tests.clean_database import CleanDatabase
from tests.proofs.size import FULL, PATIENCE, sized
from tests.queued_jobs import Queued
from tests.warm_processes import WarmProcesses

PASSWORD = "a-long-password-of-the-cast"

# A busy machine is slow, which is no failure. The result for one commit must not
# be random; at full size the examples are new each time.
hypothesis.register_profile(
    "iria",
    max_examples=sized(10, 200),
    derandomize=not FULL,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis.load_profile("iria")

# Garbage collection took a fourteenth of the time, because it scans everything that Django
# has loaded; what there is before the first test stays to the end (`pytest_collection_finish`).
gc.set_threshold(50_000)


@pytest.fixture(autouse=True)
def _separate_media_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAIL_FOLDER = tmp_path / "mail"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Copies the database that `make test` has migrated, instead of migrating for every core."""
    if template := os.environ.get("IRIA_NEW_DATABASE"):
        site.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = template


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Restores the database after every test with real transactions.

    Groups and article types are created by migrations. Without this the order of the tests would matter, and
    every core has its own order.
    """
    with django_db_blocker.unblock():
        if not ArticleType.objects.exists():
            pytest.exit("The reused test database is empty; create it again with --create-db.", 3)
        database = CleanDatabase()
        vars(connections[DEFAULT_DB_ALIAS]).pop("_test_serialized_contents", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: database.restore())
        # psycopg forgets prepared statements at a rollback, in case it was of a table, so with every test.
        patch.setattr(PrepareManager, "clear", lambda _manager: False)
        patch.setattr(PrepareManager, "prepared_max", 1_000)
        yield
    with django_db_blocker.unblock():
        database.end_other_sessions()


@pytest.fixture(scope="session", autouse=True)
def _a_busy_machine_gets_results_too() -> Iterator[None]:
    """Readers do not wait for them: suggestions are left out after a tenth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "TIMEOUT_MS", 60_000)
        patch.setattr(suggestions, "TIMEOUT_MS", 60_000)
        patch.setattr(suggestions, "AUTOCOMPLETE_TIMEOUT_MS", 60_000)
        yield


@pytest.fixture(autouse=True)
def _rate_limits_begin_with_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of a minute end with it: on some machine, a test that exceeds a limit runs at its end."""
    begin = time.time()
    monkeypatch.setattr(
        security, "window", lambda now, per: (now.timestamp() - begin) // per.total_seconds()
    )


@pytest.fixture(scope="session", autouse=True)
def cold_process() -> Iterator[Callable[..., Any]]:
    """Opens uploaded files in forks of one process; returns what starts a new process for each."""
    start = decoder_client.run_process
    with closing(WarmProcesses()) as warm, pytest.MonkeyPatch.context() as patch:

        def run(script: str, order: dict[str, Any], seconds: float) -> Any:
            # Its processor time stays limited; a test that wants it to be late sets much less.
            patient = PATIENCE if seconds > 1 else seconds
            return (warm.run if script in warm.scripts else start)(script, order, patient)

        for module in (decoder_client, files_ingest):
            patch.setattr(module, "run_process", run)
        yield start


DEMO_FOLDER: Final = "tests/iria/demo/"
"""The tests of this folder share a newsroom that takes long to load, so one core runs them all."""


SLOW: Final = (
    "tests/browser/test_every_page.py",
    "tests/browser/test_injection.py",
    "tests/iria/every_url/test_no_500.py",
    "tests/iria/every_url/test_no_500_in_admin.py",
    "tests/iria/every_url/test_every_page.py",
    "tests/iria/every_url/test_process_caches.py",
    "tests/iria/every_url/test_rows_read.py",
    "tests/iria/test_starting.py",
    "tests/articles/feeds/test_our_feeds.py",
    "tests/articles/comments/test_hostile_text.py",
    "tests/proofs/test_production.py",
    "tests/proofs/test_running.py",
    DEMO_FOLDER,
)
"""Slow tests run first, so that no core is idle at the end."""


def _scope(nodeid: str) -> str:
    return DEMO_FOLDER if nodeid.startswith(DEMO_FOLDER) else nodeid.partition("::")[0]


class FolderByFolder(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Runs the tests of a file, and those of the demo folder, on one core."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope(nodeid)

    def remove_node(self, node: Any) -> str | None:
        """The test that crashed its worker, if any; it has failed and is not run again."""
        for tests in self.assigned_work[node].values():
            for nodeid, completed in tests.items():
                if not completed:
                    tests[nodeid] = True
                    super().remove_node(node)
                    return str(nodeid)
        super().remove_node(node)
        return None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    return FolderByFolder(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first, then those with the most tests; keeps the order within a file."""
    scopes = [_scope(item.nodeid) for item in items]
    positions = {
        scope: (SLOW.index(scope) if scope in SLOW else len(SLOW), -count, scope)
        for scope, count in Counter(scopes).items()
    }
    items.sort(key=lambda item: positions[_scope(item.nodeid)])


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def _member(email: str, name: str, group: str | None) -> User:
    user = User.objects.create_user(email, PASSWORD, display_name=name, is_staff=group is not None)
    if group is not None:
        user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def chief(db: None) -> User:
    """An administrator."""
    return _member("chief@meridian.example", "Ada Lund", ADMINISTRATOR)


@pytest.fixture
def edna(db: None) -> User:
    """An editor."""
    return _member("edna@meridian.example", "Edna Okafor", EDITOR)


@pytest.fixture
def rui(db: None) -> User:
    """A reporter."""
    return _member("rui@meridian.example", "Rui Tavares", REPORTER)


@pytest.fixture
def mina(db: None) -> User:
    """A moderator."""
    return _member("mina@meridian.example", "Mina Sato", MODERATOR)


@pytest.fixture
def ola(db: None) -> User:
    """A reader."""
    return _member("ola@readers.example", "Ola Lind", None)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> Queued:
    """What is queued instead of being given to a worker: `queued("comments.received") == [1]`."""
    queue = Queued()
    monkeypatch.setattr(iria_jobs, "app", queue)
    return queue


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Runs all jobs like the worker, but no periodic ones. Needs a test with real transactions."""
    # A worker catches up on what was due in the last ten minutes, if it lives long enough: some twenty
    # jobs that no test has asked for.
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})

    def run() -> None:
        async def work() -> None:
            async with app.open_async():
                await app.run_worker_async(
                    wait=False,
                    # One at a time, so that no job stays locked by another one of the same image.
                    concurrency=1,
                    install_signal_handlers=False,
                    listen_notify=False,
                )

        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        # E-mails about decisions are delayed until the decision is final; run them now.
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET scheduled_at = NULL"
                " WHERE status = 'todo' AND scheduled_at < now() + interval '1 minute'"
            )
        # In a separate thread, since Playwright has an event loop in this one.
        with (
            app.replace_connector(connector.get_worker_connector()),
            ThreadPoolExecutor(1) as pool,
        ):
            pool.submit(asyncio.run, work()).result()

    return run


@dataclass(frozen=True)
class MailFolder:
    """The folder of sent e-mails."""

    path: Path

    def all(self) -> list[EmailMessage]:
        """Every message, oldest first."""
        return [
            message_from_bytes(file.read_bytes(), policy=policy.default)
            for file in sorted(self.path.glob("*.eml"))
        ]

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.all() if address in str(message["To"])]


@pytest.fixture
def mail_folder(tmp_path: Path, settings: Any) -> MailFolder:
    """Sends e-mails to a folder, as without a mail server."""
    folder = tmp_path / "mail"
    backend = {"BACKEND": "iria.core.mail.FolderBackend", "OPTIONS": {"folder": str(folder)}}
    settings.MAILERS = {"default": backend, "newsletter": backend}
    return MailFolder(folder)
