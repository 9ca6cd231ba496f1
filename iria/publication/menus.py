"""The menus in the head and at the foot of every page.

What editors composed is kept as entries: a target by its kind and key, or a link. What they lead to
is written beside them (`Publication.ways`), so that a page reads it with the publication's row; the
rooms that own the targets call `refresh` when one is saved or goes.
"""

from dataclasses import dataclass
from typing import Any, Final, TypedDict

from django.db import transaction

from iria.core.hooks import MenuTarget, menu_targets
from iria.publication.models import Publication

LINK: Final = "link"
PLACES: Final = ("header", "footer")


class Entry(TypedDict):
    """One line of a menu as an editor composed it."""

    kind: str
    """A name of the port `menu_targets`, or `link`."""
    key: str
    """The target's key, or the link's address."""
    label: str
    """Instead of the target's own name, where it is not empty."""
    below: bool
    """Whether it stands under the entry before it; nested once, never deeper."""


class MenuLink(TypedDict):
    """One line of a menu as readers see it; `below` is empty in those that stand below."""

    name: str
    address: str
    below: list[Any]


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """An entry whose target readers do not find."""

    place: str
    number: int
    name: str
    why: str


Targets = dict[tuple[str, str], MenuTarget]


def targets() -> Targets:
    """Everything a menu can lead to, by kind and key."""
    return {
        (kind, target.key): target
        for kind, offer in menu_targets.items()
        for target in offer.targets()
    }


def save(publication: Publication) -> None:
    """Saves the publication with what its menus lead to."""
    with transaction.atomic():
        _lock()
        publication.resolved_menus = resolve(publication, targets())
        publication.save()


def refresh() -> None:
    """After a target was saved or went: what the menus lead to is written anew."""
    with transaction.atomic():
        publication = _lock()
        if publication is None:
            return
        resolved = resolve(publication, targets())
        if resolved != publication.resolved_menus:
            Publication.objects.filter(pk=1).update(resolved_menus=resolved)


def replace_target(kind: str, old: str, new: str) -> None:
    """Lets entries that lead to one target lead to another, as when two are merged.

    An entry that would stand twice in a menu is left out.
    """
    with transaction.atomic():
        publication = _lock()
        if publication is None:
            return
        for menu in ("header_menu", "footer_menu"):
            setattr(publication, menu, _retargeted(getattr(publication, menu), kind, old, new))
        save(publication)


def _lock() -> Publication | None:
    """The row, held until the end of the transaction: targets read after this are the newest."""
    return Publication.objects.select_for_update().filter(pk=1).first()


def _retargeted(entries: list[Entry], kind: str, old: str, new: str) -> list[Entry]:
    if not any((entry["kind"], entry["key"]) == (kind, old) for entry in entries):
        return entries
    there = any((entry["kind"], entry["key"]) == (kind, new) for entry in entries)
    changed = []
    for entry in entries:
        if (entry["kind"], entry["key"]) != (kind, old):
            changed.append(entry)
        elif not there:
            changed.append(Entry(**{**entry, "key": new}))
            there = True
    return changed


def resolve(publication: Publication, found: Targets) -> dict[str, list[MenuLink]]:
    """Both menus as readers see them: targets they do not find are left out.

    A menu that nobody composed names what stands there by itself (`MenuTarget.at_home`).
    """
    return {
        place: _composed(entries, found) if entries else _at_home(place, found)
        for place, entries in _menus(publication)
    }


def broken_entries(publication: Publication, found: Targets) -> list[BrokenEntry]:
    """The entries that readers do not see, for whoever can mend the menu."""
    gone = []
    for place, entries in _menus(publication):
        for number, entry in enumerate(entries, start=1):
            target = found.get((entry["kind"], entry["key"]))
            if entry["kind"] == LINK or (target is not None and target.live):
                continue
            name = entry["label"] or (target.name if target else "")
            why = "is not published" if target else "no longer exists"
            gone.append(BrokenEntry(place, number, name, why))
    return gone


def _menus(publication: Publication) -> list[tuple[str, list[Entry]]]:
    return [("header", publication.header_menu), ("footer", publication.footer_menu)]


def _at_home(place: str, found: Targets) -> list[MenuLink]:
    return [
        MenuLink(name=target.name, address=target.url, below=[])
        for target in found.values()
        if target.live and target.default_menu == place
    ]


def _composed(entries: list[Entry], found: Targets) -> list[MenuLink]:
    """What stands below an entry that is left out moves up to the top."""
    ways: list[MenuLink] = []
    above: MenuLink | None = None
    for entry in entries:
        way = _way(entry, found)
        if not entry["below"]:
            above = way
        if way is None:
            continue
        if entry["below"] and above is not None:
            above["below"].append(way)
        else:
            ways.append(way)
    return ways


def _way(entry: Entry, found: Targets) -> MenuLink | None:
    if entry["kind"] == LINK:
        return MenuLink(name=entry["label"] or entry["key"], address=entry["key"], below=[])
    target = found.get((entry["kind"], entry["key"]))
    if target is None or not target.live:
        return None
    return MenuLink(name=entry["label"] or target.name, address=target.url, below=[])
