"""The kinds of rows that a link can refer to by id, and the targets of references.

To add a kind, write a `LinkKind` beside its model and register it in `articles/hooks.py`. References
are looked up in one query, whatever their number and kinds.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db.models import QuerySet
from django.utils.encoding import iri_to_uri

from articles.body.references import NO_URLS, Reference, Urls, links_in, references_in
from iria.core.hooks import Hook

Status = Literal["public", "waiting", "gone"]

PUBLIC: Final[Status] = "public"
"""Readers may open it."""
WAITING: Final[Status] = "waiting"
"""It was never published; the link appears when it is."""
GONE: Final[Status] = "gone"
"""It was unpublished or is in the trash, so the link is broken."""

COLUMNS: Final = ("link_kind", "link_id", "link_title", "link_path", "link_status", "link_state")
"""What `LinkKind.targets` annotates, in the order in which several kinds are read in one query.

`link_path` is the unescaped path, empty without a URL; `link_state` is the state that the admin shows.
"""

PATH_COLUMNS: Final = ("link_kind", "link_id", "link_path")
"""What `LinkKind.at_paths` annotates."""


@dataclass(frozen=True, slots=True)
class LinkKind:
    label: str
    """The heading in the link dialog, in the plural."""
    targets: Callable[[], "QuerySet[Any]"]
    """Every row, with the annotations `COLUMNS`."""
    at_paths: Callable[[list[str]], "list[QuerySet[Any]]"]
    """Unescaped paths → the rows that have or had one of them, with the annotations `PATH_COLUMNS`; by an index.

    A path belongs to one row: saving deletes a redirect from the URL that a row gets."""
    offered: Callable[[Any], "QuerySet[Any]"]
    """User → those of `targets` that they may see, the newest first."""
    admin_url: Callable[[int], str]


link_kinds: Hook[LinkKind] = Hook()
"""The kinds by their name in references, in the order of the link dialog."""


@dataclass(frozen=True, slots=True)
class Target:
    reference: Reference
    title: str
    url: str
    """Empty if it never had one."""
    status: Status
    state: str
    """The state that the admin shows, such as `draft`."""


def targets_of(references: Iterable[Reference]) -> dict[Reference, Target]:
    """The targets that exist."""
    ids: dict[str, set[int]] = {}
    for reference in references:
        ids.setdefault(reference.kind, set()).add(reference.id)
    rows = [
        kind.targets().filter(pk__in=ids[name]) for name, kind in link_kinds.items() if name in ids
    ]
    return {target.reference: target for target in read_targets(rows)}


def read_targets(querysets: "list[QuerySet[Any]]") -> list[Target]:
    """The targets in querysets of `LinkKind.targets`, in one query and in no order."""
    return [_target(row) for row in union_of(querysets, COLUMNS)]


def read_ordered_targets(rows: "QuerySet[Any]") -> list[Target]:
    """The targets in a queryset of `LinkKind.targets`, in its order."""
    return [_target(row) for row in rows.values_list(*COLUMNS)]


def _target(row: tuple[Any, ...]) -> Target:
    kind, pk, title, path, status, state = row
    return Target(Reference(kind, pk), title, iri_to_uri(path), status, state)


def union_of(querysets: "list[QuerySet[Any]]", columns: tuple[str, ...]) -> Iterable[Any]:
    """These columns of all rows, in one query; none without querysets."""
    rows = [each.order_by().values_list(*columns) for each in querysets]
    if not rows:
        return []
    return rows[0].union(*rows[1:], all=True).order_by() if rows[1:] else rows[0]


def urls_for(*bodies: str) -> Urls:
    """The URLs of all targets in these bodies that readers may open.

    One query for all of them; none if they have no references.
    """
    return urls_of(references_in(*bodies))


def urls_of(references: Collection[Reference]) -> Urls:
    """The URLs of these targets, without those that readers may not open."""
    if not references:
        return NO_URLS
    found = targets_of(references)
    return {each.reference: each.url for each in found.values() if each.status == PUBLIC}


@dataclass(frozen=True, slots=True)
class HiddenLink:
    """A link that readers see as text."""

    reference: Reference
    text: str
    target: Target | None
    """None if it was deleted."""

    @property
    def is_broken(self) -> bool:
        """Whether it will not appear by itself, when its target is published."""
        return self.target is None or self.target.status == GONE


def hidden_links(body: str) -> list[HiddenLink]:
    """The references in the body whose targets readers may not open, in text order."""
    pairs = list(links_in(body))
    found = targets_of(reference for reference, _ in pairs)
    return [
        HiddenLink(reference, text, target)
        for reference, text in pairs
        if (target := found.get(reference)) is None or target.status != PUBLIC
    ]
