"""Deleting image files that no row refers to."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from articles.images.library import ingest
from articles.images.models import Image, OldRenditionName
from articles.images.renditions import orphans, rendition_files, renditions
from articles.images.tasks import sweep
from tests.newsroom import picture_file


class Refused(Exception):
    pass


@transaction.atomic
def _ingest_and_fail() -> None:
    ingest.ingest(picture_file(colour="teal"), by=None)
    raise Refused


@pytest.fixture
def image(db: None) -> Image:
    return ingest.ingest(picture_file(), by=None, credit="Ines Faro")


@pytest.fixture
def _a_day_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphans, "MIN_AGE", -timedelta(hours=1))


def files() -> set[str]:
    root = Path(default_storage.path(""))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def create_orphan(folder: str, name: str = "left") -> str:
    return default_storage.save(f"{folder}/2026/10/{name}.jpeg", ContentFile(b"of nobody"))


@pytest.mark.usefixtures("_a_day_later")
def test_files_ingested_before_a_rolled_back_commit_are_deleted(image: Image) -> None:
    before = files()
    with pytest.raises(Refused):
        _ingest_and_fail()
    assert len(files()) == len(before) + 2
    sweep(timestamp=0)
    assert files() == before


@pytest.mark.usefixtures("_a_day_later")
@pytest.mark.parametrize("at_once", [1, 1000])
def test_files_of_rows_are_kept_and_so_are_former_renditions(
    at_once: int, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "AT_ONCE", at_once)
    renditions.make(image)
    Image.objects.update(credit="Teo Brandt")
    renditions.update_rights(image)
    default_storage.save("elsewhere/some.jpeg", ContentFile(b"of somebody else"))
    before = files()
    assert OldRenditionName.objects.exclude(file="").exists()
    gone = {
        create_orphan("originals"),
        create_orphan("renditions"),
        create_orphan("renditions", "another"),
    }
    assert {*orphans.orphaned_files()} == gone
    assert orphans.delete_files(orphans.orphaned_files()) == 3
    assert files() == before


@pytest.mark.usefixtures("_a_day_later")
def test_a_file_whose_name_redirects_is_deleted(image: Image) -> None:
    old = str(image.renditions.get().file.name)
    content = default_storage.open(old).read()
    Image.objects.update(credit="Teo Brandt")
    renditions.update_rights(image)
    OldRenditionName.objects.update(replaced_at=timezone.now() - timedelta(hours=1))
    rendition_files.discard_former()
    default_storage.save(old, ContentFile(content))
    assert [*orphans.orphaned_files()] == [old]


def test_a_file_that_is_being_written_or_was_just_restored_is_kept(image: Image) -> None:
    long_ago = (timezone.now() - timedelta(days=400)).timestamp()
    os.utime(default_storage.path(create_orphan("originals")), (long_ago, long_ago))
    create_orphan("renditions")
    assert orphans.delete_files(orphans.orphaned_files()) == 0
    assert len(files()) == 4


@pytest.mark.usefixtures("_a_day_later")
def test_without_any_image_in_the_database_nothing_is_deleted(db: None) -> None:
    create_orphan("originals")
    assert orphans.delete_files(orphans.orphaned_files()) == 0
    assert len(files()) == 1


@pytest.mark.usefixtures("_a_day_later")
@pytest.mark.parametrize("command", ["delete_orphan_images", "sweep_pictures"])
def test_the_command_lists_or_deletes_them(
    image: Image, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    name = create_orphan("originals")
    call_command(command, dry_run=True)
    assert capsys.readouterr().out == f"{name}\n"
    assert name in files()
    call_command(command)
    assert capsys.readouterr().out == "1 file deleted.\n"
    assert name not in files()


@pytest.mark.usefixtures("_a_day_later")
def test_a_file_that_cannot_be_deleted_does_not_block_others(
    image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = create_orphan("originals"), create_orphan("renditions")
    really = FileSystemStorage.delete

    def delete(storage: FileSystemStorage, name: str) -> None:
        if name == stuck:
            raise PermissionError(name)
        really(storage, name)

    monkeypatch.setattr(FileSystemStorage, "delete", delete)
    assert orphans.delete_files(orphans.orphaned_files()) == 1
    assert stuck in files()
    assert other not in files()
