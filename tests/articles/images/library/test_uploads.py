"""Replacing the file of an image."""

import errno
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import User
from articles.images.library import ingest, uploads
from articles.images.models import Image, ImageEvent, OldRenditionName
from articles.images.processing.file_types import NO_ROOM
from tests.newsroom import draft, picture_file

LIBRARY = "/admin/articles/image/"


@pytest.fixture
def image(db: None, edna: User) -> Image:
    file = picture_file(width=600, height=400)
    return ingest.ingest(file, by=edna, headline="Quay", credit="Ines Faro", alt_text="A quay")


def other(colour: str = "teal") -> "ContentFile[bytes]":
    return picture_file(width=900, height=600, colour=colour)


def sent() -> SimpleUploadedFile:
    return SimpleUploadedFile("new.jpg", other("orange").read())


def originals() -> list[Path]:
    return [path for path in (Path(settings.MEDIA_ROOT) / "originals").rglob("*") if path.is_file()]


def test_the_file_changes_and_all_other_fields_stay(
    image: Image, edna: User, django_capture_on_commit_callbacks: Any
) -> None:
    article = draft(lead_image=image)
    before = image.renditions.get().name
    with django_capture_on_commit_callbacks(execute=True):
        uploads.replace(image, other(), by=edna, seen=image.checksum)
    now = Image.objects.get(pk=image.pk)
    assert (now.width, now.credit, now.alt_text) == (900, "Ines Faro", "A quay")
    assert now.checksum != image.checksum
    assert now.renditions.get().width == 900
    assert article.lead_image == now
    assert OldRenditionName.objects.get(name=before).image == now
    assert len(originals()) == 1
    event = ImageEvent.objects.get()
    assert (event.action, event.created_by) == ("replaced", edna)


def test_the_focal_point_stays_unless_the_aspect_ratio_changes(image: Image) -> None:
    Image.objects.filter(pk=image.pk).update(focus_x=0.2)
    now = uploads.replace(image, other(), by=None, seen=image.checksum)
    assert now.focus_x == 0.2
    tall = picture_file(width=300, height=900)
    assert uploads.replace(now, tall, by=None, seen=now.checksum).focus_x == 0.5


def test_the_second_of_two_editors_gets_a_conflict(
    client: Client, image: Image, edna: User, chief: User
) -> None:
    uploads.replace(image, other(), by=chief, seen=image.checksum)
    client.force_login(edna)
    form = {"picture": sent(), "seen": image.checksum}
    response = client.post(f"{LIBRARY}{image.pk}/replace/", form)
    page = response.content.decode()
    assert "Ada Lund replaced the file" in page
    now = Image.objects.get(pk=image.pk)
    assert f'value="{now.checksum}"' in page
    form = {"picture": sent(), "seen": now.checksum}
    assert client.post(f"{LIBRARY}{image.pk}/replace/", form).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_concurrent_replacements_one_succeeds_completely(
    edna: User, django_db_serialized_rollback: None
) -> None:
    image = ingest.ingest(picture_file(), by=edna)

    def try_(colour: str) -> str:
        try:
            return uploads.replace(image, other(colour), by=None, seen=image.checksum).checksum
        except uploads.ReplacedMeanwhile:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        won = sorted(pool.map(try_, ["teal", "orange"]))
    assert won[0] == ""
    assert Image.objects.get().checksum == won[1]
    assert len(originals()) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no picture", "not a supported image"),
        (None, "Choose the new file"),
        (b"\xff\xd8\xff\xe0 cut off", "damaged"),
    ],
)
def test_a_rejected_file_leaves_the_old_one_in_place(
    client: Client, image: Image, edna: User, content: bytes | None, message: str
) -> None:
    client.force_login(edna)
    form: dict[str, Any] = {"seen": image.checksum}
    if content is not None:
        form["picture"] = SimpleUploadedFile("new.jpg", content)
    page = client.post(f"{LIBRARY}{image.pk}/replace/", form).content.decode()
    assert message in page
    assert Image.objects.get(pk=image.pk).checksum == image.checksum
    assert image.renditions.count() == 1


def test_a_file_that_is_another_image_already_is_rejected(image: Image) -> None:
    there = ingest.ingest(other(), by=None, headline="Already there")
    with pytest.raises(ingest.AlreadyThere, match="Already there"):
        uploads.replace(image, other(), by=None, seen=image.checksum)
    assert there.renditions.count() == 1


def test_a_full_disk_leaves_no_partial_files(image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads, "save_renditions", full)
    with pytest.raises(ingest.UploadRejected, match=NO_ROOM):
        uploads.replace(image, other(), by=None, seen=image.checksum)
    assert len(originals()) == 1
    assert Image.objects.get(pk=image.pk).checksum == image.checksum
    assert image.renditions.count() == 1


def test_a_reporter_cannot_replace_a_file(client: Client, image: Image, rui: User) -> None:
    client.force_login(rui)
    assert client.get(f"{LIBRARY}{image.pk}/replace/").status_code == 403
    assert f"{image.pk}/replace/" not in client.get(f"{LIBRARY}{image.pk}/change/").content.decode()
