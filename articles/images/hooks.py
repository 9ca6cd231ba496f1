"""Where an image or a file is used, as all packages report it."""

from articles.images.models import Image
from articles.images.models.library_row import LibraryRow
from iria.core.hooks import ImageUsage


def uses_of(row: LibraryRow) -> list[ImageUsage]:
    return [use for usage_of in row.usages for use in usage_of(row.pk)]


def before_readers(row: LibraryRow) -> list[ImageUsage]:
    """Where it is published or scheduled."""
    return [use for use in uses_of(row) if use.public or use.scheduled]


def public_uses_of(image: Image) -> list[ImageUsage]:
    """Where it is published now."""
    return [use for use in uses_of(image) if use.public]


def listed(uses: list[ImageUsage], most: int = 3) -> str:
    """The uses as text; after a few of them, how many more."""
    names = [use.label for use in uses[:most]]
    if len(uses) > most:
        names.append(f"{len(uses) - most} more")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
