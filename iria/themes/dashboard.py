"""Problems of the theme on the dashboard."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from iria.core.hooks import DashboardItem
from iria.publication.models import current_publication
from iria.themes.checks import theme_problems
from iria.themes.chosen import chosen_theme


def theme_problems_item(user: Any) -> list[DashboardItem]:
    """What is wrong with the theme in use, for users who can choose another one."""
    if not user.has_perm("iria.change_publication"):
        return []
    publication = current_publication()
    count = len(theme_problems(chosen_theme(publication)))
    if publication.theme not in {"", *settings.THEMES}:
        count += 1
    if not count:
        return []
    label = "1 problem with the theme" if count == 1 else f"{count} problems with the theme"
    url = reverse("admin:iria_publication_appearance")
    return [DashboardItem(label=label, count=count, url=url)]
