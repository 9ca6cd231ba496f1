"""A full disk: partial files are deleted, and other images are not affected."""

import errno
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from articles.images import renditions
from articles.images.library import ingest, uploads
from articles.images.models import Image, ImageEvent, OldRenditionName
from articles.images.processing.file_types import NO_ROOM
from articles.images.tasks import catch_up
from tests.newsroom import picture_file

FULL = pytest.raises(OSError, match="No space left")


class Disk(FileSystemStorage):
    """Writes only the first half of a file that does not fit."""

    fits: ClassVar[Callable[[], bool]]

    def _save(self, name: str, content: Any) -> str:
        written = content if Disk.fits() else Half(content)
        return str(super()._save(name, written))  # type: ignore[misc]  # not in its stubs


class Half:
    def __init__(self, content: "File[Any]") -> None:
        self.content = content

    def chunks(self) -> Iterator[bytes]:
        yield self.content.read(self.content.size // 2)
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def files(settings: Any) -> Callable[[], set[Path]]:
    """The files on the disk; it has free space at first."""
    name = f"{Disk.__module__}.{Disk.__qualname__}"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": name}}
    Disk.fits = lambda: True
    return lambda: {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def full_after(count: int) -> None:
    """Lets `count` more files fit on the disk."""
    room = iter(range(count))
    Disk.fits = lambda: next(room, None) is not None


@pytest.fixture
def image(db: None, files: Any) -> Image:
    return ingest.ingest(picture_file(width=300, height=200), by=None, credit="Ines Faro")


@pytest.mark.parametrize("fitting", [0, 1])
def test_a_failed_upload_leaves_no_file(
    fitting: int, db: None, files: Callable[[], set[Path]]
) -> None:
    full_after(fitting)
    with pytest.raises(ingest.UploadRejected, match=NO_ROOM):
        ingest.ingest(picture_file(), by=None)
    assert not files()
    assert not Image.objects.exists()


@pytest.mark.parametrize("fitting", [0, 1])
def test_a_failed_replacement_leaves_no_new_file(
    fitting: int, image: Image, files: Callable[[], set[Path]]
) -> None:
    before = files()
    full_after(fitting)
    with pytest.raises(ingest.UploadRejected, match=NO_ROOM):
        uploads.replace(image, picture_file(colour="teal"), by=None, seen=image.checksum)
    assert files() == before
    assert Image.objects.get().checksum == image.checksum
    assert image.renditions.count() == 1


def test_a_replacement_that_cannot_be_saved_leaves_no_file(
    image: Image, files: Callable[[], set[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files()

    def full(**fields: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ImageEvent.objects, "create", full)
    with pytest.raises(ingest.UploadRejected, match=NO_ROOM):
        uploads.replace(image, picture_file(colour="teal"), by=None, seen=image.checksum)
    assert files() == before


def test_renditions_that_do_not_all_fit_are_all_deleted(
    image: Image, files: Callable[[], set[Path]]
) -> None:
    before = files()
    for fitting in (0, 2):
        full_after(fitting)
        with FULL:
            renditions.make(image)
        assert files() == before
    assert image.renditions.count() == 1
    Disk.fits = lambda: True
    assert renditions.make(image)


def test_renditions_with_a_new_credit_that_do_not_all_fit_are_all_deleted(
    image: Image, files: Callable[[], set[Path]]
) -> None:
    renditions.make(image)
    before = files()
    Image.objects.update(credit="Teo Brandt")
    for fitting in (0, 2):
        full_after(fitting)
        with FULL:
            renditions.update_rights(image)
        assert files() == before
    assert not OldRenditionName.objects.exists()
    assert Image.objects.outdated_rights().exists()


def test_former_renditions_are_deleted_first_to_free_space(image: Image) -> None:
    old = Path(image.renditions.get().file.path)
    Image.objects.update(credit="Teo Brandt")
    renditions.update_rights(image)
    OldRenditionName.objects.update(replaced_at=timezone.now() - timedelta(hours=1))
    Image.objects.update(credit="Yara Okonjo", uploaded_at=timezone.now() - timedelta(days=400))
    Disk.fits = lambda: not old.exists()
    catch_up()
    assert not old.exists()
    assert not Image.objects.outdated_rights().exists()


def test_an_image_that_cannot_be_written_does_not_block_others(
    image: Image, files: Callable[[], set[Path]]
) -> None:
    ingest.ingest(picture_file(colour="teal"), by=None, credit="Ines Faro")
    Image.objects.update(credit="Teo Brandt", uploaded_at=timezone.now() - timedelta(days=400))
    answers = iter([False])
    Disk.fits = lambda: next(answers, True)
    catch_up()
    assert Image.objects.outdated_rights().count() == 1
    catch_up()
    assert not Image.objects.outdated_rights().exists()
    renditions.discard_former()
    assert len(files()) == 6, "two originals, two files of today, two of before that linger"
