"""Small image files of every accepted format, and mutations of them."""

import random
import struct
from io import BytesIO
from typing import Any
from zlib import crc32

from PIL import Image

from articles.images.processing import colour_conversion, colour_spaces
from tests.articles.images.metadata.blocks import UTF8, alternatives, iim, jpeg, packet

EDGES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)


def small_files() -> dict[str, bytes]:
    """Every format in its variants: progressive, lossless, palettes, CMYK, 16 bits, animations."""
    scene = Image.linear_gradient("L").resize((24, 16)).convert("RGB")
    frames = [scene.rotate(turn) for turn in (90, 180, 270)]
    tags = Image.Exif()
    tags.update({0x010E: "A quay", 0x013B: "Ines Faro", 0x0112: 6})
    tags.get_ifd(0x8769)[0x9003] = "2026:03:14 09:30:00"
    words = {
        "exif": tags.tobytes(),
        "xmp": packet(alternatives("dc:description", x_default="A quay")),
    }
    wide = {"icc_profile": colour_spaces.rgb_profile(colour_spaces.ADOBE_RGB)}
    moving = {"save_all": True, "append_images": frames, "duration": 60}
    transparent = scene.convert("RGBA")
    transparent.putalpha(Image.linear_gradient("L").resize((24, 16)))
    cmyk = scene.convert("CMYK")
    grey = scene.convert("L")
    samples: dict[str, tuple[Image.Image, str, dict[str, Any]]] = {
        "JPEG progressive": (scene, "JPEG", {"progressive": True, **wide}),
        "JPEG of inks": (cmyk, "JPEG", {"icc_profile": colour_conversion.coated_paper()}),
        "JPEG grey": (grey, "JPEG", {"icc_profile": colour_spaces.grey_profile(1.8)}),
        "PNG": (scene, "PNG", words),
        "PNG transparent": (transparent, "PNG", wide),
        "PNG palette": (scene.quantize(16), "PNG", {"transparency": 3}),
        "PNG 16 bits": (grey.convert("I;16"), "PNG", {}),
        "PNG moving": (scene, "PNG", moving),
        "GIF": (scene, "GIF", {}),
        "GIF moving": (scene, "GIF", {**moving, "loop": 0, "disposal": 2}),
        "WebP": (scene, "WEBP", words),
        "WebP lossless": (transparent, "WEBP", {"lossless": True, **wide}),
        "WebP moving": (transparent, "WEBP", moving),
        "AVIF": (scene, "AVIF", words),
        "AVIF transparent": (transparent, "AVIF", wide),
        "AVIF moving": (scene, "AVIF", moving),
        "TIFF": (scene, "TIFF", words),
        "TIFF LZW": (scene, "TIFF", {"compression": "tiff_lzw"}),
        "TIFF deflate": (transparent, "TIFF", {"compression": "tiff_adobe_deflate"}),
        "TIFF JPEG": (scene, "TIFF", {"compression": "jpeg"}),
        "TIFF fax": (grey.convert("1"), "TIFF", {"compression": "group4"}),
        "TIFF of inks": (cmyk, "TIFF", {"compression": "packbits"}),
        "TIFF Lab": (Image.new("LAB", (24, 16), (120, 140, 90)), "TIFF", {}),
        "TIFF 16 bits": (grey.convert("I;16"), "TIFF", {}),
        "TIFF floating": (grey.convert("F"), "TIFF", {}),
        "TIFF pages": (scene, "TIFF", {"save_all": True, "append_images": frames}),
    }
    files = {}
    for name, (picture, form, options) in samples.items():
        buffer = BytesIO()
        picture.save(buffer, form, **options)
        files[name] = buffer.getvalue()
    block = iim((1, 90, UTF8), (2, 120, b"A quay"), (2, 80, b"Ines Faro"))
    files["JPEG"] = jpeg(iim_block=block, xmp=words["xmp"], exif=dict(tags), digest=True)
    return files


def mutated(content: bytes, rng: random.Random) -> bytes:
    """The content with a few mutations, half of them in the header with the sizes."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 3, 8, 30))):
        near = min(len(changed), 200 if rng.random() < 0.5 else len(changed))
        _mutate_at(changed, rng.randrange(near), rng)
        if len(changed) < 16:
            break
    if changed[:4] == b"\x89PNG" and rng.random() < 0.8:
        _fix_checksums(changed)
    return bytes(changed)


def _mutate_at(changed: bytearray, at: int, rng: random.Random) -> None:
    match rng.randrange(8):
        case 0 | 1:
            changed[at] ^= 1 << rng.randrange(8)
        case 2:
            changed[at] = rng.randrange(256)
        case 3:
            form = rng.choice((">H", "<H", ">I", "<I"))
            size = struct.calcsize(form)
            changed[at : at + size] = struct.pack(form, rng.choice(EDGES) & (1 << 8 * size) - 1)
        case 4:
            del changed[at : at + rng.randint(1, 16)]
        case 5:
            changed[at:at] = changed[at : at + rng.randint(1, 64)]
        case 6:
            other = rng.randrange(len(changed))
            changed[at : at + 8] = changed[other : other + 8]
        case 7 if rng.random() < 0.3:
            del changed[max(at, 16) :]


def _fix_checksums(changed: bytearray) -> None:
    """A PNG with wrong checksums would be rejected before it is decoded."""
    at = 8
    while at + 12 <= len(changed):
        end = at + 8 + int.from_bytes(changed[at : at + 4])
        if end + 4 > len(changed):
            return
        changed[end : end + 4] = struct.pack(">I", crc32(changed[at + 4 : end]))
        at = end + 4
