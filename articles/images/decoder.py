"""The child process that opens what people upload.

Started by `images.decoding` with an order on its standard input, answers with one JSON object on
its standard output. It takes its own limits of memory, time and files before it imports a decoder,
so that a file that would fill the memory or never end takes this process with it and nothing else.
Plain Python, without Django.
"""

import contextlib
import errno
import json
import resource
import sys
from pathlib import Path
from typing import Any, Final

MEMORY: Final = 400 * 1024 * 1024
"""Bytes of address space, so also the most that can be resident."""
SECONDS: Final = 8
"""Of processor time."""
SPARE_SECONDS: Final = 1.5
"""Before the end an animation is given up, so that its stills are not lost with it."""
FILE_SIZE: Final = 80 * 1024 * 1024


def take_limits() -> None:
    wanted = (
        (resource.RLIMIT_AS, MEMORY, MEMORY),
        # A second later nothing is asked any more; the first signal tells the parent why.
        (resource.RLIMIT_CPU, SECONDS, SECONDS + 1),
        (resource.RLIMIT_FSIZE, FILE_SIZE, FILE_SIZE),
        (resource.RLIMIT_CORE, 0, 0),
    )
    for limit, soft, hard in wanted:
        # Not every system knows every limit; the parent's clock stands behind them all.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (soft, hard))


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Does what the order says: `describe`, `take_in`, `renditions` or `emblems`."""
    from articles.images import kinds, opening

    path = Path(order["path"])
    with path.open("rb") as file:
        head = file.read(kinds.HEAD_LENGTH)
    kind = kinds.kind_of(head)
    if kind is None:
        return {"refused": kinds.refusal_of(head)}
    try:
        if order["task"] == "describe":
            return _describe(path, kind)
        return _Opened(path, kind, Path(order["folder"])).answer(order)
    except opening.Unfit as unfit:
        return {"refused": str(unfit)}


def _describe(path: Path, kind: Any) -> dict[str, Any]:
    """What the file says; also of one that is too large or too broken to be shown, if it speaks."""
    from articles.images import opening

    said = _metadata(path)
    try:
        opening.open_picture(path, kind)
    except opening.Unfit:
        if not any(said.values()):
            raise
    return {"metadata": said}


def _metadata(path: Path) -> dict[str, Any]:
    from articles.images import metadata

    return metadata.read_file(path).as_json()


class _Opened:
    """One file, opened, and what is made of it in a folder."""

    def __init__(self, path: Path, kind: Any, folder: Path) -> None:
        from articles.images import colours, opening, spaces

        self.path = path
        self.picture = opening.open_whole(path, kind)
        self.kind, self.folder = kind, folder
        self.width, self.height = opening.upright_size(self.picture)
        self.frames = opening.frames_of(self.picture, path, kind)
        self.colours = colours.Colours(spaces.profile_of(self.picture, path, kind))

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        if order["task"] == "take_in":
            return self._take_in()
        if order["task"] == "emblems":
            return self._emblems(order["boxes"])
        shapes = {each["shape"]: tuple(each["focus"]) for each in order["shapes"]}
        return self._renditions({tuple(key) for key in order["have"]}, shapes)

    def _take_in(self) -> dict[str, Any]:
        from articles.images import looks, pixels, sizes

        decoded = self._decoded(sizes.BASE_WIDTH)
        transparent = pixels.is_transparent(decoded)
        size = sizes.base_size(self.width, self.height, transparent=transparent)
        return {
            "media_type": self.kind.media_type,
            "suffix": self.kind.suffix,
            "width": self.width,
            "height": self.height,
            "moving": self.frames > 1,
            "looks": looks.looks_of(decoded),
            "metadata": _metadata(self.path),
            "made": [self._write(decoded, size)],
        }

    def _renditions(self, have: set[Any], shapes: dict[str, Any]) -> dict[str, Any]:
        """Whole, then cut to each shape, all from one decoding; none that is there already."""
        from articles.images import cropping, looks, pixels, sizes

        decoded = self._decoded(sizes.decoded_size(self.width, self.height, shapes)[0])
        transparent = pixels.is_transparent(decoded)
        if not transparent and decoded.mode == "RGBA":
            decoded = decoded.convert("RGB")
        planned = sizes.sizes_for(self.width, self.height, transparent=transparent)
        made = self._chain(decoded, planned, have)
        width, height = decoded.size
        for shape, focus in shapes.items():
            part = decoded.crop(cropping.box_around(width, height, shape, focus))
            planned = sizes.shaped_sizes(width, height, shape, transparent=transparent)
            made += self._chain(part, planned, have)
        made += self._moving(have) if self.frames > 1 else []
        return {"made": made, "looks": looks.looks_of(decoded)}

    def _chain(self, part: Any, planned: list[Any], have: set[Any]) -> list[dict[str, Any]]:
        """Each size made from the one before, the widest first."""
        from articles.images import pixels

        made = []
        for size in planned:
            if size.key in have:
                continue
            if part.size != (size.width, size.height):
                part = pixels.scaled(part, size)
            made.append(self._write(part, size))
        return made

    def _moving(self, have: set[Any]) -> list[dict[str, Any]]:
        """The animation; one that is broken or takes too long stays a still, and no harm is done."""
        from articles.images import moving, opening, sizes
        from articles.images.metadata.values import BROKEN_FILE

        size = sizes.moving_size(self.width, self.height, self.frames)
        if size.key in have:
            return []
        path = self.folder / f"moving-{size.width}.webp"
        try:
            again = opening.open_picture(self.path, self.kind)
            until = SECONDS - SPARE_SECONDS
            kept = moving.write_moving(again, size, self.colours, path, until=until)
        except (*BROKEN_FILE, MemoryError, moving.TooLong, opening.Unfit) as mistake:
            _pass_on_if_full(mistake)
            kept = False
        return [_made(path.name, size)] if kept else []

    def _emblems(self, boxes: list[list[int]]) -> dict[str, Any]:
        from articles.images import sizes

        decoded = self._decoded(max(width for width, _ in boxes) * 2)
        made = []
        for width, height in boxes:
            scale = min(1.0, width / decoded.width, height / decoded.height)
            wide, tall = (max(1, round(side * scale)) for side in decoded.size)
            made.append(self._write(decoded, sizes.Size("png", wide, tall, f"{width}:{height}")))
        return {"made": made}

    def _decoded(self, widest: int) -> Any:
        from PIL import Image

        from articles.images import opening, pixels, refusals
        from articles.images.metadata.values import BROKEN_FILE

        try:
            decoded = pixels.decode(self.picture, self.colours, widest)
        except Image.DecompressionBombError as mistake:
            raise opening.Unfit(refusals.GROWING) from mistake
        except BROKEN_FILE as mistake:
            short = "memory" in str(mistake).lower()
            raise opening.Unfit(refusals.TOO_MUCH if short else refusals.BROKEN) from mistake
        self.picture.close()  # and with it the memory of the whole
        return decoded

    def _write(self, decoded: Any, size: Any) -> dict[str, Any]:
        from articles.images import pixels

        name = f"{size.shape.replace(':', 'x') or 'whole'}-{size.width}.{size.format}"
        pixels.write(decoded, size, self.folder / name, kind=self.kind)
        return _made(name, size)


def _made(name: str, size: Any) -> dict[str, Any]:
    return {
        "file": name,
        "format": size.format,
        "width": size.width,
        "height": size.height,
        "shape": size.shape,
        "moving": size.moving,
    }


def _pass_on_if_full(mistake: BaseException) -> None:
    """A full disk is no fault of the picture."""
    if isinstance(mistake, OSError) and mistake.errno in {errno.ENOSPC, errno.EDQUOT}:
        raise mistake


def main() -> None:
    order = json.load(sys.stdin)
    take_limits()
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    json.dump(answer(order), sys.stdout)


if __name__ == "__main__":
    main()
