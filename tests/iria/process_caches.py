"""Clears all caches of the process."""

import sys

from articles.feeds.entries import EntryCache
from iria.core.db.queries import Prepared
from iria.core.http.cache_versions import ProcessCache
from iria.core.http.page_store import PageStore
from iria.core.http.release import release

APPS = ("iria", "articles", "accounts", "newsletter")


def clear_caches() -> None:
    """Clears all caches, as in a new process."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in APPS:
            for each in vars(module).values():
                _clear(each)


def _clear(each: object) -> None:
    if isinstance(each, ProcessCache):
        each._cached = ("", {})
    elif isinstance(each, PageStore | EntryCache):
        each.clear()
    elif isinstance(each, Prepared):
        vars(each._compiled).clear()
    # No test changes the files of the release, and reading all of them takes long.
    elif type(each).__name__ == "_lru_cache_wrapper" and each is not release:
        each.cache_clear()  # type: ignore[attr-defined]
