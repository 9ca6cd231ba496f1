"""Renditions are served to everybody, originals to nobody."""

from pathlib import Path

from django.test import Client

from articles.images import ingest
from tests.newsroom import picture_file


def test_a_rendition_is_served_for_ever_and_sets_no_cookie(client: Client, db: None) -> None:
    only = ingest.take_in(picture_file(), by=None).renditions.get()
    response = client.get(only.get_absolute_url())
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
    assert "Vary" not in response
    assert b"".join(response)[:3] == b"\xff\xd8\xff"


def test_an_original_has_no_address(client: Client, db: None) -> None:
    image = ingest.take_in(picture_file(), by=None)
    name = str(image.original)
    for address in (f"/pictures/{name}", f"/pictures/{name.rsplit('/', 1)[1]}", f"/media/{name}"):
        assert client.get(address, follow=True).status_code == 404


def test_unknown_names_and_climbing_paths_lead_nowhere(client: Client, db: None) -> None:
    for name in ("nothing.jpeg", "..%2f..%2fmanage.py", "%00", "x" * 300, "a/b.jpeg"):
        assert client.get(f"/pictures/{name}", follow=True).status_code == 404


def test_a_rendition_whose_file_is_gone_is_not_found(client: Client, db: None) -> None:
    only = ingest.take_in(picture_file(), by=None).renditions.get()
    Path(only.file.path).unlink()
    assert client.get(only.get_absolute_url()).status_code == 404


def test_a_rendition_cannot_be_written_to(client: Client, db: None) -> None:
    only = ingest.take_in(picture_file(), by=None).renditions.get()
    assert client.post(only.get_absolute_url()).status_code == 405
