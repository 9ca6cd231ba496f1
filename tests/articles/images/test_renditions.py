"""Making and deleting renditions."""

import os
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from PIL import Image as Pixels

from articles.images import renditions, tasks
from articles.images.library import editing, ingest
from articles.images.models import Image, OldRenditionName, Rendition
from articles.images.renditions import save_renditions
from articles.images.tasks import catch_up, sweep
from tests.newsroom import picture, picture_file

REAL = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@REAL
def test_the_worker_makes_every_size_after_the_upload(jobs: Callable[[], None]) -> None:
    image = ingest.ingest(picture_file(width=1400, height=700), by=None)
    assert image.renditions.count() == 1
    jobs()
    uncropped = image.renditions.filter(shape="")
    assert {(each.format, each.width, each.height) for each in uncropped} == {
        (form, width, width // 2)
        for form, widths in (
            ("avif", (320, 640, 960, 1400)),
            ("jpeg", (320, 640, 960, 1400)),
            ("webp", (320, 960)),
        )
        for width in widths
    }
    cropped = {(each.shape, each.width, each.height) for each in image.renditions.exclude(shape="")}
    assert cropped == {
        *(("3:2", 320, 213), ("3:2", 640, 427), ("3:2", 1050, 700)),
        *(("1:1", 160, 160), ("1:1", 320, 320), ("1:1", 480, 480)),
        ("40:21", 1200, 630),
    }
    assert [each.format for each in image.renditions.filter(shape="40:21")] == ["jpeg"]


def test_an_image_that_already_has_a_shape_is_not_cropped(db: None) -> None:
    image = ingest.ingest(picture_file(width=600, height=400), by=None)
    renditions.make(image)
    assert not image.renditions.filter(shape="3:2").exists()
    assert image.renditions.filter(shape="1:1").exists()


def test_making_renditions_twice_changes_nothing(db: None, settings: Any) -> None:
    image = ingest.ingest(picture_file(width=700, height=500), by=None)
    assert len(renditions.make(image)) > 5
    names = set(image.renditions.values_list("name", flat=True))
    count = len(files_below(settings.MEDIA_ROOT))
    assert renditions.make(image) == []
    assert set(image.renditions.values_list("name", flat=True)) == names
    assert len(files_below(settings.MEDIA_ROOT)) == count


def test_the_second_of_two_workers_leaves_no_file_behind(
    db: None, settings: Any, tmp_path: Path
) -> None:
    image = ingest.ingest(picture_file(width=300, height=200), by=None)
    count = len(files_below(settings.MEDIA_ROOT))
    (tmp_path / "again").write_bytes(picture_file(width=300, height=200).read())
    again = {"file": "again", "format": "jpeg", "width": 300, "height": 200}
    again |= {"shape": "", "moving": False}
    assert save_renditions(image, [again], tmp_path) == []
    assert len(files_below(settings.MEDIA_ROOT)) == count


def test_every_file_matches_its_row(db: None) -> None:
    image = ingest.ingest(picture_file(width=700, height=500), by=None)
    renditions.make(image)
    for each in image.renditions.all():
        with Pixels.open(each.file.path) as served:
            assert served.size == (each.width, each.height)
            assert str(served.format).lower() == each.format
        assert each.bytes == Path(each.file.path).stat().st_size
        assert len(each.name) >= 20


@REAL
def test_files_of_a_deleted_image_are_deleted_after_the_commit(settings: Any) -> None:
    image = ingest.ingest(picture_file(), by=None)
    renditions.make(image)
    assert files_below(settings.MEDIA_ROOT)
    editing.delete(image)
    assert not Image.objects.exists()
    assert not Rendition.objects.exists()
    assert not files_below(settings.MEDIA_ROOT)


@REAL
def test_an_image_deleted_before_the_job_ran_is_no_error(jobs: Callable[[], None]) -> None:
    editing.delete(ingest.ingest(picture_file(), by=None))
    jobs()
    assert not Rendition.objects.exists()


@REAL
def test_an_image_with_a_broken_original_keeps_its_first_size(jobs: Callable[[], None]) -> None:
    image = ingest.ingest(picture_file(), by=None)
    Path(image.original.path).write_bytes(b"rust")
    jobs()
    assert image.renditions.count() == 1


def test_an_image_that_was_never_ingested_has_no_renditions(db: None) -> None:
    assert picture().renditions.count() == 0


def test_sizes_missed_by_a_lost_job_are_made_later(db: None) -> None:
    image = ingest.ingest(picture_file(width=300, height=200), by=None)
    catch_up()
    assert image.renditions.count() == 1, "its own job may still be on the way"
    Image.objects.update(uploaded_at=timezone.now() - timedelta(hours=1))
    catch_up()
    assert image.renditions.filter(shape="").count() == 3
    assert not Image.objects.lacking_sizes().exists()


def test_unreadable_images_do_not_block_others(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "MAX_PER_RUN", 2)
    sent = (picture_file(width=300, height=200, colour=f"#0000{n}0") for n in range(4))
    *rusty, sound = [ingest.ingest(file, by=None) for file in sent]
    for image in rusty:
        Path(image.original.path).write_bytes(b"rust")
    Image.objects.update(uploaded_at=timezone.now() - timedelta(hours=1))
    for _ in range(40):
        tasks.catch_up()
        if sound.renditions.count() > 1:
            return
    raise AssertionError("The picture that can be read never had its turn.")


@REAL
def test_images_from_before_an_update_get_their_shapes_and_perceptual_hashes(
    jobs: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    pixels, file = Pixels.linear_gradient("L").resize((320, 200)).convert("RGB"), BytesIO()
    pixels.save(file, "JPEG")
    image = ingest.ingest(ContentFile(file.getvalue(), name="shades.jpg"), by=None)
    looks = image.perceptual_hash
    assert looks is not None
    jobs()
    image.renditions.exclude(shape="").delete()
    Image.objects.update(uploaded_at=timezone.now() - timedelta(days=400), perceptual_hash=None)
    call_command("make_renditions")
    assert "1 " in capsys.readouterr().out
    jobs()
    assert image.renditions.filter(shape="1:1").exists()
    image.refresh_from_db()
    assert image.perceptual_hash is not None
    assert ((image.perceptual_hash ^ looks) & (1 << 64) - 1).bit_count() <= 7


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
    monkeypatch.setattr(renditions, "MIN_AGE", -timedelta(hours=1))


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
    sweep()
    assert files() == before


@pytest.mark.usefixtures("_a_day_later")
@pytest.mark.parametrize("at_once", [1, 1000])
def test_files_of_rows_are_kept_and_so_are_former_renditions(
    at_once: int, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renditions, "AT_ONCE", at_once)
    renditions.make(image)
    Image.objects.update(credit="Teo Brandt")
    renditions.update_rights(image)
    default_storage.save("elsewhere/some.jpeg", ContentFile(b"of somebody else"))
    before = files()
    assert OldRenditionName.objects.exclude(file="").exists()
    orphans = {
        create_orphan("originals"),
        create_orphan("renditions"),
        create_orphan("renditions", "another"),
    }
    assert {*renditions.orphaned_files()} == orphans
    assert renditions.delete_files(renditions.orphaned_files()) == 3
    assert files() == before


@pytest.mark.usefixtures("_a_day_later")
def test_a_file_whose_name_redirects_is_deleted(image: Image) -> None:
    old = str(image.renditions.get().file.name)
    content = default_storage.open(old).read()
    Image.objects.update(credit="Teo Brandt")
    renditions.update_rights(image)
    OldRenditionName.objects.update(replaced_at=timezone.now() - timedelta(hours=1))
    renditions.discard_former()
    default_storage.save(old, ContentFile(content))
    assert [*renditions.orphaned_files()] == [old]


def test_a_file_that_is_being_written_or_was_just_restored_is_kept(image: Image) -> None:
    long_ago = (timezone.now() - timedelta(days=400)).timestamp()
    os.utime(default_storage.path(create_orphan("originals")), (long_ago, long_ago))
    create_orphan("renditions")
    assert renditions.delete_files(renditions.orphaned_files()) == 0
    assert len(files()) == 4


@pytest.mark.usefixtures("_a_day_later")
def test_without_any_image_in_the_database_nothing_is_deleted(db: None) -> None:
    create_orphan("originals")
    assert renditions.delete_files(renditions.orphaned_files()) == 0
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
    assert renditions.delete_files(renditions.orphaned_files()) == 1
    assert stuck in files()
    assert other not in files()
