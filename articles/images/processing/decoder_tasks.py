"""The tasks of the decoder process: what it reads and writes for one order.

Only `decoder_process` imports this, after it has set its limits: it loads Pillow.
"""

import errno
from pathlib import Path
from typing import Any, Final

from PIL import Image

from articles.images.metadata import read_file
from articles.images.metadata.fields import BROKEN_FILE
from articles.images.processing import (
    colour_conversion,
    colour_spaces,
    file_types,
    image_reader,
    rendition_sizes,
    resizing,
)

SPARE_SECONDS: Final = 1.5
"""An animation is dropped this long before the end, so that its stills are not lost."""


def answer(order: dict[str, Any], *, seconds: float) -> dict[str, Any]:
    """Runs one task: `describe`, `ingest`, `renditions` or `fitted`.

    Args:
        seconds: the process's limit of CPU time.
    """
    path = Path(order["path"])
    with path.open("rb") as file:
        head = file.read(file_types.HEAD_LENGTH)
    kind = file_types.kind_of(head)
    if kind is None:
        return {"refused": file_types.rejection_of(head)}
    try:
        if order["task"] == "describe":
            return _describe(path, kind)
        opened = _Opened(path, kind, Path(order["folder"]), seconds - SPARE_SECONDS)
        return opened.answer(order)
    except image_reader.Unfit as unfit:
        return {"refused": str(unfit)}


def _describe(path: Path, kind: Any) -> dict[str, Any]:
    """The metadata, also of a file that is too large or broken to be decoded."""
    metadata = _metadata(path)
    try:
        image_reader.open_image(path, kind)
    except image_reader.Unfit:
        if not any(metadata.values()):
            raise
    return {"metadata": metadata}


def _metadata(path: Path) -> dict[str, Any]:
    return read_file(path).as_json()


class _Opened:
    """An opened file, and a folder for its renditions."""

    def __init__(self, path: Path, kind: Any, folder: Path, until: float) -> None:
        self.path = path
        self.image = image_reader.open_whole(path, kind)
        self.kind, self.folder, self.until = kind, folder, until
        self.width, self.height = image_reader.upright_size(self.image)
        self.frames = image_reader.frames_of(self.image, path, kind)
        self.colours = colour_conversion.Colours(colour_spaces.profile_of(self.image, path, kind))

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        if order["task"] == "ingest":
            return self._ingest()
        if order["task"] == "fitted":
            return self._fitted(order["boxes"], order["format"])
        shapes = {each["shape"]: tuple(each["focus"]) for each in order["shapes"]}
        return self._renditions({tuple(key) for key in order["have"]}, shapes)

    def _ingest(self) -> dict[str, Any]:
        decoded = self._decoded(rendition_sizes.BASE_WIDTH)
        transparent = resizing.is_transparent(decoded)
        size = rendition_sizes.base_size(self.width, self.height, transparent=transparent)
        return {
            "media_type": self.kind.media_type,
            "suffix": self.kind.suffix,
            "width": self.width,
            "height": self.height,
            "moving": self.frames > 1,
            "perceptual_hash": resizing.hash_of(decoded),
            "metadata": _metadata(self.path),
            "made": [self._write(decoded, size)],
        }

    def _renditions(self, have: set[Any], shapes: dict[str, Any]) -> dict[str, Any]:
        """Uncropped, then cropped to each shape, all from one decoding; only missing ones."""
        decoded = self._decoded(rendition_sizes.decoded_size(self.width, self.height, shapes)[0])
        transparent = resizing.is_transparent(decoded)
        if not transparent and decoded.mode == "RGBA":
            decoded = decoded.convert("RGB")
        planned = rendition_sizes.sizes_for(self.width, self.height, transparent=transparent)
        made = self._chain(decoded, planned, have)
        width, height = decoded.size
        for shape, focus in shapes.items():
            part = decoded.crop(rendition_sizes.box_around(width, height, shape, focus))
            planned = rendition_sizes.shaped_sizes(width, height, shape, transparent=transparent)
            made += self._chain(part, planned, have)
        made += self._moving(have) if self.frames > 1 else []
        return {"made": made, "perceptual_hash": resizing.hash_of(decoded)}

    def _chain(self, part: Any, planned: list[Any], have: set[Any]) -> list[dict[str, Any]]:
        """Each size is made from the one before, the widest first."""
        made = []
        for size in planned:
            if size.key in have:
                continue
            if part.size != (size.width, size.height):
                part = resizing.scaled(part, size)
            made.append(self._write(part, size))
        return made

    def _moving(self, have: set[Any]) -> list[dict[str, Any]]:
        """The animation; one that is broken or takes too long remains a still."""
        size = rendition_sizes.moving_size(self.width, self.height, self.frames)
        if size.key in have:
            return []
        path = self.folder / f"moving-{size.width}.webp"
        try:
            again = image_reader.open_image(self.path, self.kind)
            written = resizing.write_moving(again, size, self.colours, path, until=self.until)
        except (*BROKEN_FILE, MemoryError, resizing.TooLong, image_reader.Unfit) as error:
            _reraise_if_disk_full(error)
            written = False
        return [_made(path.name, size)] if written else []

    def _fitted(self, boxes: list[list[int]], file_format: str) -> dict[str, Any]:
        decoded = self._decoded(max(width for width, _ in boxes) * 2)
        made = []
        for width, height in boxes:
            scale = min(1.0, width / decoded.width, height / decoded.height)
            wide, tall = (max(1, round(side * scale)) for side in decoded.size)
            made.append(
                self._write(
                    decoded, rendition_sizes.Size(file_format, wide, tall, f"{width}:{height}")
                )
            )
        return {"made": made}

    def _decoded(self, widest: int) -> Any:
        try:
            decoded = resizing.decode(self.image, self.colours, widest)
        except Image.DecompressionBombError as error:
            raise image_reader.Unfit(file_types.GROWING) from error
        except BROKEN_FILE as error:
            short = "memory" in str(error).lower()
            raise image_reader.Unfit(file_types.TOO_MUCH if short else file_types.BROKEN) from error
        self.image.close()  # frees the memory of the full image
        return decoded

    def _write(self, decoded: Any, size: Any) -> dict[str, Any]:
        name = f"{size.shape.replace(':', 'x') or 'whole'}-{size.width}.{size.format}"
        resizing.write(decoded, size, self.folder / name, kind=self.kind)
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


def _reraise_if_disk_full(error: BaseException) -> None:
    """A full disk is not an error of the image."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        raise error
