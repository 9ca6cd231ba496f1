"""Uploads the images like an editor: caption, credit and alt text are read from the files."""

from functools import cache, partial
from pathlib import Path

from django.core.files import File

from accounts.models import User
from articles.images.library import ingest
from articles.images.models import Image
from iria.core.db.row_origins import RowOrigins
from iria.demo.content import NEWSROOM

IMAGES = NEWSROOM / "images"


def load(origins: RowOrigins, *, by: User) -> int:
    """Uploads missing images; returns the number."""
    return sum(
        origins.create_once(_origin_key(key), partial(_upload, files()[key], by))
        for key in missing(origins)
    )


def missing(origins: RowOrigins) -> list[str]:
    """The keys of images that were not uploaded before."""
    return [key for key in files() if _origin_key(key) not in origins]


def ids(origins: RowOrigins) -> dict[str, int]:
    """Key → id of each image that is still in the library."""
    existing = set(Image.objects.values_list("pk", flat=True))
    found = {}
    for key in files():
        number = origins.id_of(_origin_key(key))
        if number in existing:
            found[key] = number
    return found


@cache
def files() -> dict[str, Path]:
    """Key → file, in the order of upload: `08-dust-road.webp` has the key `dust-road`."""
    return {path.stem.partition("-")[2]: path for path in sorted(IMAGES.glob("[0-9][0-9]-*.*"))}


def _origin_key(key: str) -> str:
    return f"picture:{key}"


def _upload(path: Path, by: User) -> Image | None:
    """The new image; None if the same file was uploaded before."""
    before = set(Image.objects.values_list("pk", flat=True))
    with path.open("rb") as file:
        image = ingest.ingest(File(file, name=path.name), by=by)
    return None if image.pk in before else image
