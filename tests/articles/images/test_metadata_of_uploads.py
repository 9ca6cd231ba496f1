"""The metadata in renditions, from the upload to the response: rights only."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pixels

from accounts.models import User
from articles.images.models import Image
from articles.images.srcset import RenditionFile

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

CREDIT = "Inês Faro/via Süd Presse · 通信社"
RIGHTS = {
    "XMP-photoshop:Credit": CREDIT,
    "XMP-dc:Creator": "Inês Faro",
    "XMP-dc:Rights": "© 2026 Inês Faro",
    "XMP-xmpRights:WebStatement": "https://licences.example/by/4.0/",
}
SECRETS = {
    "GPSLatitude": "48.20849",
    "GPSLatitudeRef": "N",
    "XMP-exif:GPSLongitude": "16.37208",
    "SerialNumber": "4711000815",
    "LensSerialNumber": "4711000816",
    "XMP-aux:SerialNumber": "4711000817",
    "XMP-photoshop:City": "Vienna",
    "UserComment": "On the way to a hideout",
    "OwnerName": "The owner of the camera",
}


def exiftool(*arguments: str) -> bytes:
    return subprocess.run(["exiftool", *arguments], capture_output=True, check=True).stdout


def add_camera_metadata(path: Path) -> None:
    """Adds rights and all other metadata that cameras and newsrooms write, with a thumbnail."""
    thumbnail = path.with_name("thumbnail.jpg")
    Pixels.new("RGB", (160, 120), "red").save(thumbnail)
    tags = [f"-{name}={value}" for name, value in (RIGHTS | SECRETS).items()]
    exiftool("-q", "-m", "-overwrite_original", *tags, f"-ThumbnailImage<={thumbnail}", str(path))


def upload(client: Client, path: Path) -> Image:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    client.post("/admin/articles/image/add/", {"pictures": [file]})
    return Image.objects.get()


def served(image: Image, folder: Path) -> dict[str, dict[str, Any]]:
    """What exiftool reads in each served file, by shape, format and motion."""
    folder.mkdir()
    stranger = Client()
    names = {}
    for row in Image.objects.get(pk=image.pk).sizes:
        file = RenditionFile(*row)
        response = stranger.get(file.get_absolute_url())
        assert response.status_code == 200
        (folder / file.name).write_bytes(b"".join(response))
        names[file.name] = f"{file.shape or 'whole'} {file.format}{' moving' * file.moving}"
    found = json.loads(exiftool("-j", "-a", "-G1", "-u", str(folder)))
    return {names[Path(metadata["SourceFile"]).name]: metadata for metadata in found}


def assert_contains_rights_only(files: dict[str, dict[str, Any]], credit: str) -> None:
    for metadata in files.values():
        everything = json.dumps(metadata, ensure_ascii=False)
        for name, value in (RIGHTS | {"XMP-photoshop:Credit": credit}).items():
            assert metadata[name] == value, name
        assert metadata.get("XMP-plus:LicensorURL", "") == ""
        assert not [name for name in metadata if "GPS" in name or "Serial" in name]
        assert not [name for name in metadata if "Thumbnail" in name or "Preview" in name]
        for secret in ("4711", "Vienna", "hideout", "owner of", "48.2", "16.37"):
            assert secret not in everything


def test_every_file_of_a_photograph_has_its_credit_and_no_location(
    client: Client, edna: User, jobs: Callable[[], None], tmp_path: Path
) -> None:
    path = tmp_path / "photograph.jpg"
    Pixels.linear_gradient("L").resize((700, 500)).convert("RGB").save(path, quality=90)
    add_camera_metadata(path)
    client.force_login(edna)
    image = upload(client, path)
    jobs()
    files = served(image, tmp_path / "before")
    assert set(files) == {
        *("whole avif", "whole webp", "whole jpeg"),
        *(f"{shape} {form}" for shape in ("3:2", "1:1") for form in ("avif", "jpeg")),
        "40:21 jpeg",
    }
    assert_contains_rights_only(files, CREDIT)
    for metadata in (metadata for kind, metadata in files.items() if kind.endswith("jpeg")):
        assert metadata["IPTC:Credit"] == CREDIT
        assert metadata["IFD0:Artist"] == "Inês Faro"
    form = client.get(f"/admin/articles/image/{image.pk}/change/").context["adminform"].form
    values = {name: value for name, value in form.initial.items() if value is not None}
    typed = {form.add_prefix(name): value for name, value in values.items() if name in form.fields}
    client.post(
        f"/admin/articles/image/{image.pk}/change/", typed | {"credit": "Teo Brandt/via Meridian"}
    )
    assert Image.objects.get().credit == "Teo Brandt/via Meridian"
    jobs()
    assert_contains_rights_only(served(image, tmp_path / "after"), "Teo Brandt/via Meridian")


def test_every_file_of_an_animated_or_transparent_image_has_its_credit(
    client: Client, edna: User, jobs: Callable[[], None], tmp_path: Path
) -> None:
    path = tmp_path / "moving.png"
    frames = [Pixels.new("RGBA", (200, 100), (255, shade, 0, shade)) for shade in (40, 120, 200)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=80)
    add_camera_metadata(path)
    client.force_login(edna)
    image = upload(client, path)
    jobs()
    files = served(image, tmp_path / "served")
    assert {"whole webp moving", "whole png", "whole avif", "1:1 webp"} <= set(files)
    assert_contains_rights_only(files, CREDIT)
