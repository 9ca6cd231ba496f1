"""The images are uploaded like anybody's: caption, credit and alt text come from the files."""

from functools import cache, partial
from pathlib import Path

from django.core.files import File

from accounts.models import User
from articles.images.library import ingest
from articles.images.models import Image
from iria.core.db.row_origins import RowOrigins
from iria.demo.content import NEWSROOM

IMAGES = NEWSROOM / "images"


def load(marks: RowOrigins, *, by: User) -> int:
    """Uploads what is not in the library yet; returns how many."""
    return sum(
        marks.create_once(_mark(key), partial(_upload, files()[key], by)) for key in missing(marks)
    )


def missing(marks: RowOrigins) -> list[str]:
    """The keys of the images that were not uploaded yet."""
    return [key for key in files() if _mark(key) not in marks]


def ids(marks: RowOrigins) -> dict[str, int]:
    """The image behind each key that is still in the library."""
    here = set(Image.objects.values_list("pk", flat=True))
    found = {}
    for key in files():
        number = marks.id_of(_mark(key))
        if number in here:
            found[key] = number
    return found


@cache
def files() -> dict[str, Path]:
    """Key → file, in the order of upload: `08-dust-road.webp` has the key `dust-road`."""
    return {path.stem.partition("-")[2]: path for path in sorted(IMAGES.glob("[0-9][0-9]-*.*"))}


def _mark(key: str) -> str:
    return f"picture:{key}"


def _upload(path: Path, by: User) -> Image | None:
    """The new row; nothing where somebody has uploaded the same file before."""
    before = set(Image.objects.values_list("pk", flat=True))
    with path.open("rb") as file:
        image = ingest.ingest(File(file, name=path.name), by=by)
    return None if image.pk in before else image
