"""Profile pictures: initials or a re-encoded upload."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts import profiles
from accounts.models import User
from accounts.views import TOO_OFTEN

PICTURE = "/accounts/profile/picture/"


def file_of(width: int = 400, height: int = 300, kind: str = "JPEG") -> SimpleUploadedFile:
    buffer = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A phone of Ola"
    Image.new("RGB", (width, height), "teal").save(buffer, kind, exif=exif)
    return SimpleUploadedFile("me.jpg", buffer.getvalue())


@pytest.fixture
def signed_in(client: Client, ola: User) -> Client:
    client.force_login(ola)
    return client


def test_initials_are_the_default(signed_in: Client) -> None:
    assert ">OL</span>" in signed_in.get("/accounts/profile/").content.decode()


def test_an_upload_is_re_encoded_served_publicly_and_removed(signed_in: Client, ola: User) -> None:
    signed_in.post(PICTURE, {"picture": file_of()})
    avatar = ola.avatar
    response = Client().get(avatar.get_absolute_url())
    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert not response.cookies
    image = Image.open(BytesIO(response.content))
    assert image.size == (256, 192)
    assert not image.getexif()
    assert b"A phone of Ola" not in response.content
    signed_in.post(PICTURE, {"drop": "1"})
    assert Client().get(avatar.get_absolute_url()).status_code == 404
    assert ">OL</span>" in signed_in.get("/accounts/profile/").content.decode()


@pytest.mark.parametrize(
    ("upload", "error"),
    [
        (SimpleUploadedFile("me.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), ""),
        (SimpleUploadedFile("me.jpg", b"not a picture"), ""),
        (SimpleUploadedFile("me.jpg", b""), "empty"),
        (SimpleUploadedFile("me.jpg", b"\xff\xd8" + b"0" * (8 * 1024 * 1024)), "larger than 8 MB"),
        (file_of(20, 20, "PNG"), "too small"),
    ],
)
def test_an_invalid_image_is_rejected_and_the_old_one_stays(
    signed_in: Client, ola: User, upload: SimpleUploadedFile, error: str
) -> None:
    signed_in.post(PICTURE, {"picture": file_of()})
    before = ola.avatar.name
    page = signed_in.post(PICTURE, {"picture": upload})
    assert page.status_code == 200
    assert 'class="errorlist"' in page.content.decode()
    assert error in page.content.decode()
    ola.refresh_from_db()
    assert ola.avatar.name == before


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ola Lind", "OL"),
        ("Ola", "O"),
        ("Åsa von Ähren", "ÅÄ"),
        ("李 小龍", "李小"),
        ("(Ola) Lind", "L"),
        ("ليلى بن حدو", "ل"),
        ("", "R7"),
        ("👍 👍", "?"),
    ],
)
def test_initials_are_at_most_two_letters(name: str, initials: str) -> None:
    assert User(pk=7, display_name=name).initials == initials


def test_uploads_of_an_account_are_limited(
    signed_in: Client, ola: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "MAX_UPLOADS_PER_ACCOUNT", 2)
    for _ in range(2):
        assert signed_in.post(PICTURE, {"picture": file_of()}).status_code == 302
    opened: list[bytes] = []
    monkeypatch.setattr(profiles, "_render", opened.append)
    rejected = signed_in.post(PICTURE, {"picture": file_of()})
    assert (rejected.status_code, rejected.headers["Retry-After"]) == (429, "3600")
    assert TOO_OFTEN in rejected.content.decode()
    assert not opened
    assert signed_in.post(PICTURE, {"drop": "1"}).status_code == 302


def test_accounts_with_the_same_ip_address_share_a_limit(
    db: None, monkeypatch: pytest.MonkeyPatch, ola: User, rui: User
) -> None:
    monkeypatch.setattr(profiles, "MAX_UPLOADS_PER_IP_ADDRESS", 1)
    assert profiles.may_upload(ola, "192.0.2.7")
    assert not profiles.may_upload(rui, "192.0.2.7")
    assert profiles.may_upload(rui, "192.0.2.8")
