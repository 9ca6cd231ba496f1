"""Near-duplicates found on upload."""

from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pixels
from PIL import ImageDraw

from accounts.models import User
from articles.images.library import editing, ingest
from articles.images.models import Image, SimilarImage
from tests.newsroom import draft, picture

LIBRARY = "/admin/articles/image/"


def harbour(
    name: str = "harbour.jpg", *, width: int = 600, quality: int = 90
) -> SimpleUploadedFile:
    """A drawing of a quay; the same in every size and quality."""
    pixels = Pixels.linear_gradient("L").rotate(90).resize((600, 400)).convert("RGB")
    draw = ImageDraw.Draw(pixels)
    draw.rectangle((60, 220, 260, 400), fill="navy")
    draw.ellipse((380, 40, 520, 180), fill="orange")
    buffer = BytesIO()
    pixels.resize((width, width * 2 // 3)).save(buffer, "JPEG", quality=quality)
    return SimpleUploadedFile(name, buffer.getvalue())


@pytest.fixture
def older(edna: User) -> Image:
    return ingest.ingest(harbour(), by=edna, headline="Quay at noon", credit="Ines Faro")


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def test_a_duplicate_is_reported_and_may_be_discarded(editor_client: Client, older: Image) -> None:
    page = editor_client.post(
        f"{LIBRARY}add/", {"pictures": harbour("again.jpg", width=420, quality=60)}
    )
    assert "Possible duplicate of “<a" in page.content.decode()
    newer = Image.objects.latest("pk")
    assert editing.similar_images(newer) == [older]
    listed = editor_client.get(f"{LIBRARY}?kind=alike").context["cl"].result_list
    assert set(listed) == {older, newer}
    response = editor_client.post(f"{LIBRARY}{newer.pk}/alike/", {"use": older.pk}, follow=True)
    assert "The new image was deleted" in response.content.decode()
    assert Image.objects.get() == older
    assert not SimilarImage.objects.exists()


def test_a_kept_duplicate_is_not_reported_again(
    editor_client: Client, older: Image, edna: User
) -> None:
    newer = ingest.ingest(harbour(width=420), by=edna)
    editor_client.post(f"{LIBRARY}{newer.pk}/alike/", {"use": ""})
    assert editing.similar_images(newer) == []
    assert SimilarImage.objects.get().kept_by == edna
    assert Image.objects.count() == 2


def test_an_invalid_answer_decides_nothing(editor_client: Client, older: Image) -> None:
    newer = ingest.ingest(harbour(width=420), by=older.uploaded_by)
    response = editor_client.post(f"{LIBRARY}{newer.pk}/alike/")
    assert response.status_code == 400
    assert response.status_code == 400
    assert editing.similar_images(newer) == [older]


def test_users_without_permission_see_no_images_and_decide_nothing(
    client: Client, older: Image, ola: User
) -> None:
    newer = ingest.ingest(harbour(width=420), by=ola)
    ola.is_staff = True
    ola.save()
    ola.user_permissions.add(Permission.objects.get(codename="add_image"))
    client.force_login(ola)
    response = client.post(f"{LIBRARY}{newer.pk}/alike/?fragment=1", {"use": ""})
    assert response.status_code == 403
    assert editing.similar_images(newer) == [older]


def test_the_chooser_offers_the_existing_image(editor_client: Client, older: Image) -> None:
    newer = ingest.ingest(harbour(width=420), by=older.uploaded_by)
    page = editor_client.post(
        f"{LIBRARY}{newer.pk}/alike/?fragment=1", {"use": older.pk}
    ).content.decode()
    assert f'data-picture="{older.pk}"' in page
    assert "<html" not in page


def test_an_image_in_use_is_not_discarded(editor_client: Client, older: Image, edna: User) -> None:
    newer = ingest.ingest(harbour(width=420), by=edna)
    draft(lead_image=newer)
    page = editor_client.post(f"{LIBRARY}{newer.pk}/alike/", {"use": older.pk}, follow=True)
    assert "cannot be deleted because it is used in" in page.content.decode()
    assert Image.objects.count() == 2


def test_a_reporter_discards_only_their_own_uploads(
    client: Client, older: Image, rui: User
) -> None:
    client.force_login(rui)
    mine = ingest.ingest(harbour(width=420), by=rui)
    page = client.post(f"{LIBRARY}{older.pk}/alike/", {"use": mine.pk}, follow=True)
    assert "was uploaded by someone else" in page.content.decode()
    client.post(f"{LIBRARY}{mine.pk}/alike/", {"use": older.pk})
    assert Image.objects.get() == older


def test_an_image_is_not_discarded_for_one_that_is_not_similar(
    editor_client: Client, older: Image
) -> None:
    other = picture()
    for use in (other.pk, "x", "9" * 30, 0):
        editor_client.post(f"{LIBRARY}{older.pk}/alike/", {"use": use})
    assert Image.objects.filter(pk=older.pk).exists()
    assert editor_client.get(f"{LIBRARY}{older.pk}/alike/").status_code == 405


@pytest.mark.parametrize(("bits", "is_duplicate"), [(0, True), (7, True), (8, False), (20, False)])
def test_every_image_within_seven_bits_is_found(db: None, bits: int, is_duplicate: bool) -> None:
    looks = 0x1234_5678_9ABC_DEF0
    spread = [0, 17, 33, 49, 5, 22, 40, 60, *range(6, 16), 35, 36][:bits]
    flipped = looks
    for bit in spread:
        flipped ^= 1 << bit
    picture(perceptual_hash=looks)
    newer = picture(perceptual_hash=flipped, checksum="1" * 64)
    assert bool(editing.similar_images(newer)) is is_duplicate


def test_similar_images_follow_changes_of_the_hash(db: None) -> None:
    one, other = picture(perceptual_hash=1), picture(perceptual_hash=-1)
    assert editing.similar_images(one) == []
    Image.objects.filter(pk=other.pk).update(perceptual_hash=3)
    assert editing.similar_images(one) == [other]
    Image.objects.filter(pk=other.pk).update(perceptual_hash=None)
    assert editing.similar_images(one) == []
