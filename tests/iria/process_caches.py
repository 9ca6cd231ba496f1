"""What a process remembers between requests, found in whichever module it is."""

import sys

from iria.core.db.compiled_queries import Prepared
from iria.core.http.cache_versions import ProcessCache

OURS = ("iria", "articles", "accounts", "newsletter")


def forget_everything() -> None:
    """As in a process that has just started."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in OURS:
            for each in vars(module).values():
                _forget(each)


def _forget(each: object) -> None:
    if isinstance(each, ProcessCache):
        each._cached = ("", {})
    elif isinstance(each, Prepared):
        vars(each._compiled).clear()
    elif type(each).__name__ == "_lru_cache_wrapper":
        each.cache_clear()  # type: ignore[attr-defined]
