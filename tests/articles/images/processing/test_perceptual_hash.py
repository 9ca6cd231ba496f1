"""Perceptual hashes of images."""

import random
from collections.abc import Callable
from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image, ImageDraw, ImageEnhance

from articles.images.processing.perceptual_hash import hash_of

ALIKE = 8
APART = 14


def scene(number: int) -> Image.Image:
    """A generated image with a few large and many small shapes."""
    chance = random.Random(number)
    image = Image.new("RGB", (900, 600), tuple(chance.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for place in range(40):
        size = 300 if place < 6 else 60
        x, y = chance.randrange(-50, 850), chance.randrange(-50, 550)
        corner = (x + chance.randrange(20, size), y + chance.randrange(20, size))
        colour = tuple(chance.randrange(256) for _ in range(3))
        (draw.ellipse if place % 2 else draw.rectangle)((x, y, *corner), fill=colour)
    return image


SCENES = [scene(number) for number in range(12)]


def recompressed(image: Image.Image, form: str, quality: int) -> Image.Image:
    buffer = BytesIO()
    image.save(buffer, form, quality=quality)
    return Image.open(buffer).convert("RGB")


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "smaller": lambda image: image.resize((310, 207)),
    "much smaller": lambda image: image.resize((90, 60)),
    "poorly compressed": lambda image: recompressed(image, "JPEG", 20),
    "another format": lambda image: recompressed(image, "WEBP", 40),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.15),
    "flatter": lambda image: ImageEnhance.Contrast(image).enhance(0.8),
    "without colours": lambda image: image.convert("L").convert("RGB"),
    "with clipped colours": lambda image: image.point(lambda value: min(240, max(15, value))),
}


def differing_bits(one: int, other: int) -> int:
    return ((one ^ other) & (1 << 64) - 1).bit_count()


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_has_a_similar_hash(change: str) -> None:
    for image in SCENES:
        one, other = hash_of(image), hash_of(CHANGES[change](image))
        assert one is not None
        assert other is not None
        assert differing_bits(one, other) <= ALIKE


def test_different_images_have_different_hashes() -> None:
    known = [looks for image in SCENES if (looks := hash_of(image)) is not None]
    assert len(known) == len(SCENES)
    assert min(differing_bits(one, other) for one, other in combinations(known, 2)) >= APART


def test_hashes_fit_into_a_signed_64_bit_integer() -> None:
    known = [hash_of(image) or 0 for image in SCENES]
    assert all(-(2**63) <= looks < 2**63 for looks in known)
    assert min(known) < 0 < max(known)


def test_an_empty_image_has_no_hash() -> None:
    assert hash_of(Image.new("RGB", (300, 200), "teal")) is None
    assert hash_of(Image.new("RGBA", (300, 200), (200, 0, 0, 0))) is None


def test_transparency_counts_as_white() -> None:
    sheet = Image.new("RGBA", SCENES[0].size, (255, 0, 0, 0))
    sheet.paste(SCENES[0].resize((500, 400)), (100, 50))
    paper = Image.new("RGB", SCENES[0].size, "white")
    paper.paste(SCENES[0].resize((500, 400)), (100, 50))
    assert hash_of(sheet) == hash_of(paper)
