"""The rows that are loaded while a page is rendered, as scopes such as `article:7`.

A stored page depends on them (`public_page(by_row=True)`, docs/decisions/stored-pages.md).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_recording: ContextVar[set[str] | None] = ContextVar("shown_rows", default=None)


def record(prefix: str, key: int) -> None:
    """A row was loaded; called by `Model.from_db`."""
    scopes = _recording.get()
    if scopes is not None:
        scopes.add(f"{prefix}{key}")


def record_all(scopes: Iterable[str]) -> None:
    """A value made from these rows is used once more."""
    recorded = _recording.get()
    if recorded is not None:
        recorded.update(scopes)


@contextmanager
def recording() -> Iterator[set[str]]:
    """Collects the scopes of the rows loaded in the block; they count for an outer block as well."""
    scopes: set[str] = set()
    token = _recording.set(scopes)
    try:
        yield scopes
    finally:
        _recording.reset(token)
        record_all(scopes)
