"""An import by a command that was killed is continued or undone; one that is running is left alone."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from psycopg.errors import DeadlockDetected

from articles.editorial.models import Article
from articles.public.front_page.models import Placement
from iria.transfer import runs, uploads
from iria.transfer.models import ImportRun
from iria.transfer.wordpress.parser import Export
from iria.transfer.writer.run import Import
from iria.transfer.writer.terms import Terms
from tests.iria.transfer import wxr

pytestmark = pytest.mark.django_db

State = ImportRun.State
POSTS = tuple(wxr.item(n, f"Text {n}", "Text.", is_sticky=str(int(n == 1))) for n in range(1, 4))


class Killed(BaseException):
    pass


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An export of which a command has imported two texts when it is killed."""
    monkeypatch.setattr("iria.transfer.writer.run.BATCH", 1)

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise Killed

    file = wxr.write(tmp_path, *POSTS)
    with pytest.raises(Killed):
        Import(Export(file, ZoneInfo("UTC")), progress=stop).run()
    return file


def end_of_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def test_a_killed_import_has_failed_and_can_be_undone(admin_client: Client, file: Path) -> None:
    run = ImportRun.objects.get()
    page = reverse("admin:transfer_importrun_change", args=[run.pk])
    assert admin_client.get(page).context["original"].state == State.IMPORTING
    end_of_connection()
    shown = admin_client.get(page).context
    assert (shown["original"].state, shown["may_undo"]) == (State.FAILED, True)
    assert shown["original"].error
    admin_client.post(reverse("admin:transfer_importrun_undo", args=[run.pk]))
    uploads.resume(run.pk, should_stop=lambda: False)
    run.refresh_from_db()
    assert (run.state, Article.objects.count()) == (State.UNDONE, 0)


def test_the_command_continues_a_killed_import_as_the_same(file: Path) -> None:
    end_of_connection()
    call_command("import_wordpress", file, verbosity=0)
    run = ImportRun.objects.get()
    assert (run.state, run.error, Article.objects.count()) == (State.DONE, "", 3)
    assert Placement.objects.count() == 1
    call_command("import_wordpress", file, verbosity=0)
    assert ImportRun.objects.count() == 2
    call_command("undo_import", run.pk, verbosity=0)
    assert not Article.objects.exists()


def test_an_import_that_is_running_is_neither_repeated_nor_undone(file: Path) -> None:
    run = ImportRun.objects.get()
    with pytest.raises(CommandError, match=str(run.pk)):
        call_command("import_wordpress", file, verbosity=0)
    with pytest.raises(CommandError, match=str(run.pk)):
        call_command("undo_import", run.pk, verbosity=0)
    assert ImportRun.objects.get().state == State.IMPORTING


def test_an_import_that_waits_for_the_worker_is_running(file: Path) -> None:
    run = ImportRun.objects.get()
    ImportRun.objects.filter(pk=run.pk).update(server_file="export.xml")
    end_of_connection()
    with pytest.raises(CommandError):
        call_command("undo_import", run.pk, verbosity=0)
    run.refresh_from_db()
    assert run.state == State.IMPORTING


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_progress_of_a_dry_run_is_seen_while_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Fails instead of waiting for good.
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=5s")
    seen = []

    def look(_done: int, _total: int) -> None:
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            cursor.execute("SELECT source, done, total FROM iria_importrun")
            seen.append(cursor.fetchone())
        other.close()

    run = ImportRun.objects.create(system="wordpress", name="export.xml", state=State.CHECKING)
    parser = Export(wxr.write(tmp_path, *POSTS), ZoneInfo("UTC"))
    Import(parser, dry_run=True, run_row=run, progress=look).run()
    assert seen == [("wordpress old.example", done, 3) for done in (0, 3)]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_progress_never_waits_for_the_row_of_its_import() -> None:
    run = ImportRun.objects.create(system="wordpress", name="export.xml", state=State.IMPORTING)
    with transaction.atomic():
        ImportRun.objects.select_for_update().get(pk=run.pk)
        runs.Progress(run)(1, 3)
    run.refresh_from_db()
    assert run.total == 0


def test_an_import_that_meets_a_deadlock_is_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ImportRun.objects.create(
        system="wordpress", name="x.xml", state=State.IMPORTING, server_file="export.xml"
    )
    monkeypatch.setattr("iria.transfer.uploads.on_server", lambda _: wxr.write(tmp_path, *POSTS))
    prepare = Terms.prepare

    def deadlock(*_: object) -> None:
        raise OperationalError from DeadlockDetected()

    monkeypatch.setattr(Terms, "prepare", deadlock)
    uploads.resume(run.pk, should_stop=lambda: False)
    assert uploads.in_progress() == [run.pk]
    monkeypatch.setattr(Terms, "prepare", prepare)
    uploads.resume(run.pk, should_stop=lambda: False)
    run.refresh_from_db()
    assert (run.state, Article.objects.count()) == (State.DONE, 3)
