"""Broken menu items on the dashboard."""

from typing import Any

from django.urls import reverse

from iria.core.hooks import DashboardItem
from iria.core.text.language import native_name
from iria.publication import menus
from iria.publication.models import current_publication


def broken_entry_messages(broken: list[menus.BrokenEntry]) -> list[str]:
    """A message for each broken menu item."""
    where = {"header": "Header", "footer": "Footer"}
    return [
        f"{where[entry.place]} menu"
        f"{f' ({native_name(entry.language)})' if entry.language else ''}, row {entry.number}"
        f"{f' (“{entry.name}”)' if entry.name else ''}: the target {entry.why}. "
        "Choose another one, or remove the row."
        for entry in broken
    ]


def broken_menu_items(user: Any) -> list[DashboardItem]:
    """The number of broken menu items, for users who can fix them."""
    if not user.has_perm("iria.change_publication"):
        return []
    broken = menus.broken_entries(current_publication(), menus.targets())
    if not broken:
        return []
    count = len(broken)
    label = "1 broken menu item" if count == 1 else f"{count} broken menu items"
    url = reverse("admin:iria_publication_change", args=[1])
    return [DashboardItem(label=label, count=count, url=url)]
