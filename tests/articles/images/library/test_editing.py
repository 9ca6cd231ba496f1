"""Changing the credit or the focal point updates every rendition without a missing image."""

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from lxml import html
from PIL import Image as Pixels

from accounts.models import User
from articles.images import renditions, rights_changes
from articles.images.credit_line import EMBEDDED_FIELDS
from articles.images.library import editing, ingest
from articles.images.library.editing import update_image
from articles.images.metadata import rights_packet, writing
from articles.images.models import (
    Agency,
    Image,
    ImageEvent,
    OldRenditionName,
    Photographer,
    Rendition,
)
from articles.images.srcset import RenditionFile
from articles.images.tasks import catch_up
from tests.newsroom import picture, picture_file, published

REAL = pytest.mark.django_db(transaction=True, serialized_rollback=True)
BEFORE, AFTER = "Ines Faro/via Meridian Pictures", "Inês Faro/via Süd Presse"


def halves() -> Any:
    """Red on the left, blue on the right."""
    file = picture_file(width=320, height=160, colour="red")
    with Pixels.open(file) as pixels:
        pixels.paste((0, 0, 255), (160, 0, 320, 160))
        file.seek(0)
        pixels.save(file, "JPEG", quality=95)
    file.truncate()
    return file


@pytest.fixture
def image(db: None) -> Image:
    """An image with all its renditions, as the worker makes them."""
    ingested = ingest.ingest(halves(), by=None, credit=BEFORE, byline="Ines Faro")
    renditions.make(ingested)
    return Image.objects.get(pk=ingested.pk)


def embedded_metadata(image: Image) -> list[dict[str, Any]]:
    """What an independent reader finds in each rendition."""
    files = [each.file.path for each in image.renditions.order_by("pk")]
    result = subprocess.run(["exiftool", "-j", "-G1", *files], capture_output=True, check=True)
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def embedded_credits(image: Image) -> set[str]:
    return {metadata["XMP-photoshop:Credit"] for metadata in embedded_metadata(image)}


def pixels_of(rendition: Rendition) -> bytes:
    with Pixels.open(rendition.file.path) as file:
        return file.tobytes()


def urls(image: Image) -> list[str]:
    row = Image.objects.get(pk=image.pk)
    return [RenditionFile(*each).get_absolute_url() for each in row.sizes]


# The version


@pytest.mark.parametrize("field", EMBEDDED_FIELDS)
def test_the_version_increases_with_every_field_that_renditions_contain(
    db: None, field: str
) -> None:
    image = picture()
    Image.objects.update(**{field: "https://other.example/"})
    image.refresh_from_db()
    assert image.rights_version == 2


def test_the_version_never_decreases_and_does_not_depend_on_other_fields(db: None) -> None:
    image = picture()
    stale = Image.objects.get(pk=image.pk)
    update_image(image, by=None, credit=AFTER)
    stale.headline = "Elsewhere"
    stale.credit = AFTER
    stale.save()
    update_image(image, by=None, caption="Cranes", licensor="Meridian")
    image.refresh_from_db()
    assert (image.rights_version, image.headline) == (2, "Elsewhere")


# Changes


def test_a_change_is_recorded_with_its_user_and_an_unchanged_save_is_not(
    image: Image, edna: User
) -> None:
    end = timezone.now() + timedelta(days=3)
    assert update_image(
        image, by=edna, reason="Their invoice", credit=AFTER, licence_until=end
    ) == {
        "credit",
        "licence_until",
    }
    licensed, credited = ImageEvent.objects.all()
    assert (licensed.action, credited.action) == ("licensed", "credited")
    assert credited.before == f"credit: {BEFORE}"
    assert credited.after == f"credit: {AFTER}"
    assert (credited.created_by, credited.reason) == (edna, "Their invoice")
    assert licensed.before == "licence ends: –"
    assert update_image(image, by=edna, credit=AFTER) == frozenset()
    assert ImageEvent.objects.count() == 2


