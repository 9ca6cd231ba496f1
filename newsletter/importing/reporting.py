"""What is to be told of a file's lines, as a table to take away."""

from collections.abc import Iterator

from iria.kit.sheets import as_csv
from newsletter.models import SubscriberImport

HEADER = ("line", "what came of it", "why", "what stood there")


def as_table(made: SubscriberImport) -> Iterator[str]:
    """Every line that was not taken in as it stands, by its number."""
    lines = made.lines.order_by("line", "pk").iterator(chunk_size=2000)
    return as_csv(
        HEADER,
        ((each.line, each.get_fate_display(), each.reason, each.typed) for each in lines),
    )
