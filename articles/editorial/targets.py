"""Categories as what menus lead to."""

from typing import Any, Final

from django.db.models.signals import post_delete, post_save

from articles.editorial.models import Category
from iria.kit.registry import MenuTarget, MenuTargets, menu_targets
from iria.publication import menus

KIND: Final = "category"


def sections() -> list[MenuTarget]:
    """Every category, each below its parent; those at the top stand in the head by themselves."""
    rows = Category.objects.in_order().only("name", "path")
    return [
        MenuTarget(
            key=str(row.pk),
            name=row.name,
            address=row.get_absolute_url(),
            at_home="" if row.depth else "header",
        )
        for row in rows
    ]


def connect() -> None:
    menu_targets.offer(KIND, MenuTargets("Sections", sections))
    for signal in (post_save, post_delete):
        signal.connect(_refresh, sender=Category, dispatch_uid="editorial.menus")


def _refresh(raw: bool = False, **signal: Any) -> None:
    if not raw:
        menus.refresh()
