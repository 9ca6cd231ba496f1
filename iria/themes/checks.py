"""Everything that is wrong with a theme: for `check_theme`, for the admin and for the dashboard."""

import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from iria.core.hooks import DashboardItem
from iria.core.jobs import job
from iria.publication import colours as arithmetic
from iria.publication.models import Publication, current_publication
from iria.themes.chosen import ChosenTheme, chosen_theme
from iria.themes.loader import error_key
from iria.themes.template_problems import Problem, template_problems
from iria.themes.theme import Colours, InvalidTheme, Theme, read

LOADING: Final = {
    *(("script", "src"), ("link", "href"), ("img", "src"), ("img", "srcset"), ("source", "srcset")),
    *(("iframe", "src"), ("video", "src"), ("audio", "src"), ("object", "data"), ("embed", "src")),
}
"""Elements and attributes whose URL a browser loads."""
DATA_BLOCKS: Final = frozenset({"application/ld+json", "application/json"})
CSS_URL: Final = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])\s*(?:https?:)?//""", re.IGNORECASE)
REMOTE: Final = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)


def theme_problems(chosen: ChosenTheme) -> list[Problem]:
    """All problems of a theme with the changes of the publication."""
    return list(_problems(chosen))


def _problems(chosen: ChosenTheme) -> Iterator[Problem]:
    theme = chosen.theme
    problem = why_unusable(theme)
    if problem:
        yield problem
    if not theme.is_there:
        return
    try:
        read(theme.key, theme.folder)
    except InvalidTheme as error:
        yield Problem("theme.toml", f"{error} Nothing of this file is used.")
    yield from template_problems(theme.templates)
    for _scheme, _name, sentence in low_contrasts(chosen.colours):
        yield Problem("theme.toml", sentence)
    yield from _missing_fonts(theme)
    yield from _forbidden(theme)


def why_unusable(theme: Theme, applied_at: datetime | None = None) -> Problem | None:
    """Why readers get the built-in look: the folder is gone, or a page could not be rendered with the theme.

    Args:
        applied_at: errors of processes that have read the files of the theme before do not count.
    """
    if not theme.is_there:
        message = f"There is no such file in {theme.folder}, so the built-in look is used."
        return Problem("theme.toml", message)
    name, message, read_at = cache.get(error_key(theme.key)) or ("", "", None)
    is_old = applied_at is not None and read_at is not None and read_at < applied_at
    return Problem(name, message) if message and not is_old else None


@job("iria.renew_pages_of_theme", cron="* * * * *")
def renew_pages() -> None:
    """Renews stored pages after the folder of the chosen theme has gone, or has come back."""
    theme = chosen_theme(current_publication()).theme
    key = f"theme-gone:{theme.key}"
    was_there = not cache.get(key)
    if theme.is_there != was_there:
        Publication.objects.update(theme_applied_at=timezone.now())
        cache.set(key, not theme.is_there, timeout=None)


def _missing_fonts(theme: Theme) -> Iterator[Problem]:
    for font in theme.font_files:
        if not (theme.static / font.file).is_file():
            message = f"The font “{font.family}” is missing: there is no file static/{font.file}."
            yield Problem("theme.toml", message)


def _forbidden(theme: Theme) -> Iterator[Problem]:
    """What the content security policy of the site keeps a browser from using."""
    for file in sorted(theme.templates.rglob("*.html")):
        reader = PolicyReader()
        reader.feed(file.read_text(encoding="utf-8", errors="replace"))
        for message in reader.problems:
            yield Problem(str(file.relative_to(theme.templates)), message, fatal=False)
    for file in sorted(theme.static.rglob("*.css")):
        if CSS_URL.search(file.read_text(encoding="utf-8", errors="replace")):
            message = "It loads a file from another site. Put the file into the theme."
            yield Problem(f"static/{file.relative_to(theme.static)}", message, fatal=False)


class PolicyReader(HTMLParser):
    """Finds inline styles and scripts, and what is loaded from another site."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "style" or "style" in values:
            self._add("has inline styles. Put them into static/theme.css.")
        if tag == "script" and "src" not in values and values.get("type") not in DATA_BLOCKS:
            self._add("has an inline script. Put it into a file below static.")
        if any(name.startswith("on") for name in values):
            self._add(
                "has an event attribute such as onclick. Put the script into a file below static."
            )
        for name, value in attrs:
            if (tag, name) in LOADING and value and self._is_remote(value):
                self._add(f"loads {value} from another site. Put the file into the theme.")

    def _is_remote(self, value: str) -> bool:
        return bool(REMOTE.match(value)) and urlsplit(value.strip()).hostname != settings.SITE_HOST

    def _add(self, text: str) -> None:
        self.problems.append(f"Line {self.getpos()[0]} {text} The site's policy forbids it.")


PAIRS: Final = (
    *((ink, paper, 4.5) for ink in ("ink", "ink-soft", "ink-quiet", "accent", "danger", "good")
      for paper in ("paper", "paper-deep")),
    ("accent", "tint", 4.5),
    ("ink", "tint", 4.5),
    ("ink", "mark", 4.5),
    ("accent-deep", "paper", 4.5),
    ("on-accent", "button", 4.5),
    ("on-cover", "cover", 4.5),
    ("on-cover-soft", "cover", 4.5),
    ("on-foot", "foot", 4.5),
    ("on-foot-soft", "foot", 4.5),
    ("edge", "paper", 3.0),
)  # fmt: skip
"""Colour, its background, and the least contrast."""


def low_contrasts(colours: Colours) -> list[tuple[str, str, str]]:
    """Scheme, name of the colour, and a sentence, for each pair with too little contrast."""
    problems = []
    for scheme, values in colours.items():
        for name, paper, least in PAIRS:
            ratio = arithmetic.contrast(values[name], values[paper])
            if ratio < least:
                nearest = arithmetic.nearest_readable(values[name], (values[paper],), least)
                sentence = (
                    f"{name} {values[name]} on {paper} {values[paper]} has a contrast of {ratio:.1f} : 1 "
                    f"in {scheme} mode. It needs {least:g} : 1, such as {nearest}."
                )
                problems.append((scheme, name, sentence))
    return problems


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
