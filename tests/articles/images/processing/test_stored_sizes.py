"""The stored sizes of an image follow its renditions."""

import pytest

from articles.images.models import Image, Rendition
from tests.newsroom import picture

pytestmark = pytest.mark.django_db


def size(image: Image, form: str, width: int) -> Rendition:
    return Rendition.objects.create(
        image=image, format=form, width=width, height=width // 2, name=f"{width}.{form}", bytes=9
    )


def known(image: Image) -> list[list[object]]:
    found: list[list[object]] = Image.objects.get(pk=image.pk).sizes
    return found


def test_the_sizes_follow_inserts_updates_and_deletes() -> None:
    image = picture()
    assert known(image) == []
    large, small = size(image, "jpeg", 640), size(image, "avif", 320)
    assert known(image) == [
        ["avif", 320, 160, "320.avif", 9, "", False],
        ["jpeg", 640, 320, "640.jpeg", 9, "", False],
    ]
    Rendition.objects.filter(pk=large.pk).update(bytes=10)
    assert known(image)[1] == ["jpeg", 640, 320, "640.jpeg", 10, "", False]
    small.delete()
    assert [row[0] for row in known(image)] == ["jpeg"]


def test_saving_an_outdated_image_does_not_restore_old_sizes() -> None:
    image = picture()
    size(image, "jpeg", 640)
    assert image.sizes == []
    image.credit = "Ines Faro"
    image.save()
    assert len(known(image)) == 1


def test_a_rendition_moved_to_another_image_is_listed_there_only() -> None:
    first, second = picture(), picture()
    moving = size(first, "jpeg", 640)
    moving.image = second
    moving.save()
    assert (known(first), len(known(second))) == ([], 1)


def test_an_image_is_deleted_with_its_renditions() -> None:
    image = picture()
    size(image, "jpeg", 640)
    image.delete()
    assert not Rendition.objects.exists()
