"""Pages as what menus lead to."""

from typing import Any, Final

from django.db.models.signals import post_delete, post_save

from articles.pages.models import Page
from iria.kit.registry import MenuTarget, MenuTargets, menu_targets
from iria.publication import menus

KIND: Final = "page"


def pages() -> list[MenuTarget]:
    """Every page; those with a place in the foot stand there by themselves."""
    rows = Page.objects.only("title", "path", "position", "is_published")
    return [
        MenuTarget(
            key=str(row.pk),
            name=row.title,
            address=row.get_absolute_url(),
            live=row.is_published,
            at_home="" if row.position is None else "footer",
        )
        for row in rows
    ]


def connect() -> None:
    menu_targets.offer(KIND, MenuTargets("Pages", pages))
    for signal in (post_save, post_delete):
        signal.connect(_refresh, sender=Page, dispatch_uid="pages.menus")


def _refresh(raw: bool = False, **signal: Any) -> None:
    if not raw:
        menus.refresh()