def test_changes_of_other_users_are_kept(image: Image) -> None:
    Image.objects.update(alt_text="Two halves", withdrawn_at=timezone.now())
    update_image(image, by=None, credit=AFTER)
    image.refresh_from_db()
    assert image.alt_text == "Two halves"
    assert image.withdrawn_at is not None


def test_an_invalid_credit_changes_nothing(image: Image) -> None:
    with pytest.raises(ValidationError, match="at most 300"):
        update_image(image, by=None, credit="x" * 5000, byline="Someone")
    image.refresh_from_db()
    assert (image.credit, image.byline) == (BEFORE, "Ines Faro")


# The files


@REAL
def test_every_rendition_gets_the_new_credit_a_new_name_and_the_same_pixels(
    image: Image, jobs: Callable[[], None], client: Client
) -> None:
    before = {each.key: (each.name, pixels_of(each)) for each in image.renditions.all()}
    assert len({key[1] for key in before}) == 3
    update_image(image, by=None, credit=AFTER, licence_url="https://licences.example/by")
    jobs()
    for each in image.renditions.all():
        name, pixels = before[each.key]
        assert each.name != name
        assert each.name.split("-")[-1].split(".")[0] == "2"
        assert pixels_of(each) == pixels
        assert client.get(f"/pictures/{name}")["Location"] == each.get_absolute_url()
    for metadata in embedded_metadata(image):
        assert metadata["XMP-photoshop:Credit"] == AFTER
        assert "licences.example" in json.dumps(metadata)
        assert BEFORE not in json.dumps(metadata)


@REAL
def test_a_chosen_photographer_is_the_creator_in_renditions_and_json_ld(
    image: Image, jobs: Callable[[], None], client: Client, edna: User
) -> None:
    ines = Photographer.objects.create(name="Inês Faro")
    agency = Agency.objects.create(name="Reuters", credit_text="via Reuters")
    update_image(image, by=edna, byline="Someone else", alt_text="Two halves")
    article = published(lead_image=image)
    update_image(image, by=edna, photographer=ines, agency=agency)
    for name in ("Inês Faro", "Inês Faro-Reis"):
        ines.name = name
        rights_changes.save(ines, by=edna)
        jobs()
        for metadata in embedded_metadata(image):
            assert metadata["XMP-dc:Creator"] == name
            assert metadata["XMP-photoshop:Credit"] == f"{name}/via Reuters"
        page = html.fromstring(client.get(article.get_absolute_url()).content)
        (structured_data,) = page.xpath("//script[@type='application/ld+json']/text()")
        (about,) = next(each for each in json.loads(structured_data) if "headline" in each)["image"]
        assert about["creator"] == {"@type": "Person", "name": name}
        assert about["creditText"] == f"{name}/via Reuters"
        assert client.get(f"/api/v1/pictures/{image.pk}/").json()["creator"] == name


