"""The theme of a publication with what was changed in the admin, and the URLs of its stylesheets."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.templatetags.static import static

from iria.core.http.urls import url_path
from iria.publication.models import Publication
from iria.themes import stylesheet
from iria.themes.installed import built_in_theme, installed_themes
from iria.themes.theme import SCHEMES, Colours, Theme


@dataclass(frozen=True, slots=True)
class ChosenTheme:
    """A theme and the changes of a publication."""

    theme: Theme
    changes: dict[str, Any]

    @property
    def colours(self) -> Colours:
        """Every colour: as changed, else as in the theme, else as in the built-in design."""
        changed = self.changes.get("colours", {})
        return {
            scheme: built_in_theme().colours[scheme]
            | self.theme.colours[scheme]
            | changed.get(scheme, {})
            for scheme in SCHEMES
        }

    @property
    def sizes(self) -> dict[str, str]:
        changed: dict[str, str] = self.changes.get("sizes", {})
        return built_in_theme().sizes | self.theme.sizes | changed

    def rules(self) -> str:
        """The stylesheet; empty if everything is as in the built-in design."""
        standard = built_in_theme()
        all_colours = self.colours
        different = {
            name
            for scheme in SCHEMES
            for name, colour in all_colours[scheme].items()
            if colour != standard.colours[scheme][name]
        }
        colours = {
            scheme: {
                name: all_colours[scheme][name] for name in all_colours[scheme] if name in different
            }
            for scheme in SCHEMES
        }
        sizes = {name: size for name, size in self.sizes.items() if size != standard.sizes[name]}
        return stylesheet.rules(self.theme, colours, sizes)


def chosen_theme(publication: Publication, key: str = "") -> ChosenTheme:
    """The theme of the publication, or another one with its changes."""
    key = key or publication.theme
    if key not in settings.THEMES:
        key = next(iter(settings.THEMES))
    return ChosenTheme(installed_themes()[key], publication.theme_changes.get(key, {}))


def digest(rules: str) -> str:
    return hashlib.blake2b(rules.encode(), digest_size=8).hexdigest()


def stylesheet_urls(publication: Publication, rules_url: str = "") -> Iterator[str]:
    """The stylesheets after the built-in one: of the theme, of what was changed, and of the accent.

    Args:
        rules_url: of the second one, for a preview.
    """
    chosen = chosen_theme(publication)
    if chosen.theme.has_stylesheet:
        yield static(chosen.theme.static_name("theme.css"))
    rules = chosen.rules()
    if rules:
        yield rules_url or url_path("theme_stylesheet", chosen.theme.key, digest(rules))
    if publication.theme_url:
        yield publication.theme_url
