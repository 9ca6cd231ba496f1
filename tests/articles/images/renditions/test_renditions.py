"""Making and deleting renditions."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image as Pixels

from articles.images import tasks
from articles.images.library import editing, ingest
from articles.images.models import Image, Rendition
from articles.images.renditions import renditions
from articles.images.renditions.rendition_files import save_renditions
from articles.images.tasks import catch_up
from tests.newsroom import picture, picture_file

REAL = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@REAL
def test_the_worker_makes_every_size_after_the_upload(jobs: Callable[[], None]) -> None:
    image = ingest.ingest(picture_file(width=1400, height=700), by=None)
    assert image.renditions.count() == 1
    jobs()
    whole = image.renditions.filter(shape="")
    assert {(each.format, each.width, each.height) for each in whole} == {
        (form, width, width // 2)
        for form, widths in (
            ("avif", (320, 640, 960, 1400)),
            ("jpeg", (320, 640, 960, 1400)),
            ("webp", (320, 960)),
        )
        for width in widths
    }
    cut = {(each.shape, each.width, each.height) for each in image.renditions.exclude(shape="")}
    assert cut == {
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
    catch_up(timestamp=0)
    assert image.renditions.count() == 1, "its own job may still be on the way"
    Image.objects.update(uploaded_at=timezone.now() - timedelta(hours=1))
    catch_up(timestamp=0)
    assert image.renditions.filter(shape="").count() == 3
    assert not Image.objects.lacking_sizes().exists()


def test_unreadable_images_do_not_block_others(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    sent = (picture_file(width=300, height=200, colour=f"#0000{n}0") for n in range(4))
    *rusty, sound = [ingest.ingest(file, by=None) for file in sent]
    for image in rusty:
        Path(image.original.path).write_bytes(b"rust")
    Image.objects.update(uploaded_at=timezone.now() - timedelta(hours=1))
    for turn in range(40):
        tasks.catch_up(timestamp=turn)
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