@REAL
def test_a_page_rendered_at_any_moment_shows_images(
    image: Image, jobs: Callable[[], None], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the change, between its steps or after it: every URL returns an image."""
    pages = [urls(image)]

    def check_page() -> None:
        pages.append(urls(image))
        for page in pages:
            for url in page:
                response = client.get(url, follow=True)
                assert response.status_code == 200, url
                assert len(b"".join(response)) > 100

    embedded, save_rows = writing.embedded, renditions.save_rows

    def slowly(content: bytes, rights: Any) -> bytes:
        if len(pages) < 5:
            check_page()
        return embedded(content, rights)

    def save_and_check(*arguments: Any) -> Any:
        check_page()
        done = save_rows(*arguments)
        check_page()
        return done

    monkeypatch.setattr(writing, "embedded", slowly)
    monkeypatch.setattr(renditions, "save_rows", save_and_check)
    update_image(image, by=None, credit=AFTER)
    check_page()
    jobs()
    update_image(image, by=None, focus_x=0.1)
    check_page()
    jobs()
    check_page()
    renditions.discard_former()
    check_page()
    assert len({tuple(page) for page in pages}) == 3


@REAL
def test_a_credit_that_changes_while_renditions_are_written_is_written_in_the_end(
    image: Image, jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded, later = writing.embedded, iter(["Teo Brandt", "Yara Okonjo"])

    def interrupted(content: bytes, rights: Any) -> bytes:
        if (credit := next(later, None)) is not None:
            Image.objects.update(credit=credit)
        return embedded(content, rights)

    monkeypatch.setattr(writing, "embedded", interrupted)
    update_image(image, by=None, credit=AFTER)
    jobs()
    assert embedded_credits(image) == {"Yara Okonjo"}
    assert not Image.objects.outdated_rights().exists()


@REAL
def test_a_rendition_that_cannot_be_changed_or_is_lost_is_made_again(
    image: Image, jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded = writing.embedded
    rejected: list[bytes] = []

    def reject_first_webp(content: bytes, rights: Any) -> bytes:
        if not rejected and content[:4] == b"RIFF":
            rejected.append(content)
            raise rights_packet.CannotEmbed("A form that is not written here.")
        return embedded(content, rights)

    lost = image.renditions.filter(format="avif").first()
    assert lost is not None
    Path(lost.file.path).unlink()
    monkeypatch.setattr(writing, "embedded", reject_first_webp)
    update_image(image, by=None, credit=AFTER)
    jobs()
    assert rejected
    assert embedded_credits(image) == {AFTER}
    assert not Image.objects.outdated_rights().exists()


def test_renditions_missed_by_a_lost_job_are_updated_later(image: Image) -> None:
    Image.objects.update(credit=AFTER, focus_x=0, uploaded_at=timezone.now() - timedelta(days=400))
    catch_up()
    image.refresh_from_db()
    for each in image.renditions.all():
        assert (each.rights_version, each.is_cut_as(image)) == (2, True)


def test_former_renditions_are_kept_for_a_while_and_then_deleted(image: Image) -> None:
    old = {each.file.path for each in image.renditions.all()}
    Image.objects.update(credit=AFTER)
    renditions.update_rights(image)
    renditions.discard_former()
    assert all(Path(path).exists() for path in old)
    OldRenditionName.objects.update(replaced_at=timezone.now() - timedelta(minutes=11))
    renditions.discard_former()
    assert not any(Path(path).exists() for path in old)
    assert OldRenditionName.objects.count() == len(old)


@REAL
def test_a_deleted_image_takes_its_former_renditions_with_it(image: Image, settings: Any) -> None:
    Image.objects.update(credit=AFTER)
    renditions.update_rights(image)
    editing.delete(image)
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


# The focus


@REAL
def test_another_focal_point_makes_the_shapes_again_and_keeps_the_full_image(
    image: Image, jobs: Callable[[], None], client: Client
) -> None:
    uncropped = set(image.renditions.filter(shape="").values_list("name", flat=True))
    squares = set(image.renditions.filter(shape="1:1").values_list("name", flat=True))
    update_image(image, by=None, focus_x=0.9, focus_y=0.5)
    jobs()
    assert set(image.renditions.filter(shape="").values_list("name", flat=True)) == uncropped
    for each in image.renditions.filter(shape="1:1"):
        with Pixels.open(each.file.path) as cut:
            red, _, blue = cut.convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
        assert blue > 200 > 60 > red
        assert each.name not in squares
    for name in squares:
        assert client.get(f"/pictures/{name}").status_code == 301


def test_the_old_focal_point_does_not_return_with_a_slow_worker(image: Image) -> None:
    slow = Image.objects.get(pk=image.pk)
    Image.objects.update(focus_x=0)
    renditions.make(Image.objects.get(pk=image.pk))
    names = set(image.renditions.values_list("name", flat=True))
    slow.focus_x = 1
    renditions.make(slow)
    assert set(image.renditions.values_list("name", flat=True)) == names


# Another file


def test_after_a_replacement_the_old_names_redirect_to_the_new_renditions(
    image: Image, client: Client
) -> None:
    old = urls(image)
    renditions.retire(image)
    assert urls(image) == []
    renditions.make(image)
    for url in old:
        assert client.get(url, follow=True).status_code == 200
