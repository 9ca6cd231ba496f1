"""Every backup and drill is recorded, and the dashboard says what became of it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from iria.operations import models
from iria.operations.backup import BackupError, Retention, creating, drill, manifest, postgres
from iria.operations.doctor import backups as doctor_backups
from iria.operations.models import BackupRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def drills(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders of the drills that ran, none of which found a problem."""
    ran: list[Path] = []

    def run(directory: Path, key: object) -> drill.Drill:
        ran.append(directory)
        return drill.Drill(directory)

    monkeypatch.setattr(drill, "run", run)
    return ran


def test_a_failed_backup_is_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(directory: Path, *, is_full: bool) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(creating, "create", fail)
    with pytest.raises(BackupError):
        creating.back_up(tmp_path)
    (run,) = BackupRun.objects.all()
    assert (run.kind, len(run.problems)) == ("backup", 1)


def test_a_drill_is_due_a_week_after_the_last(
    drills: list[Path], tmp_path: Path, settings: Any
) -> None:
    for days, count in ((0, 1), (0, 1), (6, 1), (7, 2)):
        BackupRun.objects.update(ended_at=timezone.now() - timedelta(days=days))
        drill.drill_if_due(tmp_path)
        assert len(drills) == count
    settings.BACKUP_DRILL_DAYS = 0
    BackupRun.objects.all().delete()
    drill.drill_if_due(tmp_path)
    assert len(drills) == 2


@pytest.fixture
def backups(tmp_path: Path, settings: Any) -> Callable[..., list[Path]]:
    """Folders that look like backups, made so many hours ago; BACKUP_KEEP keeps one of each day."""
    settings.BACKUP_KEEP = Retention(1, 0, 0)

    def make(*hours: int) -> list[Path]:
        names = [manifest.name_of(timezone.now() - timedelta(hours=each)) for each in hours]
        folders = [tmp_path / name for name in names]
        for folder in folders:
            folder.mkdir()
            (folder / manifest.MANIFEST).touch()
        return folders

    return make


def test_a_backup_of_the_last_two_days_is_never_deleted(
    backups: Callable[..., list[Path]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now, last_night, old = backups(0, 8, 50)
    with caplog.at_level("INFO"):
        creating.delete_old(tmp_path)
    assert manifest.backups(tmp_path) == [last_night, now]
    assert str(old) in caplog.text


def test_the_last_backup_that_a_drill_proved_is_never_deleted(
    backups: Callable[..., list[Path]], tmp_path: Path
) -> None:
    now, unproved, proved, older = backups(0, 100, 200, 300)
    for folder, problems in ((older, []), (proved, []), (unproved, ["A row is missing."])):
        BackupRun.objects.create(
            kind="drill", backup=str(folder), started_at=timezone.now(), problems=problems
        )
    creating.delete_old(tmp_path)
    assert manifest.backups(tmp_path) == [proved, now]


def test_a_drill_of_another_folder_is_not_the_status_of_the_site(
    drills: list[Path], tmp_path: Path, settings: Any
) -> None:
    settings.BACKUP_DIRECTORY = str(tmp_path / "site")
    own = drill.drill_newest(tmp_path / "site", None)
    drill.drill_newest(tmp_path / "site-of-others", None)
    with pytest.raises(BackupError), creating.recorded(BackupRun.Kind.DRILL, tmp_path):
        raise BackupError
    found = models.newest_backup_run(BackupRun.Kind.DRILL)
    assert found
    assert found.backup == str(own.backup)
    assert not list(doctor_backups.drills())


def test_a_drill_that_finds_problems_fails_the_job_and_is_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = drill.Drill(tmp_path, problems=["A table was not restored."])
    monkeypatch.setattr(drill, "run", lambda directory, key: found)
    for _ in range(2):
        with pytest.raises(BackupError, match="A table was not restored"):
            drill.drill_if_due(tmp_path)
    assert BackupRun.objects.filter(problems=found.problems).count() == 2


def test_superusers_see_on_the_dashboard_that_a_drill_failed(
    client: Client, edna: User, settings: Any
) -> None:
    settings.BACKUP_DIRECTORY = "/var/backups/iria"
    for kind in BackupRun.Kind:
        BackupRun.objects.create(kind=kind, started_at=timezone.now())
    root = User.objects.create_superuser("root@meridian.example", "a-long-password-of-root")
    client.force_login(root)
    page = client.get("/admin/")
    assert not any("drill" in item.label for item in page.context["dashboard_items"])
    assert "Backups" in [panel.title for panel in page.context["panels"]]
    BackupRun.objects.filter(kind="drill").update(problems=["The table x was not restored."])
    (item,) = (
        item for item in client.get("/admin/").context["dashboard_items"] if "drill" in item.label
    )
    assert "The table x was not restored" in item.label
    client.force_login(edna)
    assert "The table x" not in client.get("/admin/").content.decode()


def test_old_runs_are_deleted() -> None:
    for days in (399, 401):
        run = BackupRun.objects.create(kind="backup", started_at=timezone.now(), backup=days)
        BackupRun.objects.filter(pk=run.pk).update(ended_at=timezone.now() - timedelta(days=days))
    models.delete_old_backup_runs()
    assert [run.backup for run in BackupRun.objects.all()] == ["399"]


def test_a_folder_must_be_named_and_not_be_that_of_the_images(settings: Any) -> None:
    settings.BACKUP_DIRECTORY = ""
    with pytest.raises(CommandError, match="BACKUP_DIRECTORY"):
        call_command("backup")
    with pytest.raises(CommandError, match="images"):
        call_command("backup", Path(settings.MEDIA_ROOT) / "backups")


def test_no_password_is_on_a_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        postgres, "database_url", lambda name=None: "host=db user=iria password=harbour dbname=iria"
    )
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$PGPASSWORD $@" > {tmp_path}/output\n')
    program.chmod(0o700)
    postgres.run(program, "iria", "--format=directory")
    secret, _, arguments = (tmp_path / "output").read_text().partition(" ")
    assert secret == "harbour"
    assert "user=iria" in arguments
    assert "harbour" not in arguments


def test_missing_or_old_programs_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "USUAL_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with postgres.connect() as connection:
        with pytest.raises(BackupError, match="postgresql-client"):
            postgres.programs(connection)
        for name in ("pg_dump", "pg_restore"):
            (tmp_path / name).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
            (tmp_path / name).chmod(0o700)
        with pytest.raises(BackupError, match="pg_dump 9 is older"):
            postgres.programs(connection)


def test_a_program_that_fails_says_why(tmp_path: Path) -> None:
    program = tmp_path / "pg_restore"
    program.write_text("#!/bin/sh\necho 'pg_restore: error: could not read' >&2\nexit 1\n")
    program.chmod(0o700)
    with pytest.raises(BackupError, match="could not read"):
        postgres.run(program, "iria")
