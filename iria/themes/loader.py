"""Loads templates of the active theme before the built-in ones, which are used if rendering fails."""

import logging
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.db import DatabaseError
from django.template import Origin
from django.template.backends.django import DjangoTemplates, Template
from django.template.loaders import cached, filesystem
from django.utils._os import safe_join

from iria.core.db.queries import TookTooLong
from iria.core.rendering import BUILT_IN, active_theme, files_read_at, theme_from
from iria.themes.template_problems import unusable_templates

logger = logging.getLogger(__name__)
ERROR_SECONDS: Final = 24 * 3600
"""How long editors are told of an error that does not come back."""
NOT_REPLACED: Final = ("admin/", "django/")
"""Folders that a theme cannot replace: the interface of the admin, and form widgets."""


class ThemeLoader(filesystem.Loader):
    """The templates of the active theme that can be used; for others the built-in ones are found."""

    def get_template_sources(self, template_name: str) -> Iterator[Origin]:
        if template_name.startswith(NOT_REPLACED) or active_theme() == BUILT_IN:
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


class ThemeTemplates(DjangoTemplates):
    """Readers get the built-in look of what the active theme cannot render: its templates, static files."""

    def get_template(self, template_name: str) -> Template:
        def load() -> Template:
            template = super(ThemeTemplates, self).get_template(template_name).template
            return TemplateWithFallback(template, self, template_name)

        return _or_built_in(template_name, load, load)


class TemplateWithFallback(Template):
    def __init__(self, template: Any, backend: ThemeTemplates, name: str) -> None:
        super().__init__(template, backend)
        self.name = name  # with that of a partial, which its template does not have

    def render(self, context: Any = None, request: Any = None) -> Any:
        name, render = self.name, super().render
        return _or_built_in(
            name,
            lambda: render(context, request),
            lambda: self.backend.get_template(name).render(context, request),
        )


def _or_built_in[T](name: str, make: Callable[[], T], again: Callable[[], T]) -> T:
    try:
        return make()
    except (DatabaseError, TookTooLong):
        raise  # whatever the theme
    except Exception as error:
        theme = active_theme()
        # With DEBUG somebody may be writing the theme, and wants to see the error.
        if theme == BUILT_IN or settings.DEBUG:
            raise
        with theme_from(lambda: (BUILT_IN, None)):
            made = again()
        # It was the theme, then.
        logger.exception("The theme %s cannot render %s.", theme, name)
        message = (
            f"It cannot be rendered, so the built-in look is used: {type(error).__name__}: {error}"
        )
        cache.set(error_key(theme), (name, message, files_read_at()), ERROR_SECONDS)
        return made


def error_key(theme: str) -> str:
    """Where all processes find the last error of a theme: the name of the template, a sentence, and when the
    process had read the files of the theme.
    """
    return f"theme-error:{theme}"
