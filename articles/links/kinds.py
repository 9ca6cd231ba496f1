"""The kinds of rows that a link can refer to by id.

To add one, write a `LinkKind` beside its model and register it in `articles/hooks.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db.models import QuerySet

from iria.core.hooks import Hook

Status = Literal["public", "waiting", "gone"]

PUBLIC: Final[Status] = "public"
"""Readers may open it."""
WAITING: Final[Status] = "waiting"
"""It was never published; the link appears when it is."""
GONE: Final[Status] = "gone"
"""Unpublished or in the trash, so the link is broken; a deleted row is gone too."""

COLUMNS: Final = ("link_kind", "link_id", "link_title", "link_path", "link_status", "link_state")
"""What `LinkKind.targets` annotates, in the order in which several kinds are read in one query.

`link_path` is the unescaped path, empty without a URL; `link_state` is the state that the admin shows.
"""

LOCATED: Final = ("link_kind", "link_id", "link_path")


@dataclass(frozen=True, slots=True)
class LinkKind:
    label: str
    """Several of them, as a heading."""
    targets: Callable[[], "QuerySet[Any]"]
    """Every row, with the annotations `COLUMNS`."""
    at_paths: Callable[[list[str]], "list[QuerySet[Any]]"]
    """Unescaped paths → the rows that have or had one of them, with the annotations `LOCATED`; by an index.

    A path belongs to one row: saving deletes a redirect from the URL that a row gets."""
    offered: Callable[[Any], "QuerySet[Any]"]
    """User → those of `targets` that they may see, the newest first."""
    admin_url: Callable[[int], str]


link_kinds: Hook[LinkKind] = Hook()
"""The kinds by their name in references, in the order of the link dialog."""
