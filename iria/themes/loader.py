"""Loads templates of the active theme before the built-in ones."""

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.template import Origin
from django.template.loaders import cached, filesystem
from django.utils._os import safe_join

from iria.core.rendering import active_theme
from iria.themes.template_problems import unusable_templates

BUILT_IN: Final = ("admin/", "django/")
"""Folders that a theme cannot replace: the interface of the admin, and form widgets."""


class ThemeLoader(filesystem.Loader):
    """The templates of the active theme that can be used; for others the built-in ones are found."""

    def get_template_sources(self, template_name: str) -> Iterator[Origin]:
        if template_name.startswith(BUILT_IN):
            return
        folder = settings.THEMES[active_theme()] / "templates"
        if template_name in unusable_templates(folder):
            return
        try:
            file = safe_join(folder, template_name)
        except SuspiciousFileOperation:
            return
        yield Origin(name=file, template_name=template_name, loader=self)


class Loader(cached.Loader):
    """Django's cache of templates, for each theme."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        return f"{active_theme()}:{super().cache_key(template_name, skip)}"
