"""The header and footer menus.

An entry is a target by kind and key, or a link. The resolved menus are stored in
`Publication.resolved_menus`, so a page reads them with the row of the publication. They are resolved again
when a target is saved or deleted.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Final, NotRequired, TypedDict

from django.db import models, transaction
from django.db.models.signals import post_delete, post_save
from django.urls import reverse

from iria.core.hooks import DashboardItem, MenuTarget, MenuTargets, menu_targets
from iria.core.text.languages import native_name
from iria.publication.models import Publication, current_publication

LINK: Final = "link"


class Entry(TypedDict):
    """A menu item as edited."""

    kind: str
    """A name in the hook `menu_targets`, or `link`."""
    key: str
    """The key of the target, or the URL of the link."""
    label: str
    """Replaces the name of the target, if not empty."""
    below: bool
    """Whether it is nested below the previous item; one level only."""


class MenuLink(TypedDict):
    """A menu item as shown; `below` contains nested items."""

    name: str
    address: str
    below: list[Any]
    language: NotRequired[str]
    """The language of the name, if it is not that of the menu."""


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """A menu item whose target is missing or not published."""

    place: str
    number: int
    name: str
    reason: str
    language: str = ""
    """The language of the menu, if it is not the first one."""


Targets = dict[tuple[str, str], MenuTarget]


def register(kind: str, targets: MenuTargets, model: type[models.Model]) -> None:
    """Registers targets of one kind; a change of these rows resolves the menus again."""
    menu_targets.register(kind, targets)
    for signal in (post_save, post_delete):
        signal.connect(_target_changed, sender=model, dispatch_uid=f"menus.{kind}")


def _target_changed(raw: bool = False, **signal: Any) -> None:
    if not raw:
        refresh()


def targets() -> Targets:
    """All targets, by kind and key."""
    return {
        (kind, target.key): target
        for kind, group in menu_targets.items()
        for target in group.targets()
    }


def save(publication: Publication) -> None:
    """Saves the publication with its resolved menus."""
    with transaction.atomic():
        _lock()
        publication.resolved_menus = resolve(publication, targets())
        publication.save()


def refresh() -> None:
    """Resolves the menus again, after a target was saved or deleted."""
    with transaction.atomic():
        publication = _lock()
        if publication is None:
            return
        resolved = resolve(publication, targets())
        if resolved != publication.resolved_menus:
            Publication.objects.filter(pk=1).update(resolved_menus=resolved)


def replace_target(kind: str, old: str, new: str) -> None:
    """Replaces a target in the menus, after a merge. Duplicates are removed."""
    with transaction.atomic():
        publication = _lock()
        if publication is None:
            return
        for menu in ("header_menu", "footer_menu"):
            setattr(publication, menu, _retargeted(getattr(publication, menu), kind, old, new))
            for texts in publication.translations.values():
                if menu in texts:
                    texts[menu] = _retargeted(texts[menu], kind, old, new)
        save(publication)


def listed_keys(kind: str) -> set[str]:
    """The keys of the targets of a kind that editors have put into a menu."""
    return {
        entry["key"]
        for _place, _language, entries in _edited_menus(current_publication())
        for entry in entries
        if entry["kind"] == kind
    }


def _lock() -> Publication | None:
    """The locked row: targets read after this are current."""
    return Publication.objects.select_for_update().filter(pk=1).first()


def _retargeted(entries: list[Entry], kind: str, old: str, new: str) -> list[Entry]:
    if not any((entry["kind"], entry["key"]) == (kind, old) for entry in entries):
        return entries
    is_listed = any((entry["kind"], entry["key"]) == (kind, new) for entry in entries)
    changed = []
    for entry in entries:
        if (entry["kind"], entry["key"]) != (kind, old):
            changed.append(entry)
        elif not is_listed:
            changed.append(Entry(**{**entry, "key": new}))
            is_listed = True
    return changed


def resolve(publication: Publication, available: Targets) -> dict[str, Any]:
    """Both menus as shown, and below `translations` those of the publication's other languages."""
    languages = publication.language_codes[1:]
    return _resolved(publication, available) | {
        "translations": {code: _translated(publication, available, code) for code in languages}
    }


def _resolved(publication: Publication, available: Targets) -> dict[str, Any]:
    """Both menus without broken items. An empty menu shows its default targets."""
    return {
        place: _nested_links(entries, available) if entries else _default(place, available)
        for place, entries in _menus(publication)
    }


