"""Redirects that the old site had, resolved to rows of this one."""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from django.db import models
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Category
from articles.editorial.models import Redirect as RedirectRow
from articles.pages.models import OldPagePath, Page
from iria.transfer.records import Kind, Redirect
from iria.transfer.report import Outcome, Report

ARTICLE: Final = re.compile(r"/(\d{4})/(\d{2})/([^/]+)/")
MOST_STEPS: Final = 10
"""Of a redirect to a redirect, and so on; more is a circle."""
NOWHERE: Final = "It leads to a URL that is not here."


def rows(redirects: Iterable[Redirect], report: Report) -> Iterator[tuple[str, models.Model]]:
    """Old path and target of each; the report gets those without one."""
    listed = list(redirects)
    steps = {each.old_path: each.new_path for each in listed if not each.skipped}
    for each in listed:
        if each.skipped:
            report.add(Kind.REDIRECTS, each.old_path, Outcome.SKIPPED, each.skipped)
        elif (row := _target(each.new_path, steps)) is None:
            reason = f"{NOWHERE} ({each.new_path})"
            report.add(Kind.REDIRECTS, each.old_path, Outcome.SKIPPED, reason)
        else:
            yield each.old_path, row


def _target(url: str, steps: dict[str, str]) -> models.Model | None:
    for _ in range(MOST_STEPS):
        path = _path_of(url)
        if not path:
            return None
        if path not in steps:
            return _row_at(path)
        url = steps[path]
    return None


def _path_of(url: str) -> str:
    """The path on the site; empty for another site or the front page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = unquote(parts.path).strip("/")
    return f"/{path}/" if path and not parts.netloc and "\x00" not in path else ""


def _row_at(path: str) -> models.Model | None:
    """What is at this path, or was at it on the old site."""
    moved = (
        RedirectRow.objects.filter(old_path=path)
        .select_related("article", "category", "author", "tag")
        .first()
    )
    if moved is not None:
        return moved.target
    name = path.strip("/")
    if page := Page.objects.filter(path=name).first():
        return page
    if old := OldPagePath.objects.filter(path=name).select_related("page").first():
        return old.page
    if found := ARTICLE.fullmatch(path):
        return Article.objects.filter(
            year=int(found[1]), month=int(found[2]), slug=found[3]
        ).first()
    kind, _, rest = name.partition("/")
    match kind:
        case "tag":
            return Tag.objects.filter(slug=rest).first()
        case "author":
            return AuthorProfile.objects.filter(slug=rest).first()
        case "category":
            return Category.objects.filter(path=rest).first()
    return None
