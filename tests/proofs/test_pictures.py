"""Picture files with bytes changed at random: whatever comes out of it, nothing breaks."""

import random
import resource
import time
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from articles.images import decoding, metadata
from tests.articles.images.metadata.blocks import UTF8, alternatives, iim, jpeg, packet
from tests.proofs.size import sized

pytestmark = pytest.mark.proof

SEED = 20_260_314
READ = sized(1_000, 10_000)
OPENED = sized(100, 2_000)


def small_files() -> dict[str, bytes]:
    """One small picture of every kind that is taken in, with every block of metadata."""
    tags = Image.Exif()
    tags.update({0x010E: "A quay", 0x013B: "Ines Faro", 0x0112: 6})
    tags.get_ifd(0x8769)[0x9003] = "2026:03:14 09:30:00"
    xmp = packet(alternatives("dc:description", x_default="A quay"))
    gradient = Image.linear_gradient("L").resize((24, 16)).convert("RGB")
    files = {}
    for form in ("PNG", "WEBP", "AVIF", "TIFF", "GIF"):
        buffer = BytesIO()
        options = {} if form == "GIF" else {"exif": tags.tobytes(), "xmp": xmp}
        gradient.save(buffer, form, **options)
        files[form] = buffer.getvalue()
    block = iim((1, 90, UTF8), (2, 120, b"A quay"), (2, 80, b"Ines Faro"))
    files["JPEG"] = jpeg(iim_block=block, xmp=xmp, exif=dict(tags), digest=True)
    return files


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Flipped bits, changed bytes, a piece cut out, doubled, or the end missing."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(changed))
        match chance.randrange(5):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
            case 2:
                del changed[at : at + chance.randint(1, 16)]
            case 3:
                changed[at:at] = changed[at : at + chance.randint(1, 64)]
            case 4:
                changed = changed[: max(at, 16)]
        if len(changed) < 16:
            break
    return bytes(changed)


def test_reading_metadata_of_mutated_files_never_fails(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    files = list(small_files().values())
    path = tmp_path / "picture"
    slowest = 0.0
    read = 0
    for _ in range(READ):
        path.write_bytes(mutated(chance.choice(files), chance))
        began = time.monotonic()
        try:
            said = metadata.read_file(path)
        except metadata.Unreadable:
            continue
        finally:
            slowest = max(slowest, time.monotonic() - began)
        read += 1
        assert "\x00" not in str(said.as_json())
        str(said.as_json()).encode()  # a lone surrogate would fail here
    print(f"seed {SEED}: {READ} files, {read} still readable, slowest {slowest:.3f} s")
    assert slowest < 10
    assert read > READ // 10


def test_opening_mutated_files_ends_in_a_picture_or_a_sentence(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    files = list(small_files().values())
    path = tmp_path / "picture"
    slowest = 0.0
    taken_in = 0
    for _ in range(OPENED):
        path.write_bytes(mutated(chance.choice(files), chance))
        began = time.monotonic()
        try:
            decoding.take_in(path, tmp_path)
        except decoding.Undecodable as refused:
            assert str(refused).endswith(".")  # noqa: PT017 - either outcome is right
        else:
            taken_in += 1
        slowest = max(slowest, time.monotonic() - began)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"seed {SEED}: {OPENED} files, {taken_in} taken in, slowest {slowest:.2f} s, {most} MB")
    assert slowest < 10
    assert most <= 400
    assert 0 < taken_in < OPENED