def _translated(publication: Publication, available: Targets, code: str) -> dict[str, Any]:
    """The menus of another language: its own, or the same with the translated names of the targets."""
    in_language, untranslated = dict(available), set()
    for key, target in available.items():
        if name := target.translations.get(code):
            in_language[key] = replace(target, name=name.name, url=name.url)
        else:
            untranslated.add((target.name, target.url))
    shown, own = copy(publication), publication.translations.get(code, {})
    for place in ("header_menu", "footer_menu"):
        entries = own.get(place) or [
            _without_label(entry) if _has_translation(entry, available, code) else entry
            for entry in getattr(publication, place)
        ]
        setattr(shown, place, entries)
        if not own.get(place):
            kept = [entry for entry in entries if not _has_translation(entry, available, code)]
            untranslated |= {
                (link["name"], link["address"]) for link in _flat(_nested_links(kept, available))
            }
    menus = _resolved(shown, in_language)
    for link in _flat(menus["header"] + menus["footer"]):
        if (link["name"], link["address"]) in untranslated:
            link["language"] = publication.language_codes[0]
    return menus


def _has_translation(entry: Entry, available: Targets, code: str) -> bool:
    target = available.get((entry["kind"], entry["key"]))
    return target is not None and code in target.translations


def _without_label(entry: Entry) -> Entry:
    return Entry(**{**entry, "label": ""})


def _flat(links: Iterable[MenuLink]) -> list[MenuLink]:
    return [each for link in links for each in (link, *link["below"])]


def broken_entries(publication: Publication, available: Targets) -> list[BrokenEntry]:
    """The items that readers do not see."""
    broken = []
    for place, language, entries in _edited_menus(publication):
        for number, entry in enumerate(entries, start=1):
            target = available.get((entry["kind"], entry["key"]))
            if entry["kind"] == LINK or (target is not None and target.live):
                continue
            name = entry["label"] or (target.name if target else "")
            reason = "is not published" if target else "no longer exists"
            broken.append(BrokenEntry(place, number, name, reason, language))
    return broken


def _edited_menus(publication: Publication) -> Iterator[tuple[str, str, list[Entry]]]:
    """Menu, language and items; the language is empty for the publication's first."""
    for place, entries in _menus(publication):
        yield place, "", entries
        for code in publication.language_codes[1:]:
            yield place, code, publication.translations.get(code, {}).get(f"{place}_menu", [])


def _menus(publication: Publication) -> list[tuple[str, list[Entry]]]:
    return [("header", publication.header_menu), ("footer", publication.footer_menu)]


def _default(place: str, available: Targets) -> list[MenuLink]:
    """The targets that are in the menu by default, each with those below it."""
    defaults = {
        key: each for key, each in available.items() if each.live and each.default_menu == place
    }
    links = {
        key: MenuLink(name=each.name, address=each.url, below=[]) for key, each in defaults.items()
    }
    top: list[MenuLink] = []
    for (kind, key), target in defaults.items():
        above = links.get((kind, target.parent)) if target.parent else None
        (top if above is None else above["below"]).append(links[kind, key])
    return top


def _nested_links(entries: list[Entry], available: Targets) -> list[MenuLink]:
    """Items nested below a broken one move to the top level."""
    links: list[MenuLink] = []
    parent: MenuLink | None = None
    for entry in entries:
        link = _link(entry, available)
        if not entry["below"]:
            parent = link
        if link is None:
            continue
        if entry["below"] and parent is not None:
            parent["below"].append(link)
        else:
            links.append(link)
    return links


def _link(entry: Entry, available: Targets) -> MenuLink | None:
    if entry["kind"] == LINK:
        return MenuLink(name=entry["label"] or entry["key"], address=entry["key"], below=[])
    target = available.get((entry["kind"], entry["key"]))
    if target is None or not target.live:
        return None
    return MenuLink(name=entry["label"] or target.name, address=target.url, below=[])


def broken_entry_messages(broken: list[BrokenEntry]) -> list[str]:
    """A message for each broken menu item."""
    where = {"header": "Header", "footer": "Footer"}
    return [
        f"{where[entry.place]} menu"
        f"{f' ({native_name(entry.language)})' if entry.language else ''}, row {entry.number}"
        f"{f' (“{entry.name}”)' if entry.name else ''}: the target {entry.reason}. "
        "Choose another one, or remove the row."
        for entry in broken
    ]


def broken_menu_items(user: Any) -> list[DashboardItem]:
    """The number of broken menu items, for users who can fix them."""
    if not user.has_perm("iria.change_publication"):
        return []
    broken = broken_entries(current_publication(), targets())
    if not broken:
        return []
    count = len(broken)
    label = "1 broken menu item" if count == 1 else f"{count} broken menu items"
    url = reverse("admin:iria_publication_change", args=[1])
    return [DashboardItem(label=label, count=count, url=url)]
