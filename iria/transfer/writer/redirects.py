"""Redirects of old URLs, where they differ from the new ones."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from django.db import models
from django.db.models import Q
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import article_urls
from articles.editorial.models import Article, Category, Redirect
from articles.pages.models import OldPagePath, Page
from iria.transfer.records import Kind, Text
from iria.transfer.report import Outcome, Report
from iria.transfer.writer.items import Items, Made, digest_of_row

LONGEST: Final = 500
PAGE_PATH: Final = 200
ARTICLE: Final = re.compile(r"/(\d{4})/(\d{2})/([^/]+)/")
TARGETS: Final[dict[type[Any], str]] = {
    Article: "article",
    Category: "category",
    AuthorProfile: "author",
    Tag: "tag",
}


@dataclass(slots=True)
class Redirects:
    report: Report
    items: Items

    def add_texts(self, texts: Iterable[tuple[Text, Article | Page]]) -> None:
        """From the paths of each text, and from `/?p=ID`."""
        old: list[tuple[str, models.Model]] = []
        for text, row in texts:
            if (isinstance(row, Article) and row.year is None) or (
                isinstance(row, Page) and not row.is_published
            ):
                continue
            old += [(path, row) for path in dict.fromkeys([text.path, *text.old_paths]) if path]
            if text.source_id.isdecimal():
                old.append((article_urls.numbered(text.source_id), row))
        self.add(old)

    def add(self, old_paths: Iterable[tuple[str, models.Model]]) -> None:
        """From each old path to the row; of two with one path the first."""
        moved = [(old, row, new) for old, row in old_paths if old != (new := unquote(_url_of(row)))]
        paths = [old for old, row, _ in moved if len(old) <= LONGEST and not isinstance(row, Page)]
        known = {each.old_path: each for each in Redirect.objects.filter(old_path__in=paths)}
        taken = _taken_by_articles(path for path in paths if path not in known)
        created: list[Redirect] = []
        for old, row, new in moved:
            reason = ""
            if len(old) > LONGEST:
                outcome, reason = Outcome.FAILED, f"Longer than {LONGEST} characters."
            elif isinstance(row, Page):
                outcome, reason = self._write_page(old, row)
            elif old in known:
                same = getattr(known[old], f"{TARGETS[type(row)]}_id") == row.pk
                unchanged = self.items.unchanged_redirect(known[old].created_at)
                outcome = unchanged if same else Outcome.SKIPPED
                reason = "" if same else "It leads elsewhere already."
            elif old in taken:
                outcome, reason = Outcome.SKIPPED, "An article is at this URL."
            else:
                known[old] = Redirect(old_path=old, **{TARGETS[type(row)]: row})
                created.append(known[old])
                outcome = Outcome.CREATED
            self.report.add(Kind.REDIRECTS, old, outcome, reason, new)
        Redirect.objects.bulk_create(created)
        self.items.record_all(
            [
                Made(
                    Kind.REDIRECTS,
                    each.old_path,
                    Redirect,
                    each.pk,
                    "",
                    digest_of_row(target, pk),
                    created=True,
                )
                for each in created
                # Those of a text are deleted with it; one of these may lead to a row that existed before.
                for target, pk in (_target(each),)
                if target != "article"
            ]
        )

    def _write_page(self, old_path: str, page: Page) -> tuple[Outcome, str]:
        path = old_path.strip("/")
        if not old_path.startswith("/?"):
            if Page.objects.filter(path=path).exists():
                return Outcome.SKIPPED, "A page is at this URL."
            if len(path) > PAGE_PATH:
                return Outcome.FAILED, f"Longer than {PAGE_PATH} characters."
        old, created = OldPagePath.objects.get_or_create(path=path, defaults={"page": page})
        return Outcome.CREATED if created else self.items.unchanged_redirect(old.created_at), ""


def _target(redirect: Redirect) -> tuple[str, int]:
    """Its field and the id."""
    return next((name, pk) for name in TARGETS.values() if (pk := getattr(redirect, f"{name}_id")))


def _url_of(row: Any) -> str:
    return f"/tag/{row.slug}/" if isinstance(row, Tag) else str(row.get_absolute_url())


def _taken_by_articles(paths: Iterable[str]) -> set[str]:
    """The paths that are those of articles."""
    matches = Q()
    for path in paths:
        if found := ARTICLE.fullmatch(path):
            year, month, slug = found.groups()
            matches |= Q(year=int(year), month=int(month), slug=slug)
    if not matches:
        return set()
    rows = Article.objects.filter(matches).values_list("year", "month", "slug")
    return {f"/{year:04}/{month:02}/{slug}/" for year, month, slug in rows}
