"""What a backup says about itself: whether it is whole, and of which version."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.loader import MigrationLoader

from iria.launcher.upgrading import APPS, is_in_the_middle, replaced
from iria.operations.backup import BackupError, files, manifest
from iria.operations.backup.manifest import MANIFEST, TOO_OLD, Manifest

SQUASHED = [list(key) for key in MigrationLoader(None).replacements]
REPLACED = [[app, name] for app in APPS for name in replaced(app)]
KNOWN = sorted([*map(list, MigrationLoader(None).graph.nodes), *REPLACED])


def written(folder: Path, *, migrations: list[list[str]] = KNOWN) -> Manifest:
    folder.mkdir(parents=True, exist_ok=True)
    for name in (files.CHECKSUMS, MANIFEST):
        (folder / name).unlink(missing_ok=True)
    files.write_lines(folder / files.CHECKSUMS, [])
    Manifest(
        created_at="2026-11-29T03:30:00+00:00",
        site="https://www.example.org",
        postgresql=170002,
        pg_dump="pg_dump (PostgreSQL) 17.2",
        recipient="",
        migrations=migrations,
        roles=[],
        tables={"articles_article": [1, "2"]},
        without_rows=[],
        media_files=0,
        bytes=0,
        checksums=files.checksum(folder / files.CHECKSUMS),
    ).write(folder)
    return Manifest.read(folder)


def test_a_backup_of_this_version_lacks_nothing(tmp_path: Path) -> None:
    found = written(tmp_path)
    assert (found.newer_migrations(), found.missing_migrations()) == ([], [])


def test_a_backup_with_all_replaced_migrations_lacks_nothing(tmp_path: Path) -> None:
    found = written(tmp_path, migrations=[each for each in KNOWN if each not in SQUASHED])
    assert (found.newer_migrations(), found.missing_migrations()) == ([], [])
    assert not is_in_the_middle(found.applied)


def test_a_backup_of_another_version_is_recognised(tmp_path: Path) -> None:
    assert written(tmp_path, migrations=KNOWN[:-1]).missing_migrations() == [".".join(KNOWN[-1])]
    newer = written(tmp_path, migrations=[*KNOWN, ["iria", "9999_later"]])
    assert newer.newer_migrations() == ["iria.9999_later"]
    # After a rollback, the database in use has it too.
    assert newer.newer_migrations([("iria", "9999_later")]) == []
    # Names of releases before that one; and an app may have been removed.
    earlier = written(tmp_path, migrations=[*KNOWN, ["iria", "0001_initial"], ["gone", "0009_x"]])
    assert earlier.newer_migrations() == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / MANIFEST).unlink(),
        lambda folder: (folder / MANIFEST).write_text("{"),
        lambda folder: (folder / MANIFEST).write_text("[]"),
        lambda folder: (folder / MANIFEST).write_bytes(b"\xff"),
        lambda folder: (folder / MANIFEST).write_text('{"format": 1}'),
        lambda folder: (folder / MANIFEST).write_text('{"format": 2}'),
        lambda folder: (folder / files.CHECKSUMS).unlink(),
        lambda folder: (folder / files.CHECKSUMS).write_text("0  x\n"),
    ],
)
def test_a_damaged_manifest_is_one_sentence(damage: object, tmp_path: Path) -> None:
    written(tmp_path)
    assert callable(damage)
    damage(tmp_path)
    with pytest.raises(BackupError) as refused:
        Manifest.read(tmp_path)
    assert str(refused.value).endswith(".")


def test_the_newest_complete_backup_of_a_folder_is_found(tmp_path: Path) -> None:
    for name in ("2026-11-27-033000", "2026-11-28-033000", ".unfinished-2026-11-29-033000"):
        written(tmp_path / name)
    (tmp_path / "2026-11-30-033000").mkdir()
    (tmp_path / "notes").mkdir()
    newest = tmp_path / "2026-11-28-033000"
    assert manifest.find(tmp_path) == newest
    assert manifest.find(newest / MANIFEST) == manifest.find(newest) == newest
    with pytest.raises(BackupError):
        manifest.find(tmp_path / "notes")


def test_a_restore_refuses_what_it_cannot_restore(tmp_path: Path) -> None:
    written(tmp_path, migrations=[*KNOWN, ["iria", "9999_later"]])
    with pytest.raises(CommandError, match=r"iria\.9999_later"):
        call_command("restore", tmp_path)
    written(tmp_path, migrations=[each for each in KNOWN if each != REPLACED[0]])
    with pytest.raises(CommandError, match=re.escape(TOO_OLD)):
        call_command("restore", tmp_path)
    with pytest.raises(CommandError):
        call_command("restore", tmp_path / "nowhere")
    values = asdict(written(tmp_path)) | {"recipient": "age1other"}
    (tmp_path / MANIFEST).write_text(json.dumps(values))
    with pytest.raises(CommandError, match="BACKUP_KEY"):
        call_command("restore", tmp_path)
