"""Imports, operations and evaluations are apps: a site runs without them, and an older site keeps its rows."""

import os
import subprocess
import sys
from datetime import timedelta
from importlib import import_module
from typing import Final

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import User
from iria.operations.models import BackupRun
from iria.transfer.models import ImportRun
from tests.shared import PROJECT

# Everything is rolled back: the pages of other tests see nothing of it.
WITHOUT: Final = """
import django, sys
django.setup()
from django.apps import apps
from django.core.management import call_command, get_commands
from django.db import transaction
from django.test import Client
from accounts.models import User
from iria.tasks import delete_expired_sessions
from procrastinate.contrib.django import app

call_command("check")
call_command("makemigrations", "--check", "--dry-run", "--verbosity", "0")
with transaction.atomic():
    admin = User.objects.create_superuser(email="a@example.org", display_name="A", password="x")
    client = Client()
    client.force_login(admin)
    for path in ("/", "/admin/", "/admin/settings/", "/admin/articles/article/add/"):
        response = client.get(path)
        assert response.status_code == 200, (path, response.status_code)
    for path in ("/admin/settings/health/", "/admin/transfer/importrun/"):
        response = client.get(path)
        assert response.status_code == 404, (path, response.status_code)
    transaction.set_rollback(True)
assert not {"backup", "doctor", "import_wordpress", "evaluate_search"} & get_commands().keys()
assert "iria.import" not in app.tasks and "iria.delete_expired_sessions" in app.tasks
loaded = [name for name in sys.modules if name.startswith(("iria.transfer", "iria.lab"))]
assert not loaded, loaded
"""


@pytest.mark.django_db
def test_a_site_runs_without_the_optional_apps() -> None:
    database = connection.settings_dict
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.iria.settings_without_optional_apps",
        "DATABASE_URL": url,
        # The host of the test client, which `pytest` allows by itself.
        "ALLOWED_HOSTS": "testserver",
        "STAFF_SECOND_FACTOR": "off",
    }
    outcome = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.django_db
def test_rows_permissions_groups_and_log_of_an_older_site_stay(edna: User) -> None:
    run = ImportRun.objects.create(system="wordpress", name="archive.xml")
    BackupRun.objects.create(
        kind=BackupRun.Kind.BACKUP, started_at=timezone.now() - timedelta(hours=1)
    )
    group = Group.objects.create(name="Archive")
    permission = Permission.objects.get(codename="add_importrun")
    group.permissions.add(permission)
    kept = permission.content_type
    entry = LogEntry.objects.create(
        user=edna, content_type=kept, object_id=str(run.pk), action_flag=CHANGE
    )
    # As it was before the models moved.
    moved = ContentType.objects.filter(app_label__in=["transfer", "operations"])
    count = moved.count()
    assert moved.update(app_label="iria") == count

    for label in ("transfer", "operations"):
        module = import_module(f"iria.{label}.migrations.0001_initial")
        operations = module.Migration("0001_initial", label).operations
        with connection.schema_editor() as editor:
            for operation in operations:
                state = _State()
                operation.database_forwards(label, editor, state, state)

    ContentType.objects.clear_cache()
    assert ImportRun.objects.get() == run
    assert BackupRun.objects.count() == 1
    permission.refresh_from_db()
    assert permission.content_type == kept
    assert ContentType.objects.get(pk=kept.pk).app_label == "transfer"
    assert group.permissions.get() == permission
    entry.refresh_from_db()
    assert entry.content_type == kept
    assert moved.count() == count


class _State:
    """The state of a migration with the models as they are."""

    apps = apps

    def clear_delayed_apps_cache(self) -> None: ...


def test_jobs_have_the_names_under_which_they_may_be_queued() -> None:
    names = {
        "iria.import",
        "iria.resume_imports",
        "iria.delete_old_uploads",
        "iria.delete_old_backup_runs",
        "iria.back_up",
    }
    assert names <= app.tasks.keys()


@pytest.mark.django_db
def test_pages_of_apps_are_in_the_admin(admin_client: Client) -> None:
    for name in ("health", "pending_credits"):
        assert admin_client.get(reverse(f"admin:{name}")).status_code == 200
