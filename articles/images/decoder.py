"""The child process that opens what people upload.

Started by `images.decoding` with an order on its standard input, answers with one JSON object on
its standard output. It takes its own limits of memory, time and files before it imports a decoder,
so that a file that would fill the memory or never end takes this process with it and nothing else.
Plain Python, without Django.
"""

import contextlib
import json
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY = 900 * 1024 * 1024
SECONDS = 20
FILE_SIZE = 80 * 1024 * 1024


def take_limits() -> None:
    wanted = (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_CORE, 0),
    )
    for limit, most in wanted:
        # Not every system knows every limit; the parent's clock stands behind them all.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Does what the order says: `describe`, `take_in`, `renditions` or `emblems`."""
    from articles.images import kinds, pixels

    path = Path(order["path"])
    with path.open("rb") as file:
        head = file.read(kinds.HEAD_LENGTH)
    kind = kinds.kind_of(head)
    if kind is None:
        return {"refused": kinds.refusal_of(head)}
    try:
        if order["task"] == "describe":
            return _describe(path, kind)
        picture = pixels.open_whole(path, kind)
        if order["task"] == "take_in":
            return {**_take_in(picture, kind, Path(order["folder"])), "metadata": _metadata(path)}
        if order["task"] == "emblems":
            return _emblems(picture, kind, order["boxes"], Path(order["folder"]))
        return _renditions(picture, kind, order, Path(order["folder"]))
    except pixels.Unfit as unfit:
        return {"refused": str(unfit)}


def _describe(path: Path, kind: Any) -> dict[str, Any]:
    """What the file says; also of one that is too large or too broken to be shown, if it speaks."""
    from articles.images import pixels

    said = _metadata(path)
    try:
        pixels.open_picture(path, kind)
    except pixels.Unfit:
        if not any(said.values()):
            raise
    return {"metadata": said}


def _metadata(path: Path) -> dict[str, Any]:
    from articles.images import metadata

    return metadata.read_file(path).as_json()


def _take_in(picture: Any, kind: Any, folder: Path) -> dict[str, Any]:
    from articles.images import pixels, sizes

    width, height = pixels.upright_size(picture)
    decoded = _decoded(picture, sizes.BASE_WIDTH)
    transparent = pixels.is_transparent(decoded)
    size = sizes.base_size(width, height, transparent=transparent)
    return {
        "media_type": kind.media_type,
        "suffix": kind.suffix,
        "width": width,
        "height": height,
        "made": [_write(decoded, size, kind, folder)],
    }


def _renditions(picture: Any, kind: Any, order: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Whole, then cut to each shape, all from one decoding; none that is there already."""
    from articles.images import cropping, pixels, sizes

    shapes = {each["shape"]: tuple(each["focus"]) for each in order["shapes"]}
    upright = pixels.upright_size(picture)
    decoded = _decoded(picture, sizes.decoded_size(*upright, shapes)[0])
    transparent = pixels.is_transparent(decoded)
    if not transparent and decoded.mode == "RGBA":
        decoded = decoded.convert("RGB")
    have = {tuple(key) for key in order["have"]}
    made = _chain(decoded, sizes.sizes_for(*upright, transparent=transparent), have, kind, folder)
    for shape, focus in shapes.items():
        part = decoded.crop(cropping.box_around(decoded.width, decoded.height, shape, focus))
        planned = sizes.shaped_sizes(decoded.width, decoded.height, shape, transparent=transparent)
        made += _chain(part, planned, have, kind, folder)
    return {"made": made}


def _chain(
    part: Any, planned: list[Any], have: set[Any], kind: Any, folder: Path
) -> list[dict[str, Any]]:
    """Each size made from the one before, the widest first."""
    from articles.images import pixels

    made = []
    for size in planned:
        if size.key in have:
            continue
        if part.size != (size.width, size.height):
            part = pixels.scaled(part, size)
        made.append(_write(part, size, kind, folder))
    return made


def _emblems(picture: Any, kind: Any, boxes: list[list[int]], folder: Path) -> dict[str, Any]:
    from articles.images import pixels, sizes

    decoded = _decoded(picture, max(width for width, _ in boxes) * 2)
    made = []
    for number, (width, height) in enumerate(boxes):
        scale = min(1.0, width / decoded.width, height / decoded.height)
        wide, tall = (max(1, round(side * scale)) for side in decoded.size)
        name = f"emblem-{number}.png"
        pixels.write(decoded, sizes.Size("png", wide, tall), folder / name, kind=kind)
        made.append({"file": name, "width": wide, "height": tall})
    return {"made": made}


def _decoded(picture: Any, widest: int) -> Any:
    from articles.images import pixels
    from articles.images.metadata.values import BROKEN_FILE

    try:
        return pixels.decode(picture, widest)
    except BROKEN_FILE as mistake:
        raise pixels.Unfit(pixels.BROKEN) from mistake


def _write(decoded: Any, size: Any, kind: Any, folder: Path) -> dict[str, Any]:
    from articles.images import pixels

    name = f"{size.shape.replace(':', 'x') or 'whole'}-{size.width}.{size.format}"
    pixels.write(decoded, size, folder / name, kind=kind)
    return {
        "file": name,
        "format": size.format,
        "width": size.width,
        "height": size.height,
        "shape": size.shape,
        "moving": size.moving,
    }


def main() -> None:
    order = json.load(sys.stdin)
    take_limits()
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    json.dump(answer(order), sys.stdout)


if __name__ == "__main__":
    main()
