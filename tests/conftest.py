"""The cast: Edna edits, Rui reports, Mina moderates, Ola reads."""

import asyncio
import gc
import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from accounts.models import User
from accounts.role_names import ADMINISTRATOR, EDITOR, MODERATOR, REPORTER
from articles.editorial.models import ArticleType
from tests.anew import NewDatabase
from tests.proofs.size import FULL, sized

PASSWORD = "a-long-password-of-the-cast"

# A machine that does much else at the same time is slow, not wrong. What a check says of one tree
# must not depend on luck; at full size new examples are drawn each time.
hypothesis.register_profile(
    "house",
    max_examples=sized(50, 200),
    derandomize=not FULL,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis.load_profile("house")

# Looking for rings of garbage took a fourteenth of the time: everything that Django has loaded is
# looked through each time.
gc.set_threshold(10_000)


@pytest.fixture(autouse=True)
def _media_in_a_folder_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAIL_FOLDER = tmp_path / "mail"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Copies the database that `make test` has migrated once, instead of doing so for every core."""
    if template := os.environ.get("IRIA_NEW_DATABASE"):
        site.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = template


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Every test finds the database as new, whatever the one before did to it.

    Groups and kinds are made by migrations. Without this the order of the tests would matter, and
    on two cores every core has an order of its own.
    """
    with django_db_blocker.unblock():
        if not ArticleType.objects.exists():
            pytest.exit("The kept test database was left empty; make it anew with --create-db.", 3)
        new = NewDatabase()
        vars(connections[DEFAULT_DB_ALIAS]).pop("_test_serialized_contents", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: new.bring_back())
        yield


TOGETHER: Final = "tests/iria/demo/"
"""The files of this folder share a newsroom that takes long to load: one core runs them all."""


LONG: Final = (
    "tests/browser/test_every_page.py",
    "tests/browser/test_injection.py",
    "tests/iria/test_no_500.py",
    "tests/iria/test_no_500_in_admin.py",
    "tests/articles/comments/test_hostile_text.py",
    "tests/proofs/test_production.py",
    "tests/proofs/test_running.py",
    TOGETHER,
)
"""What takes longest comes first: begun last, it would leave the other core idle."""


def _scope(nodeid: str) -> str:
    return TOGETHER if nodeid.startswith(TOGETHER) else nodeid.partition("::")[0]


class FolderByFolder(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """A file's tests stay on one core, and so do those of a folder that shares what it loaded."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope(nodeid)

    def remove_node(self, node: Any) -> str | None:
        """The test that ended its core, if any; it has failed and is not begun on another one."""
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
    """The longest files first, then those with the most tests; within a file all stays as written."""
    scopes = [_scope(item.nodeid) for item in items]
    places = {
        scope: (LONG.index(scope) if scope in LONG else len(LONG), -count, scope)
        for scope, count in Counter(scopes).items()
    }
    items.sort(key=lambda item: places[_scope(item.nodeid)])


def _member(email: str, name: str, group: str | None) -> User:
    user = User.objects.create_user(email, PASSWORD, display_name=name, is_staff=group is not None)
    if group is not None:
        user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def chief(db: None) -> User:
    """The administrator, for pages that only one may open."""
    return _member("chief@meridian.example", "Ada Lund", ADMINISTRATOR)


@pytest.fixture
def edna(db: None) -> User:
    """Edna edits."""
    return _member("edna@meridian.example", "Edna Okafor", EDITOR)


@pytest.fixture
def rui(db: None) -> User:
    """Rui reports."""
    return _member("rui@meridian.example", "Rui Tavares", REPORTER)


@pytest.fixture
def mina(db: None) -> User:
    """Mina moderates."""
    return _member("mina@meridian.example", "Mina Sato", MODERATOR)


@pytest.fixture
def ola(db: None) -> User:
    """Ola reads."""
    return _member("ola@readers.example", "Ola Lind", None)


@pytest.fixture
def jobs() -> Callable[[], None]:
    """Runs every job that waits, as the worker would. Needs a test with real transactions."""

    def run() -> None:
        async def work() -> None:
            async with app.open_async():
                await app.run_worker_async(
                    wait=False,
                    # One after another: a job that waits for another of its picture is not left.
                    concurrency=1,
                    install_signal_handlers=False,
                    listen_notify=False,
                )

        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        # Mail about a decision waits until it cannot be undone any more; here that time is over.
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET scheduled_at = NULL"
                " WHERE status = 'todo' AND scheduled_at < now() + interval '1 minute'"
            )
        # A thread of its own: Playwright keeps a loop in this one.
        with (
            app.replace_connector(connector.get_worker_connector()),
            ThreadPoolExecutor(1) as pool,
        ):
            pool.submit(asyncio.run, work()).result()

    return run


@dataclass(frozen=True)
class MailFolder:
    """The mail that was sent, as it lies in the folder."""

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
    """Mail goes into a folder as without a mail server, and can be read here."""
    folder = tmp_path / "mail"
    backend = {"BACKEND": "iria.core.mail.FolderBackend", "OPTIONS": {"folder": str(folder)}}
    settings.MAILERS = {"default": backend, "newsletter": backend}
    return MailFolder(folder)
