"""What waits for whoever keeps the publication: entries of the menus that lead nowhere."""

from typing import Any

from django.urls import reverse

from iria.core.hooks import DashboardItem
from iria.publication import menus
from iria.publication.models import current_publication


def sentences_about(gone: list[menus.BrokenEntry]) -> list[str]:
    """What editors read about entries that readers do not see."""
    where = {"header": "in the head", "footer": "at the foot"}
    return [
        f"Menu {where[entry.place]}, row {entry.number}"
        f"{f' (“{entry.name}”)' if entry.name else ''}: what it leads to {entry.why}, so readers "
        "do not see it. Choose another, or take it out."
        for entry in gone
    ]


def dead_entries(user: Any) -> list[DashboardItem]:
    """For the first page of the admin: menu entries that lead nowhere."""
    if not user.has_perm("iria.change_publication"):
        return []
    gone = menus.broken_entries(current_publication(), menus.targets())
    if not gone:
        return []
    count = len(gone)
    words = (
        "One entry of the menus leads nowhere"
        if count == 1
        else f"{count} entries of the menus lead nowhere"
    )
    address = reverse("admin:iria_publication_change", args=[1])
    return [DashboardItem(words=words, count=count, address=address)]
